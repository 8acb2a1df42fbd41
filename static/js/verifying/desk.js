/** The form that checks a receipt in the page: files in, what was found out. Nothing leaves the computer. */

import { element, field, grouped, shanghai } from "../core/dom.js";
import { filled } from "../sealing/words.js";
import { checkReceipt } from "./check.js";
import { FINDINGS, KINDS, PAGE, inLanguage } from "./words.js";

const LAMPS = { holds: "ok", note: "soon", refused: "over" };
const MARKS = { holds: PAGE.holds, note: PAGE.note, refused: PAGE.fails };
/** Receipts and tender files take some kilobytes; whatever is larger is something else. */
const LARGEST = 4 * 1024 * 1024;

/**
 * Put the form into `root`.
 * @param {HTMLElement} root
 * @param {string} lang of the page
 */
export function mountReceiptCheck(root, lang) {
  const say = (pair) => inLanguage(pair, lang);
  const files = element("input", { class: "form-control", id: "check-files", type: "file", multiple: true });
  const anchor = element("input", {
    class: "form-control sl-mono",
    id: "check-anchor",
    type: "text",
    autocomplete: "off",
    spellcheck: "false",
  });
  const answer = element("div", { role: "status", id: "check-answer" });
  const form = element(
    "form",
    { novalidate: true },
    field(files, say(PAGE.files), say(PAGE.files_hint)),
    field(anchor, say(PAGE.anchor), say(PAGE.anchor_hint)),
    element(
      "div",
      { class: "sl-actions" },
      element("button", { class: "btn btn-primary btn-lg", type: "submit" }, say(PAGE.check)),
    ),
  );
  let chosen = [];
  const run = async () => {
    const given = await sorted(chosen);
    if (given.receipt === null) {
      answer.replaceChildren(element("p", { class: "sl-field-msg" }, say(PAGE.nothing)));
      files.focus();
      return;
    }
    answer.replaceChildren(...told(checkReceipt({ ...given, panel: anchor.value }), say));
  };
  files.addEventListener("change", () => {
    chosen = [...files.files];
    if (chosen.length) run();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run();
  });
  form.addEventListener("dragover", (event) => event.preventDefault());
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    files.files = event.dataTransfer.files;
    files.dispatchEvent(new Event("change"));
  });
  root.replaceChildren(form, answer);
}

/** Which file is which: a tender file is JSON, everything else is taken for the receipt. */
async function sorted(chosen) {
  const given = { receipt: null, tender: null };
  for (const file of chosen.filter(({ size }) => size <= LARGEST)) {
    const text = await file.text();
    given[text.trimStart().startsWith("{") ? "tender" : "receipt"] = { name: file.name, text };
  }
  return given;
}

function told({ findings, facts, accepted, complete }, say) {
  const verdict = accepted ? (complete ? PAGE.accepted : PAGE.partial) : PAGE.refused;
  const lamp = accepted ? (complete ? "ok" : "soon") : "over";
  return [
    element("h2", { class: "sl-gap-s" }, element("span", { class: `sl-lamp is-${lamp}` }, say(verdict))),
    accepted ? null : element("p", {}, say(PAGE.keep)),
    element("ul", { class: "sl-list" }, ...findings.map((finding) => element("li", {}, ...line(finding, say)))),
    ...(facts ? summary(facts, say) : []),
  ].filter(Boolean);
}

function line({ mark, code, params, detail }, say) {
  const { kind } = params;
  const words = filled(say(FINDINGS[mark][code]), kind ? { ...params, kind: kindOf(kind, say) } : params);
  return [
    element("span", { class: `sl-lamp is-${LAMPS[mark]}` }, say(MARKS[mark])),
    ` ${words}`,
    detail ? element("span", { class: "sl-hint d-block sl-break", lang: "en" }, detail) : null,
  ];
}

const kindOf = (kind, say) => (Object.hasOwn(KINDS, kind) ? say(KINDS[kind]) : kind);

function summary(facts, say) {
  const rows = [
    [PAGE.kind, kindOf(facts.kind, say)],
    [PAGE.project, facts.project],
    [PAGE.lot, facts.lot],
    [PAGE.bid, facts.bid],
    [PAGE.at, facts.at === null ? null : `${shanghai(facts.at)} ${say(PAGE.beijing)}`],
    [PAGE.manifest, facts.manifest],
    [PAGE.origin, facts.origin],
    [PAGE.witnesses, facts.witnesses.map(({ name, at }) => `${name} ${shanghai(at)}`).join("\n") || null],
    [PAGE.panel, facts.panel && grouped(facts.panel)],
  ].filter(([, value]) => value !== null);
  return [
    element("h3", { class: "sl-gap-s" }, say(PAGE.facts)),
    element(
      "dl",
      { class: "sl-sum" },
      ...rows.map(([label, value]) =>
        element("div", {}, element("dt", {}, say(label)), element("dd", { class: "sl-break" }, String(value))),
      ),
    ),
  ];
}
