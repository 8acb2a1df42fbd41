// The trustee kit: one HTML file. This script is all of it; its workers run the same text.
import { element } from "../core/dom.js";
import { drawTask } from "./draw.js";
import { drillTask } from "./drill.js";
import { extendTask } from "./extend.js";
import { makeTask } from "./make.js";
import { openTask } from "./open.js";
import { say } from "./parts.js";
import { KeyRing } from "./ring.js";
import { touchTask } from "./touch.js";
import { PAGE } from "./words.js";
import { Team, serve } from "./work.js";

const LANGUAGES = ["zh-Hans", "en"];

function speak(lang) {
  document.documentElement.lang = lang;
  document.title = PAGE.title[LANGUAGES.indexOf(lang)];
}

function start(program) {
  const team = new Team(program);
  const ring = new KeyRing(team);
  const tasks = {
    make: makeTask(team),
    drill: drillTask(ring),
    open: openTask(ring),
    extend: extendTask(ring),
    draw: drawTask(ring),
    touch: touchTask(ring),
  };
  const names = Object.keys(tasks);
  const links = names.map((name) =>
    element("a", { href: `#${name}` }, say(name), element("span", { class: "sl-hint d-block" }, say(`${name}_hint`))),
  );
  const headings = names.map((name) => element("h2", { tabindex: "-1", id: `task-${name}` }, say(name)));
  const sections = names.map((name, place) =>
    element("div", { hidden: true }, element("section", { class: "sl-sec", "aria-labelledby": `task-${name}` }, headings[place], tasks[name])),
  );
  const show = () => {
    const current = names.indexOf(location.hash.slice(1));
    if (current < 0 && location.hash) return; // the skip link's
    sections.forEach((section, place) => (section.hidden = place !== current));
    links.forEach((link, place) => {
      if (place === current) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    });
    headings[current]?.focus();
  };
  const language = element("button", { type: "button" }, ...LANGUAGES.map(ownName));
  language.addEventListener("click", () => speak(LANGUAGES.find((each) => each !== document.documentElement.lang)));
  document.getElementById("page").replaceChildren(
    element("a", { class: "sl-skip", href: "#main" }, say("skip")),
    element("header", {}, element("strong", {}, say("product")), language),
    element(
      "main",
      { id: "main", tabindex: "-1" },
      element("h1", {}, say("title")),
      element("p", { class: "sl-lead" }, say("lead")),
      location.protocol === "file:" ? null : online(),
      element("nav", { "aria-labelledby": "page-nav" }, element("h2", { id: "page-nav", class: "sl-nav-head" }, say("nav")), ...links),
      ...sections,
    ),
  );
  addEventListener("hashchange", show);
  addEventListener("pagehide", () => ring.lock());
  const wanted = new URLSearchParams(location.search).get("lang") ?? navigator.language;
  speak(wanted.startsWith("zh") ? LANGUAGES[0] : LANGUAGES[1]);
  show();
}

/** A language's name in itself; CSS hides that of the page's own. */
const ownName = (lang) => element("span", { lang, class: "sl-name" }, lang === "en" ? "English" : "中文");

const online = () =>
  element(
    "p",
    { class: "sl-inset" },
    say("online"),
    " ",
    element("a", { href: "/static/vendor/trustee.html", download: true }, say("save_page")),
  );

if (typeof document === "undefined") serve();
else start(document.currentScript.textContent);
