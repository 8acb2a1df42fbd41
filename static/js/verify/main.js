// The page for those who would rather check an opening without a network: the form and its program in one file.
import { element } from "../core/dom.js";
import { judge } from "../draws/desk.js";
import { isProof } from "../draws/known.js";
import { serve as serveDraws } from "../draws/work.js";
import { mountOpeningCheck } from "../openings/desk.js";
import { inLanguage } from "../openings/words.js";
import { serve as serveOpenings } from "../openings/work.js";
import { FRAME } from "./words.js";

function draw(root, program, lang) {
  const say = (pair) => inLanguage(pair, lang);
  const turned = lang === "en" ? "zh-Hans" : "en";
  document.documentElement.lang = lang;
  document.title = say(FRAME.title);
  const other = element("button", { type: "button", lang: turned }, say(FRAME.other));
  other.addEventListener("click", () => draw(root, program, turned));
  const check = element("section", { class: "sl-sec" });
  root.replaceChildren(
    element("header", {}, element("strong", {}, say(FRAME.product)), other),
    element(
      "main",
      {},
      element("h1", {}, say(FRAME.title)),
      element("p", { class: "sl-lead" }, say(FRAME.lead)),
      check,
    ),
    element("footer", {}, say(FRAME.same)),
  );
  mountOpeningCheck(check, lang, program, async (zip, panel, answer) => {
    if (!(await isProof(zip))) return false;
    await judge(answer, lang, zip, panel, program);
    return true;
  });
}

if (typeof document === "undefined") {
  serveOpenings();
  serveDraws();
} else {
  const text = document.currentScript.textContent;
  const program = { classic: URL.createObjectURL(new Blob([text], { type: "text/javascript" })) };
  draw(document.getElementById("page"), program, navigator.language.startsWith("zh") ? "zh-Hans" : "en");
}
