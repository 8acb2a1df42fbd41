/** The stage: one frame after the other, by itself or by hand; and all of them in words, for paper and for who reads faster. */

import { element, grouped } from "../core/dom.js";
import { filled, inLanguage } from "../openings/words.js";
import { framesOf, labelOf } from "./frames.js";
import { STAGE } from "./words.js";

/** How long a frame stays, in milliseconds: a layman reads some five signs a second. */
const READ = 110;
const LEAST = 3000;
const MOVE = 450;

/**
 * @param {import("../draws/scenes.js").Scene} scene
 * @param {string} lang
 */
export function stage(scene, lang) {
  const say = (pair, params = {}) => filled(inLanguage(pair, lang), params);
  const frames = framesOf(scene, lang);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let [at, timer] = [0, 0];

  const caption = element("p", { class: "rp-caption", "aria-live": "polite" });
  const counter = element("p", { class: "sl-hint rp-counter" });
  const bar = element("progress", { max: String(frames.length - 1), value: "0", "aria-hidden": "true" });
  const parties = element("ol", { class: "rp-parties" });
  const seed = element("p", { class: "rp-seed sl-mono" });
  const title = element("h4", { class: "rp-title" });
  const line = element("ol", { class: "rp-line" });
  const more = element("p", { class: "sl-hint" });
  const button = (words, act, kind = "") => {
    const made = element("button", { type: "button", class: kind || false }, words);
    made.addEventListener("click", act);
    return made;
  };
  const back = button(say(STAGE.back), () => go(at - 1));
  const play = button(say(STAGE.play), () => (timer ? pause() : start()), "btn-primary");
  const next = button(say(STAGE.next), () => go(at + 1));
  const again = button(say(STAGE.again), () => go(0));

  function go(place) {
    pause();
    show(Math.min(Math.max(place, 0), frames.length - 1));
  }

  function start() {
    if (at === frames.length - 1) show(0);
    play.textContent = say(STAGE.pause);
    wait();
  }

  function wait() {
    timer = setTimeout(() => {
      show(at + 1);
      if (at === frames.length - 1) pause();
      else wait();
    }, Math.max(LEAST, READ * frames[at].text.length * (lang === "en" ? 0.45 : 1)));
  }

  function pause() {
    clearTimeout(timer);
    timer = 0;
    play.textContent = say(STAGE.play);
  }

  function show(place) {
    at = place;
    const frame = frames[at];
    caption.textContent = frame.text;
    counter.textContent = say(STAGE.step, { step: at + 1, count: frames.length });
    bar.value = at;
    [back.disabled, next.disabled] = [at === 0, at === frames.length - 1];
    parties.replaceChildren(...scene.parties.map((party, number) => partyRow(party, number < frame.parties, say)));
    seed.textContent = frame.seed ? `${say(STAGE.seed)} = ${grouped(scene.seed)}` : "";
    seed.hidden = !frame.seed;
    title.textContent = frame.stratum === null ? "" : say(STAGE.order, { stratum: scene.strata[frame.stratum].label });
    moved(line, () => line.replaceChildren(...frame.line.map((token) => tokenOf(token, say))), still);
    more.textContent = frame.more ? say(STAGE.more, { count: frame.more }) : "";
  }

  const all = element(
    "details",
    { class: "rp-words" },
    element("summary", {}, say(STAGE.all)),
    element("ol", {}, ...frames.map(({ text }) => element("li", {}, text))),
  );
  const root = element(
    "section",
    { class: "rp-stage", tabindex: "-1", "aria-label": say(STAGE.heading, { draw: scene.id }) },
    element("h3", {}, say(STAGE.heading, { draw: scene.id })),
    element("div", { class: "rp-now" }, counter, bar, caption),
    element("div", { class: "rp-controls" }, back, play, next, again),
    element("p", { class: "sl-hint rp-keys" }, say(STAGE.keys)),
    element("div", { class: "rp-show" }, element("div", {}, element("h4", { class: "rp-title" }, say(STAGE.parties)), parties, seed), element("div", {}, title, line, more)),
    all,
  );
  addEventListener("beforeprint", () => {
    all.open = true; // what is shut would not be printed
  });
  root.addEventListener("keydown", (event) => {
    const acts = { ArrowRight: () => go(at + 1), ArrowLeft: () => go(at - 1), Home: () => go(0), End: () => go(frames.length - 1) };
    if (event.key === " " && event.target === root) acts[" "] = () => (timer ? pause() : start());
    if (event.altKey || event.ctrlKey || event.metaKey || !Object.hasOwn(acts, event.key)) return;
    event.preventDefault();
    acts[event.key]();
  });
  show(0);
  return root;
}

function partyRow({ name, value, byTrustees }, thrown, say) {
  return element(
    "li",
    { class: thrown ? "is-in" : false },
    element("strong", {}, name),
    byTrustees && thrown ? element("span", { class: "rp-mark" }, say(STAGE.trustees)) : null,
    element("span", { class: "sl-mono rp-value" }, thrown && value ? grouped(value) : say(STAGE.waiting)),
  );
}

function tokenOf({ number, state, hit }, say) {
  const label = labelOf(state);
  return element(
    "li",
    { class: [state && `is-${state}`, hit && "is-hit"].filter(Boolean).join(" ") || false, "data-number": number },
    element("b", {}, number),
    element("span", {}, label === null ? "" : say(label)),
  );
}

/** Let `change` happen, and show whoever has another place afterwards on the way there. */
function moved(line, change, still) {
  const placesOf = () => new Map([...line.children].map((child) => [child.dataset.number, child.getBoundingClientRect()]));
  const before = placesOf();
  change();
  if (still || !line.isConnected) return;
  for (const child of line.children) {
    const [was, is] = [before.get(child.dataset.number), child.getBoundingClientRect()];
    if (!was || (was.left === is.left && was.top === is.top)) continue;
    child.animate([{ transform: `translate(${was.left - is.left}px, ${was.top - is.top}px)` }, { transform: "none" }], { duration: MOVE, easing: "ease-in-out" });
  }
}
