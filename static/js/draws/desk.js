/** What was found in the proof of a draw, as a page shows it. Nothing leaves the computer. */

import { element, grouped } from "../core/dom.js";
import { filled, inLanguage } from "../openings/words.js";
import { CHECK_OF, FINDINGS, KINDS, TO_DO, WHAT } from "./catalogue.js";
import { PROOF_WORDS as WORDS } from "./words.js";
import { check } from "./work.js";

const LAMPS = { holds: "ok", note: "soon", refused: "over" };
const MARKS = { holds: WORDS.holds, note: WORDS.note, refused: WORDS.fails };

/**
 * Check a proof and put what was found into `answer`; the report, or null where the file cannot be read.
 * @param {HTMLElement} answer @param {string} lang of the page @param {Blob} zip @param {string} panel as typed
 * @param {import("../core/hands.js").Program} program what workers run
 * @param {(report: import("./proof.js").Report) => (Node | null)[]} show what stands between the verdict and the checks
 */
export async function judge(answer, lang, zip, panel, program, show = (report) => report.draws.map((draw) => result(draw, lang))) {
  const say = (pair) => inLanguage(pair, lang);
  answer.replaceChildren(element("p", { class: "sl-s" }, say(WORDS.working)));
  try {
    const report = await check(program, { zip, panel });
    answer.replaceChildren(...told(report, say, show(report)));
    return report;
  } catch (error) {
    answer.replaceChildren(
      heading(say(WORDS.unreadable), "over"),
      element("p", {}, say(WORDS.again)),
      element("p", { class: "sl-hint sl-break", lang: "en" }, error.message),
    );
    return null;
  }
}

const heading = (words, lamp) =>
  element("h2", { class: "sl-gap-s" }, element("span", { class: `sl-lamp is-${lamp}` }, words));

function told({ findings, accepted, complete, ...facts }, say, shown) {
  const verdict = accepted ? (complete ? WORDS.accepted : WORDS.partial) : WORDS.refused;
  const lamp = accepted ? (complete ? "ok" : "soon") : "over";
  return [
    heading(say(verdict), lamp),
    accepted ? null : element("p", {}, say(WORDS.keep)),
    summary(facts, say),
    ...shown,
    element("h3", { class: "sl-gap-s" }, say(WORDS.checks)),
    element("ul", { class: "sl-list" }, ...findings.map((finding) => element("li", {}, ...line(finding, say)))),
  ].filter(Boolean);
}

function line({ mark, code, params, detail }, say) {
  const { kind } = params;
  const known = kind && Object.hasOwn(KINDS, kind) ? { ...params, kind: say(KINDS[kind]) } : params;
  const [first] = code.split(".");
  const about = CHECK_OF[first] ?? first;
  return [
    element("span", { class: `sl-lamp is-${LAMPS[mark]}` }, say(MARKS[mark])),
    ` ${filled(say(FINDINGS[mark][code]), known)}`,
    element("span", { class: "sl-hint d-block" }, say(WORDS.what), say(WHAT[about])),
    mark === "refused" ? element("strong", { class: "d-block" }, say(WORDS.todo), say(TO_DO[about])) : null,
    detail ? element("span", { class: "sl-hint d-block sl-break", lang: "en" }, detail) : null,
  ];
}

/** Names and values, those that are there. @param {[string, string | null][]} rows */
export const facts = (rows) =>
  element(
    "dl",
    { class: "sl-sum" },
    ...rows
      .filter(([, value]) => value !== null)
      .map(([label, value]) => element("div", {}, element("dt", {}, label), element("dd", { class: "sl-break" }, value))),
  );

const summary = ({ project, panel, size }, say) =>
  facts([
    [say(WORDS.project), project],
    [say(WORDS.panel), panel && grouped(panel)],
    [say(WORDS.size), size === null ? null : String(size)],
  ]);

/** What a draw came to, by numbers, and by names where they are out. @param {import("./scenes.js").Scene} draw @param {string} lang */
export function result({ id, seed, strata, names }, lang) {
  const say = (pair) => inLanguage(pair, lang);
  const people = (stratum, numbers) => {
    const known = numbers.map((number) => `${number}${named(names, stratum, number)}`);
    return known.join(say(WORDS.separator)) || say(WORDS.nobody);
  };
  return element(
    "section",
    { class: "sl-gap-s" },
    element("h3", {}, filled(say(WORDS.draw), { draw: id })),
    facts([[say(WORDS.seed), seed && grouped(seed)]]),
    ...strata.flatMap(({ id: stratum, label, picks, reserves, serving }) => [
      element("h4", { class: "sl-h3" }, filled(say(WORDS.stratum), { stratum: label })),
      facts([
        [say(WORDS.picks), people(stratum, picks)],
        [say(WORDS.reserves), people(stratum, reserves)],
        [say(WORDS.serving), people(stratum, serving)],
      ]),
    ]),
  );
}

/** The name beside a number, once it is out. */
export function named(names, stratum, number) {
  const name = names[`${stratum}:${number}`];
  return name ? ` ${name}` : "";
}
