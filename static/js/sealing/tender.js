/** The tender file that the notice serves, and the tenderer's offer as the sheet will carry it. */

import { array, boolean, exactly, identifier, integer, loads, textOf } from "../core/canonical.js";
import { daxie, parseYuan, yuan } from "../core/money.js";
import { Malformed, Refused } from "../core/refused.js";
import { parsePanel } from "./panel.js";

/** The tender file's forms: 2 has fields, slots and ceilings for every lot, and one sheet; 3 says in which envelope each lies; 4 says floors. */
const [ONE_SHEET, SEVERAL, FLOORED] = [2, 3, 4];
const LONGEST_TEXT = 1000;
const KINDS = ["fen", "ppm", "integer", "text"];
const PERCENT = /^([0-9]{1,5})(?:\.([0-9]{1,4}))?$/;
const ENDING = /^\.[a-z0-9]{1,10}$/;

/**
 * `kind` is money in fen, a share in parts per million, a whole number, or a text.
 * @typedef {{ name: string, label: string, kind: "fen" | "ppm" | "integer" | "text", required: boolean,
 *   ceiling: number | null, floor: number | null, envelope: string }} Field between `floor` and `ceiling`, in the
 *   field's unit, nothing is rejected for its value; `envelope`: whose sheet it stands on
 * @typedef {{ code: string, label: string, required: boolean, endings: string[], many: boolean, envelope: string }} Slot
 * @typedef {{ code: string, name: string, fields: Field[], slots: Slot[] }} Lot
 * @typedef {{
 *   panel: import("./panel.js").Panel, title: string, closesAt: number, lots: Map<string, Lot>,
 * }} Tender `closesAt` in Unix seconds; `lots` by code
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
  const parts = exactly(value, "v panel lots title closes_at", "tender");
  const version = integer(parts.v, "tender: v", ONE_SHEET, FLOORED);
  const several = version >= SEVERAL;
  const panel = parsePanel(parts.panel);
  const { envelopes } = panel;
  if (!several && (envelopes.length !== 2 || envelopes[0].public === envelopes[1].public)) {
    throw new Malformed("tender: the envelopes are not one sheet and one for the attachments");
  }
  const places = {
    sheets: envelopes.filter((each) => each.public).map(({ id }) => id),
    others: envelopes.filter((each) => !each.public).map(({ id }) => id),
    several,
    floored: version >= FLOORED,
  };
  const listed = array(parts.lots, "tender: lots").map((item, place) => lotOf(item, `tender: lots[${place}]`, places));
  const lots = new Map(listed.map((lot) => [lot.code, lot]));
  if (!lots.size) throw new Malformed("tender: no lots");
  return {
    panel,
    title: textOf(parts.title, "tender: title"),
    closesAt: integer(parts.closes_at, "tender: closes_at"),
    lots,
  };
}

function lotOf(value, what, places) {
  const parts = exactly(value, "code name fields slots", what);
  const lot = {
    code: identifier(parts.code, `${what}: code`),
    name: textOf(parts.name, `${what}: name`),
    fields: array(parts.fields, `${what}: fields`).map((item, place) => field(item, `${what}: fields[${place}]`, places)),
    slots: array(parts.slots, `${what}: slots`).map((item, place) => slotOf(item, `${what}: slots[${place}]`, places)),
  };
  const bare = places.sheets.find((sheet) => !lot.fields.some(({ envelope }) => envelope === sheet));
  if (bare) throw new Malformed(`${what}: no field stands on the sheet ${bare}`);
  return lot;
}

/** Where it lies: said of each with several envelopes, the only one there is without. */
function envelopeOf({ envelope }, what, allowed) {
  if (envelope === undefined) return allowed[0];
  if (!allowed.includes(envelope)) throw new Malformed(`${what}: envelope is not one of ${allowed.join(", ")}`);
  return envelope;
}

