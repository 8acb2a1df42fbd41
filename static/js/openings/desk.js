/** The form that checks an opening: files in, what was found out. Nothing leaves the computer. */

import { element, field, grouped } from "../core/dom.js";
import { yuan } from "../core/money.js";
import { CHECK_OF, FINDINGS, KINDS, NOTICES, TO_DO, WHAT } from "./catalogue.js";
import { PAGE, filled, inLanguage } from "./words.js";
import { check } from "./work.js";

const LAMPS = { holds: "ok", note: "soon", refused: "over" };
const MARKS = { holds: PAGE.holds, note: PAGE.note, refused: PAGE.fails };
/** Receipts take some kilobytes; whatever is larger is something else. */
const LARGEST_RECEIPT = 1024 * 1024;

/**
 * Put the form into `root`.
 * @param {HTMLElement} root
 * @param {string} lang of the page
 * @param {import("../core/hands.js").Program} program what workers run
 * @param {(zip: File, panel: string, answer: HTMLElement) => Promise<boolean>} [proofs] whether a zip is a draw's, which it then checks itself
 */
export function mountOpeningCheck(root, lang, program, proofs) {
  const say = (pair) => inLanguage(pair, lang);
  const input = (id, type, more = {}) =>
    element("input", { class: "form-control", id, type, autocomplete: "off", spellcheck: "false", ...more });
  const files = input("opening-files", "file", { multiple: true });
  const anchor = input("opening-anchor", "text", { class: "form-control sl-mono" });
  const words = input("opening-words", "text", { class: "form-control sl-mono", inputmode: "numeric" });
  const answer = element("div", { role: "status", id: "opening-answer" });
  const button = element("button", { class: "btn btn-primary btn-lg", type: "submit" }, say(PAGE.check));
  const form = element(
    "form",
    { novalidate: true },
    field(files, say(PAGE.files), say(PAGE.files_hint)),
    field(anchor, say(PAGE.anchor), say(PAGE.anchor_hint)),
    field(words, say(PAGE.paper), say(PAGE.paper_hint)),
    element("div", { class: "sl-actions" }, button),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const given = await sorted([...files.files]);
    if (given.zip === null) {
      answer.replaceChildren(element("p", { class: "sl-field-msg" }, say(PAGE.nothing)));
      files.focus();
      return;
    }
    button.disabled = true;
    answer.replaceChildren(element("p", { class: "sl-s" }, say(PAGE.working)));
    try {
      if (await proofs?.(given.zip, anchor.value, answer)) return;
      answer.replaceChildren(...told(await check(program, { ...given, panel: anchor.value, words: words.value }), say));
    } catch (error) {
      answer.replaceChildren(...unreadable(error, say));
    } finally {
      button.disabled = false;
    }
  });
  form.addEventListener("dragover", (event) => event.preventDefault());
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    files.files = event.dataTransfer.files;
  });
  root.replaceChildren(form, answer);
}

/** Which file is which: by its first bytes a zip is the opening, everything else is taken for a receipt. */
async function sorted(chosen) {
  const given = { zip: null, receipts: [] };
  for (const file of chosen) {
    const head = await file.slice(0, 2).text();
    if (head === "PK" || file.name.endsWith(".zip")) given.zip = file;
    else if (file.size <= LARGEST_RECEIPT) given.receipts.push({ name: file.name, text: await file.text() });
  }
  return given;
}

const heading = (words, lamp) =>
  element("h2", { class: "sl-gap-s" }, element("span", { class: `sl-lamp is-${lamp}` }, words));

const unreadable = (error, say) => [
  heading(say(PAGE.unreadable), "over"),
  element("p", {}, say(PAGE.again)),
  element("p", { class: "sl-hint sl-break", lang: "en" }, error.message),
];

