// The offline page: one HTML file with the sealing program inside, as the very bytes that pages load. This script
// takes it out, holds it against its hash, and puts the three forms around it.
import { element } from "../core/dom.js";
import { sealForm } from "./form.js";
import { revealForm } from "./reveal.js";
import { WORDS } from "./words.js";

const SHA256 = BUNDLE_SHA256; // put there when the page is built
const root = document.getElementById("page");

const address = (text) => URL.createObjectURL(new Blob([text], { type: "text/javascript" }));

/** The program, and what its workers run; `null` if it is not the one that this page was built with. */
async function program() {
  const text = document.getElementById("bidseal").textContent;
  const bidseal = await import(address(text));
  const { hex, sha } = bidseal.primitives;
  if (hex(sha(text)) !== SHA256) return null;
  // From the disk browsers start classic workers only: the same text without what makes it a module.
  const classic = text.replace(/export\{[^}]*\};\s*$/, "").replaceAll("import.meta.url", "self.location.href");
  return { ...bidseal, client: SHA256, workers: { classic: address(classic) } };
}

function draw(bidseal, lang) {
  const say = (name) => WORDS[name][lang === "en" ? 1 : 0];
  document.documentElement.lang = lang;
  document.title = say("title");
  const other = element("button", { type: "button", lang: lang === "en" ? "zh-Hans" : "en" }, say("other"));
  other.addEventListener("click", () => draw(bidseal, lang === "en" ? "zh-Hans" : "en"));
  const check = element("div");
  root.replaceChildren(
    element("header", {}, element("strong", {}, say("product")), other),
    element(
      "main",
      {},
      element("h1", {}, say("title")),
      element("p", { class: "sl-lead" }, say("lead")),
      element("section", { class: "sl-sec" }, element("h2", {}, say("seal")), sealForm(bidseal, lang, say)),
      element("section", { class: "sl-sec" }, element("h2", {}, say("check")), check),
      element("section", { class: "sl-sec" }, element("h2", {}, say("reveal")), revealForm(bidseal, lang, say)),
    ),
    element("footer", {}, say("program"), element("span", { class: "sl-mono sl-break d-block" }, SHA256)),
  );
  bidseal.mountReceiptCheck(check, lang);
}

program().then((bidseal) => {
  if (bidseal) draw(bidseal, navigator.language.startsWith("zh") ? "zh-Hans" : "en");
  else root.replaceChildren(element("main", {}, ...WORDS.altered.map((words) => element("p", {}, words))));
});
