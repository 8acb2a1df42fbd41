// The page that replays a draw for everybody: a form, the check, the stage. One file, no network.
import { element, field } from "../core/dom.js";
import { judge, result } from "../draws/desk.js";
import { serve } from "../draws/work.js";
import { inLanguage } from "../openings/words.js";
import { stage } from "./stage.js";
import { REPLAY } from "./words.js";

function draw(root, program, lang) {
  const say = (pair) => inLanguage(pair, lang);
  const turned = lang === "en" ? "zh-Hans" : "en";
  document.documentElement.lang = lang;
  document.title = say(REPLAY.title);
  const other = element("button", { type: "button", lang: turned }, say(REPLAY.other));
  other.addEventListener("click", () => draw(root, program, turned));
  const answer = element("div", { role: "status", id: "replay-answer" });
  root.replaceChildren(
    element("a", { class: "sl-skip", href: "#main" }, say(REPLAY.skip)),
    element("header", {}, element("strong", {}, say(REPLAY.product)), other),
    element("main", { id: "main", tabindex: "-1" }, element("h1", {}, say(REPLAY.title)), element("p", { class: "sl-lead" }, say(REPLAY.lead)), form(answer, program, lang), answer),
    element("footer", {}, say(REPLAY.same)),
  );
}

function form(answer, program, lang) {
  const say = (pair) => inLanguage(pair, lang);
  const file = element("input", { id: "replay-file", type: "file", accept: ".zip" });
  const anchor = element("input", { id: "replay-anchor", class: "sl-mono", type: "text", autocomplete: "off", spellcheck: "false" });
  const go = element("button", { class: "btn-primary", type: "submit" }, say(REPLAY.go));
  const made = element(
    "form",
    { novalidate: true },
    field(file, say(REPLAY.file), say(REPLAY.file_hint)),
    field(anchor, say(REPLAY.anchor), say(REPLAY.anchor_hint)),
    element("div", { class: "sl-actions" }, go),
  );
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    const [zip] = file.files;
    if (!zip) {
      answer.replaceChildren(element("p", { class: "sl-field-msg" }, say(REPLAY.nothing)));
      file.focus();
      return;
    }
    go.disabled = true;
    await judge(answer, lang, zip, anchor.value, program, (report) => shown(report, lang));
    go.disabled = false;
    go.classList.remove("btn-primary"); // what is to be done next is on the stage
    answer.querySelector(".rp-stage")?.focus();
  });
  made.addEventListener("dragover", (event) => event.preventDefault());
  made.addEventListener("drop", (event) => {
    event.preventDefault();
    file.files = event.dataTransfer.files;
  });
  return made;
}

/** The stage of every draw that holds; one that does not is not played, for it would look as if it did. */
function shown({ accepted, draws }, lang) {
  const say = (pair) => inLanguage(pair, lang);
  if (!accepted) return [element("p", { class: "sl-field-msg" }, say(REPLAY.none))];
  return draws.flatMap((scene) => [
    stage(scene, lang),
    scene.seed === null ? element("p", {}, say(REPLAY.undrawn)) : null,
    scene.tooSmall ? element("p", {}, say(REPLAY.small)) : null,
    result(scene, lang),
  ]);
}

if (typeof document === "undefined") serve();
else {
  const text = document.currentScript.textContent;
  const program = { classic: URL.createObjectURL(new Blob([text], { type: "text/javascript" })) };
  const asked = new URLSearchParams(location.search).get("lang") ?? navigator.language;
  draw(document.getElementById("page"), program, asked.startsWith("zh") ? "zh-Hans" : "en");
}
