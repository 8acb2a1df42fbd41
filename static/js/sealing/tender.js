/** The tender file that the notice serves, and the tenderer's offer as the sheet will carry it. */

import { array, boolean, exactly, identifier, integer, loads, textOf } from "../core/canonical.js";
import { daxie, parseYuan, yuan } from "../core/money.js";
import { Malformed, Refused } from "../core/refused.js";
import { parsePanel } from "./panel.js";

const LONGEST_TEXT = 1000;
const KINDS = ["fen", "ppm", "integer", "text"];
const PERCENT = /^([0-9]{1,5})(?:\.([0-9]{1,4}))?$/;

/**
 * `kind` is money in fen, a share in parts per million, a whole number, or a text.
 * @typedef {{ name: string, label: string, kind: "fen" | "ppm" | "integer" | "text", required: boolean }} Field
 * @typedef {{
 *   panel: import("./panel.js").Panel, title: string, closesAt: number, lots: Map<string, string>, fields: Field[],
 * }} Tender `closesAt` in Unix seconds; `lots`: code to name
 */

/**
 * What a tenderer must know to seal, from `tender.json`. Throws `Refused`.
 * @param {string | Uint8Array} file its content
 * @param {{ panel?: string }} [expected] the panel hash of the printed notice; spaces and case are forgiven
 * @returns {Tender}
 */
export function parseTender(file, { panel } = {}) {
  let tender;
  try {
    tender = parsed(loads(file));
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new Refused("sealing.tender_refused", { reason: error.message }, "tender");
  }
  const notice = panel?.replace(/\s/g, "").toLowerCase();
  if (notice !== undefined && notice !== tender.panel.hash) {
    throw new Refused("sealing.panel_differs", { notice, file: tender.panel.hash }, "panel");
  }
  return tender;
}

function parsed(value) {
  const parts = exactly(value, "v panel lots title closes_at fields", "tender");
  integer(parts.v, "tender: v", 1, 1);
  const lots = new Map();
  array(parts.lots, "tender: lots").forEach((item, place) => {
    const lot = exactly(item, "code name", `tender: lots[${place}]`);
    lots.set(identifier(lot.code, "tender: lot code"), textOf(lot.name, "tender: lot name"));
  });
  if (!lots.size) throw new Malformed("tender: no lots");
  const panel = parsePanel(parts.panel);
  if (panel.envelopes.length !== 2 || panel.envelopes[0].public === panel.envelopes[1].public) {
    throw new Malformed("tender: the envelopes are not one sheet and one for the attachments");
  }
  return {
    panel,
    title: textOf(parts.title, "tender: title"),
    closesAt: integer(parts.closes_at, "tender: closes_at"),
    lots,
    fields: array(parts.fields, "tender: fields").map((item, place) => field(item, `tender: fields[${place}]`)),
  };
}

function field(value, what) {
  const parts = exactly(value, "name label kind required", what);
  if (!KINDS.includes(parts.kind)) throw new Malformed(`${what}: kind is not one of ${KINDS.join(", ")}`);
  return {
    name: identifier(parts.name, `${what}: name`),
    label: textOf(parts.label, `${what}: label`),
    kind: parts.kind,
    required: boolean(parts.required, `${what}: required`),
  };
}

/**
 * The sheet's fields from what was given: texts as people write them, or integers in the field's own unit.
 *
 * Money as text is in yuan (`"1,234.50"`), as integer in fen; a rate as text in percent (`"1.25"`), as integer in
 * parts per million. Fields left empty stand as null. Throws `Refused`.
 * @param {Tender} tender
 * @param {Record<string, string | number | null>} given
 */
export function readOffer(tender, given) {
  const known = new Map(tender.fields.map((each) => [each.name, each]));
  for (const name of Object.keys(given)) {
    if (!known.has(name)) {
      throw new Refused("sealing.field_unknown", { name, fields: listed(tender.fields) }, name);
    }
  }
  const empty = (name) => given[name] === undefined || given[name] === null || !String(given[name]).trim();
  const missing = tender.fields.filter((each) => each.required && empty(each.name));
  if (missing.length) throw new Refused("sealing.field_missing", { fields: listed(missing) }, missing[0].name);
  return Object.fromEntries(
    tender.fields.map((each) => [each.name, empty(each.name) ? null : valueOf(each, given[each.name])]),
  );
}

const listed = (fields) => fields.map((each) => `${each.label}（${each.name}）`).join("、");

/** One field's value; throws `Refused` with the reason's own code in `params.reason`. @param {Field} known @param {string | number} given */
function valueOf(known, given) {
  try {
    if (known.kind === "text") return text(given);
    if (typeof given === "string") return { fen: parseYuan, ppm, integer: whole }[known.kind](given);
    return integer(given, known.name);
  } catch (error) {
    const { label, name } = known;
    const reason = error instanceof Malformed ? new Refused("offer.not_whole") : error;
    throw new Refused("sealing.field_wrong", { label, name, reason }, name);
  }
}

function text(given) {
  if (typeof given !== "string") throw new Refused("offer.not_text");
  if ([...given].length > LONGEST_TEXT) throw new Refused("offer.text_too_long");
  return given.trim();
}

function whole(given) {
  const plain = given.normalize("NFKC").trim();
  if (!/^[0-9]+$/.test(plain) || !Number.isSafeInteger(Number(plain))) throw new Refused("offer.not_whole");
  return Number(plain);
}

function ppm(given) {
  const found = PERCENT.exec(given.normalize("NFKC").trim().replace(/%$/, "").trim());
  if (found === null) throw new Refused("offer.not_percent");
  return Number(found[1]) * 10_000 + Number((found[2] ?? "").padEnd(4, "0"));
}

/** A value as people read it back: money also in capital numerals. @param {Field} known @param {string | number | null} value */
export function shown(known, value) {
  if (value === null) return "—";
  if (known.kind === "fen") return `${yuan(value)} 元（${daxie(value)}）`;
  if (known.kind === "ppm") {
    return `${`${Math.floor(value / 10_000)}.${String(value % 10_000).padStart(4, "0")}`.replace(/\.?0+$/, "")}%`;
  }
  return String(value);
}