function slotOf(value, what, { others, several }) {
  const parts = exactly(value, `code label required endings many${several ? " envelope" : ""}`, what);
  const endings = array(parts.endings, `${what}: endings`).map((item) => textOf(item, `${what}: endings`));
  if (!endings.every((ending) => ENDING.test(ending))) throw new Malformed(`${what}: endings are not like .pdf`);
  return {
    code: identifier(parts.code, `${what}: code`),
    label: textOf(parts.label, `${what}: label`),
    required: boolean(parts.required, `${what}: required`),
    endings,
    many: boolean(parts.many, `${what}: many`),
    envelope: envelopeOf(parts, what, others),
  };
}

function field(value, what, { sheets, several, floored }) {
  const parts = exactly(value, `name label kind required ceiling${several ? " envelope" : ""}${floored ? " floor" : ""}`, what);
  const limit = (name) => ((parts[name] ?? null) === null ? null : integer(parts[name], `${what}: ${name}`));
  if (!KINDS.includes(parts.kind)) throw new Malformed(`${what}: kind is not one of ${KINDS.join(", ")}`);
  return {
    name: identifier(parts.name, `${what}: name`),
    label: textOf(parts.label, `${what}: label`),
    kind: parts.kind,
    required: boolean(parts.required, `${what}: required`),
    ceiling: limit("ceiling"),
    floor: limit("floor"),
    envelope: envelopeOf(parts, what, sheets),
  };
}

/**
 * Check the files of a whole bid against the slots of its lot. Throws `Refused`.
 * @param {Lot} lot
 * @param {{ slot: string, name: string }[]} files
 */
export function checkFiles(lot, files) {
  for (const { slot, name } of files) {
    const { label, endings } = slotIn(lot, slot);
    if (endings.length && !endings.some((ending) => name.toLowerCase().endsWith(ending))) {
      throw new Refused("sealing.ending", { label, slot, endings: endings.join("、"), file: name }, `slot-${slot}`);
    }
  }
  const count = (code) => files.filter(({ slot }) => slot === code).length;
  for (const { code, label, many } of lot.slots) {
    if (count(code) > 1 && !many) {
      throw new Refused("sealing.slot_full", { label, slot: code, count: count(code) }, `slot-${code}`);
    }
  }
  const missing = lot.slots.filter(({ code, required }) => required && !count(code));
  if (missing.length) throw new Refused("sealing.slot_missing", { slots: places(missing) }, `slot-${missing[0].code}`);
}

/** A slot of a lot; throws `Refused`. @param {Lot} lot @param {string} code */
export function slotIn(lot, code) {
  const found = lot.slots.find((each) => each.code === code);
  if (!found) throw new Refused("sealing.slot_unknown", { slot: code, slots: places(lot.slots) }, "file");
  return found;
}

/**
 * Whether a value is above what the notice allows; such a bid may be handed in, and will be rejected.
 * @param {Field} known
 * @param {unknown} value
 */
export const aboveCeiling = ({ ceiling }, value) => ceiling !== null && typeof value === "number" && value > ceiling;

/**
 * Whether a value is below the starting price of the notice; such an offer may be handed in, and will not do.
 * @param {Field} known
 * @param {unknown} value
 */
export const belowFloor = ({ floor }, value) => floor !== null && typeof value === "number" && value < floor;

const places = (slots) => slots.map(({ code, label }) => `${label}（${code}）`).join("、");

/**
 * The sheet's fields from what was given: texts as people write them, or integers in the field's own unit.
 *
 * Money as text is in yuan (`"1,234.50"`), as integer in fen; a rate as text in percent (`"1.25"`), as integer in
 * parts per million. Fields left empty stand as null. Throws `Refused`.
 * @param {Lot} lot
 * @param {Record<string, string | number | null>} given
 */
export function readOffer(lot, given) {
  const known = new Map(lot.fields.map((each) => [each.name, each]));
  for (const name of Object.keys(given)) {
    if (!known.has(name)) {
      throw new Refused("sealing.field_unknown", { name, fields: listed(lot.fields) }, name);
    }
  }
  const empty = (name) => given[name] === undefined || given[name] === null || !String(given[name]).trim();
  const missing = lot.fields.filter((each) => each.required && empty(each.name));
  if (missing.length) throw new Refused("sealing.field_missing", { fields: listed(missing) }, missing[0].name);
  return Object.fromEntries(
    lot.fields.map((each) => [each.name, empty(each.name) ? null : valueOf(each, given[each.name])]),
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
