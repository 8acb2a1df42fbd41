/** A draw as a row of frames: what is told, and what stands on the stage by then. Pure. */

import { ANSWERS, EXCLUDED, PROOF_WORDS } from "../draws/words.js";
import { filled, inLanguage } from "../openings/words.js";
import { FRAMES, STAGE } from "./words.js";

/** So many of a line are shown. */
export const SHOWN = 24;

/**
 * @typedef {{ number: string, state: string, hit: boolean }} Token `state` is "", "pick", "backup", "passed", "serving" or "out"
 * @typedef {{ text: string, parties: number, seed: boolean, stratum: number | null, line: Token[], more: number }} Frame `parties` have thrown in; `line` is of the stratum
 */

/**
 * @param {import("../draws/scenes.js").Scene} scene
 * @param {string} lang
 * @returns {Frame[]}
 */
export function framesOf(scene, lang) {
  const say = (pair, params = {}) => filled(inLanguage(pair, lang), params);
  const joined = (...sentences) => sentences.filter(Boolean).join(inLanguage(["", " "], lang));
  const frames = [];
  const before = { parties: 0, seed: false, stratum: null, line: [], more: 0 };
  const add = (text, more = {}) => frames.push({ ...(frames.at(-1) ?? before), text, ...more });
  add(say(FRAMES.list));
  scene.parties.forEach(({ name, byTrustees }, place) =>
    add(say(byTrustees ? FRAMES.partyByTrustees : FRAMES.party, { name }), { parties: place + 1 }),
  );
  if (scene.seed === null) return frames;
  add(say(FRAMES.seed), { seed: true });
  if (scene.tooSmall) return frames;
  scene.strata.forEach((stratum, place) => ranked(stratum, place, add, say, joined, lang));
  scene.strata.forEach((stratum, place) => called(stratum, place, scene.names, add, say));
  return frames;
}

function ranked(stratum, place, add, say, joined, lang) {
  const { label, listed, free, need, backups, excluded, steps, further } = stratum;
  const order = [...free];
  const states = new Map();
  const shown = (hits = []) => ({
    stratum: place,
    line: order.slice(0, SHOWN).map((number) => ({ number, state: states.get(number) ?? "", hit: hits.includes(number) })),
    more: Math.max(0, order.length - SHOWN),
  });
  const reasons = excluded.map(([code, count]) =>
    say(FRAMES.people, { reason: Object.hasOwn(EXCLUDED, code) ? inLanguage(EXCLUDED[code], lang) : code, count }),
  );
  const excused = reasons.length ? say(FRAMES.excluded, { list: reasons.join(say(PROOF_WORDS.separator)) }) : "";
  add(joined(say(FRAMES.stratum, { stratum: label, listed, free: free.length, need, backups }), excused), shown());
  const count = { pick: 0, backup: 0 };
  for (const step of steps) {
    [order[step.place - 1], order[step.from - 1]] = [order[step.from - 1], order[step.place - 1]];
    if (step.outcome in count) count[step.outcome] += 1;
    states.set(step.number, step.outcome in count ? step.outcome : "passed");
    const how = step.x === null ? FRAMES.last : step.rest === 0 ? FRAMES.stay : FRAMES.swap;
    const what = say(FRAMES[step.outcome], { number: step.number, nth: count[step.outcome] });
    add(joined(say(how, step), what), shown([step.number, step.moved]));
  }
  if (further > 0) add(say(FRAMES.further, { count: further }), shown());
}

/** The calls of a stratum; its line are those drawn. */
function called({ id, label, picks, reserves, calls, serving }, place, names, add, say) {
  const states = new Map([...picks.map((number) => [number, "pick"]), ...reserves.map((number) => [number, "backup"])]);
  const shown = (hit = "") => ({
    stratum: place,
    line: [...states].slice(0, SHOWN).map(([number, state]) => ({ number, state, hit: number === hit })),
    more: Math.max(0, states.size - SHOWN),
  });
  const person = (number) => [number, names[`${id}:${number}`]].filter(Boolean).join(" ");
  for (const { number, answer, reason } of calls) {
    states.set(number, answer === "accept" ? "serving" : answer === "skip" ? "passed" : "out");
    add(say(reason === null ? FRAMES.call : FRAMES.callReason, { number: person(number), answer: say(ANSWERS[answer]), reason }), shown(number));
  }
  const people = serving.map(person).join(say(PROOF_WORDS.separator)) || say(FRAMES.nobody);
  add(say(FRAMES.result, { stratum: label, people }), shown());
}

/** What stands below a number. @param {string} state */
export const labelOf = (state) => ({ pick: STAGE.pick, backup: STAGE.backup, serving: STAGE.serving, out: STAGE.out, passed: ["跳过", "passed over"] })[state] ?? null;