function told({ findings, sheets, draws, accepted, complete, ...facts }, say) {
  const verdict = accepted ? (complete ? PAGE.accepted : PAGE.partial) : PAGE.refused;
  const lamp = accepted ? (complete ? "ok" : "soon") : "over";
  return [
    heading(say(verdict), lamp),
    accepted ? null : element("p", {}, say(PAGE.keep)),
    summary(facts, say),
    element("h3", { class: "sl-gap-s" }, say(PAGE.checks)),
    element("ul", { class: "sl-list" }, ...findings.map((finding) => element("li", {}, ...line(finding, say)))),
    ...(sheets.length ? [element("h3", { class: "sl-gap-s" }, say(PAGE.sheets)), sheetList(sheets, say)] : []),
    ...draws.flatMap((draw) => drawn(draw, say)),
  ].filter(Boolean);
}

function line({ mark, code, params, detail }, say) {
  const { kind } = params;
  const words = code.startsWith("notice") ? NOTICES : KINDS;
  const known = kind && Object.hasOwn(words, kind) ? { ...params, kind: say(words[kind]) } : params;
  const [first] = code.split(".");
  const about = CHECK_OF[first] ?? first;
  return [
    element("span", { class: `sl-lamp is-${LAMPS[mark]}` }, say(MARKS[mark])),
    ` ${filled(say(FINDINGS[mark][code]), known)}`,
    element("span", { class: "sl-hint d-block" }, say(PAGE.what), say(WHAT[about])),
    mark === "refused" ? element("strong", { class: "d-block" }, say(PAGE.todo), say(TO_DO[about])) : null,
    detail ? element("span", { class: "sl-hint d-block sl-break", lang: "en" }, detail) : null,
  ];
}

function summary({ project, panel, size, words }, say) {
  const rows = [
    [PAGE.project, project],
    [PAGE.panel, panel && grouped(panel)],
    [PAGE.words, words],
    [PAGE.size, size],
  ].filter(([, value]) => value !== null);
  return element(
    "dl",
    { class: "sl-sum" },
    ...rows.map(([label, value]) =>
      element("div", {}, element("dt", {}, say(label)), element("dd", { class: "sl-break" }, String(value))),
    ),
  );
}

function sheetList(sheets, say) {
  const shown = ([name, value]) => {
    const amount = name.endsWith("_fen") && Number.isSafeInteger(value);
    return element("li", {}, `${name} = `, amount ? `${yuan(value)} ${say(PAGE.yuan)}` : String(value ?? "—"));
  };
  return element(
    "ol",
    { class: "sl-list" },
    ...sheets.map(({ lot, tenderer, fields, onPaper }) =>
      element(
        "li",
        {},
        element("strong", {}, tenderer.name),
        element("span", { class: "sl-hint" }, ` ${tenderer.uscc} · ${say(PAGE.lot)} ${lot}${onPaper ? ` · ${say(PAGE.onPaper)}` : ""}`),
        element("ul", { class: "sl-s" }, ...Object.entries(fields).map(shown)),
      ),
    ),
  );
}

/** Who was drawn, by the first signs of the commitment, and by name once names are out. */
function drawn({ id, seed, byTrustees, strata }, say) {
  const person = ({ h, name, serves }) =>
    element(
      "li",
      {},
      element("span", { class: "sl-mono" }, h.slice(0, 16)),
      name === null ? null : ` ${name}`,
      serves ? element("strong", {}, ` · ${say(PAGE.serves)}`) : null,
    );
  const line = (label, people) =>
    people.length ? [element("p", { class: "sl-s mb-0" }, say(label)), element("ol", { class: "sl-s" }, ...people.map(person))] : [];
  return [
    element("h3", { class: "sl-gap-s" }, filled(say(PAGE.draw), { draw: id })),
    seed === null ? null : element("p", { class: "sl-hint sl-break" }, say(PAGE.seed), element("span", { class: "sl-mono" }, seed)),
    byTrustees.length ? element("p", { class: "sl-s" }, filled(say(PAGE.byTrustees), { parties: byTrustees.join(", ") })) : null,
    ...strata.flatMap(({ id: stratum, picks, backups }) => [
      element("h4", { class: "sl-h3" }, filled(say(PAGE.stratum), { stratum })),
      ...line(PAGE.picks, picks),
      ...line(PAGE.backups, backups),
    ]),
  ].filter(Boolean);
}
