/**
 * A party's side of an expert draw, without the page: what `bidding/experts/client.py` checks and makes, again (protocol §7).
 *
 * A file is checked once and kept as it was read; what is made of it is made of that.
 */

import { concat, hex, lp, sha, unhex, utf8 } from "../core/bytes.js";
import { array, constants, dumps, exactly, identifier, loads, textOf } from "../core/canonical.js";
import { Malformed, Refused } from "../core/refused.js";
import { publicKey, signObject } from "../core/signing.js";
import { DEAL, ORDER, SPEC, checkEvent } from "../opening/events.js";
import { openList } from "../opening/names.js";
import { DEAL_TAG, ORDER_TAG, checkDeal, checkOrder, checkSpec, revealed } from "../opening/orders.js";
import { stratumLabel } from "../opening/regions.js";
import { WORK_FACTOR, WrongPassphrase, decryptPassphrase, encryptPassphrase } from "../sealing/age.js";
import { deal, makeShare, trusteeOf } from "../sealing/dealing.js";
import { checkPassphrase } from "../sealing/keys.js";
import { parsePanel } from "../sealing/panel.js";
import { scalarBytes, wideScalar } from "../sealing/ristretto.js";
import { partyCtx, specHash } from "../verifying/draw.js";
import { verifyReceipt } from "../verifying/receipt.js";

const LEAF_TAG = "expert-draw/v1 leaf";
const LIST = "v type panel spec pool_id people parties after reason";
/** What the draw page gives, and the fields of each. */
const FIELDS = {
  "draw-file": LIST,
  "draw-deal-file": "v type panel order sig",
  "draw-closed-file": "v type panel order sig closed",
  "draw-share-file": "v type panel order sig closed deal deal_sig",
};

/**
 * A checked file. `order` fails in a list, which is not ordered yet; a list that is `sealed` has not been checked yet; `closed` stands once the parties are closed; `party`, `ctx` and
 * `dealing` where one is to be opened.
 * @typedef {{
 *   type: string, panel: import("../sealing/panel.js").Panel, spec: Record<string, any>, hash: Uint8Array, parties: string[],
 *   after: string | null, reason: string | null, people?: number, namesakes?: string[], regions?: Set<string>, sealed?: Record<string, any>, closed?: string[],
 *   party?: string, ctx?: Uint8Array, dealing?: Record<string, any>,
 * }} File
 * @typedef {{ panel: string, draw: string, spec: string, party: string, a0: string }} Secret what a party keeps until it reveals
 */

/** Whatever of a draw's files this is, checked. Throws `Malformed`, `Refused`. @param {Uint8Array} data @returns {File} */
export function readFile(data) {
  const value = loads(data);
  const type = value?.type;
  if (!Object.hasOwn(FIELDS, type)) throw new Refused("draw.file");
  const isSealed = type === "draw-file" && Object.hasOwn(value, "names");
  const parts = exactly(value, isSealed ? `${LIST} names` : FIELDS[type], type);
  constants(parts, { v: 1 }, type);
  const panel = parsePanel(parts.panel);
  if (isSealed) return { type, ...heads(parts, panel), sealed: parts };
  if (type === "draw-file") return { type, ...listed(parts, panel) };
  const ordered = { type, ...orderedBy(parts, panel) };
  if (type === "draw-deal-file") return ordered;
  const closed = { ...ordered, closed: closedBy(parts.closed, ordered) };
  return type === "draw-closed-file" ? closed : { ...closed, ...dealtBy(parts, closed) };
}

// The supervisor ---------------------------------------------------------------------------------------------------

/** What a list says before anybody in it is looked at. */
function heads({ spec, parties, after, reason }, panel) {
  SPEC(spec, "spec");
  checkSpec(spec);
  const names = array(parties, "parties").map((name) => identifier(name, "parties"));
  return { panel, spec, hash: specHash(spec), parties: names, after, reason };
}

/** A sealed list opened by the supervisor's key, and checked. Throws `Refused` for another key. @param {File} file @param {import("./key.js").Key} own */
export function unseal({ type, panel, hash, sealed }, own) {
  return { type, ...listed({ ...sealed, people: openList(sealed, hex(hash), own) }, panel) };
}

/** A frozen list: every `h` recomputed, nobody there twice, everybody under a specialty they have, one id a unit (§7.1). */
function listed(parts, panel) {
  const head = heads(parts, panel);
  const pool = textOf(parts.pool_id, "pool_id");
  const people = new Map(array(parts.people, "people").map((row, place) => person(row, pool, `people[${place}]`)));
  const { twice, namesakes } = repeated([...people.values()]);
  if (twice.length) throw new Refused("draw.listed_twice", { ids: twice.slice(0, 5).join(", ") });
  checkLeaves(parts.spec, people);
  return { ...head, people: people.size, namesakes, regions: new Set([...people.values()].map(({ region }) => region)) };
}

function person(row, pool, what) {
  const { h, salt, expert } = exactly(row, "h salt expert", what);
  exactly(expert, "id name unit uscc title region specialties", `${what}: expert`);
  for (const key of ["id", "name", "unit"]) textOf(expert[key], `${what}: ${key}`);
  array(expert.specialties, `${what}: specialties`);
  const found = hex(sha(LEAF_TAG, lp(pool, unhex(salt, 32, `${what}: salt`), dumps(expert))));
  if (found !== h) throw new Malformed(`${what}: h is not the commitment to this person`);
  return [h, expert];
}

/** Ids that stand more than once, which is certain; and names with their units, at whom somebody has to look. */
function repeated(experts) {
  const more = (keyOf) => {
    const counts = new Map();
    for (const expert of experts) counts.set(keyOf(expert), (counts.get(keyOf(expert)) ?? 0) + 1);
    return [...counts].filter(([, count]) => count > 1).map(([key]) => key);
  };
  return { twice: more(({ id }) => id), namesakes: more(({ name, unit }) => `${name} · ${unit}`) };
}

/** Width, case and spaces do not make another unit. @param {string} name */
const unitKey = (name) => name.normalize("NFKC").toUpperCase().replace(/[\s\x1c-\x1f\x85]/gu, "");

function checkLeaves({ strata }, people) {
  const [units, seen] = [new Map(), new Set()];
  for (const { id, leaves } of strata) {
    for (const { h, unit } of leaves) {
      const expert = people.get(h);
      if (!expert) throw new Malformed(`list: nobody stands behind ${h} of ${id}`);
      if (!expert.specialties.includes(id)) {
        throw new Malformed(`list: ${expert.id} is listed under ${id} without that specialty`);
      }
      const key = unitKey(expert.unit);
      if (!units.has(key)) units.set(key, unit);
      if (units.get(key) !== unit) throw new Malformed(`list: ${expert.unit} has two unit ids, so the cap per unit would not hold`);
      seen.add(h);
    }
  }
  if (seen.size !== people.size) throw new Malformed("list: somebody in it stands under no specialty");
}

/** The signed order. Throws `Refused`, `Malformed`. @param {File} file @param {Uint8Array} seed @param {string[]} parties */
export function signOrder({ panel, spec, after, reason }, seed, parties) {
  const { signSeed } = trusteeOf(seed);
  if (seatOf(panel, signSeed)?.role !== "supervisor") throw new Refused("draw.no_seat");
  const order = { v: 1, type: "draw-order", panel: panel.hash, spec, parties: [...new Set(parties)].sort(), after, reason };
  ORDER(order, "order");
  const sig = signObject(signSeed, ORDER_TAG, order);
  checkOrder(order, sig, panel);
  return { order, sig };
}

// Every party ------------------------------------------------------------------------------------------------------

function orderedBy({ order, sig }, panel) {
  ORDER(order, "order");
  checkOrder(order, sig, panel);
  const { spec, parties, after, reason } = order;
  return { panel, spec, hash: specHash(spec), parties, after, reason };
}

/**
 * A party's signed dealing, and what it keeps to reveal it. Throws `Refused`, `Malformed`.
 * @param {File} file
 * @param {{ seed?: Uint8Array | null, party?: string }} who a seat's key; or the name that a tenderer without one gives itself
 * @param {import("../core/entropy.js").Entropy} entropy
 * @returns {{ dealt: object, secret: Secret }}
 */
export function makeDeal({ panel, spec, hash }, { seed = null, party = "" }, entropy) {
  const signSeed = seed ? trusteeOf(seed).signSeed : entropy.bytes(32);
  const name = seed ? seatOf(panel, signSeed)?.name : nameOf(party, panel);
  if (!name) throw new Refused("draw.no_seat");
  const { dealing, a0 } = dealScalar(partyCtx(unhex(panel.hash, 32, "panel"), hash, name), panel, entropy);
  const ours = { panel: panel.hash, draw: spec.id, spec: hex(hash), party: name };
  const made = { v: 1, type: "draw-deal", ...ours, sign_pub: hex(publicKey(signSeed)), dealing };
  const sig = signObject(signSeed, DEAL_TAG, made);
  checkDeal(made, sig, hash, panel);
  return { dealt: { deal: made, sig }, secret: { ...ours, a0 } };
}

/** The name that a tenderer takes for a draw; else `Refused`. */
function nameOf(party, { seats }) {
  try {
    identifier(party, "party");
  } catch {
    throw new Refused("sealing.trustee_name", {}, "party");
  }
  if (seats.some(({ name }) => name === party)) throw new Refused("draw.name_of_seat", { name: party }, "party");
  return party;
}

/**
 * A dealing whose a₀ is known. `deal` takes a₀ from the first bytes it asks for, which are given to it here: it keeps a₀ to itself, and
 * the program that tenderers compare (docs/adr/0021) need not change for a draw.
 */
function dealScalar(ctx, { k, seats }, entropy) {
  const first = entropy.bytes(64);
  let asked = false;
  const bytes = (count) => {
    if (asked) return entropy.bytes(count);
    asked = true;
    return first;
  };
  const pubs = seats.map(({ pub }) => pub);
  const { dealing } = deal(ctx, k, pubs, { bytes });
  const a0 = hex(scalarBytes(wideScalar(first)));
  revealed(a0, dealing);
  return { dealing, a0 };
}

/** The parties that a quorum of witnesses saw closed (§7.2). Throws `Malformed`. */
function closedBy(proof, { panel, spec, hash }) {
  const { event, witnessed } = verifyReceipt(textOf(proof, "closed"), { panel });
  checkEvent(event);
  if (event.type !== "draw-closed" || event.draw !== spec.id) throw new Malformed("closed: is not this draw's close");
  if (event.spec !== hex(hash)) throw new Malformed("closed: names another specification");
  if (!witnessed) throw new Malformed("closed: no quorum of witnesses has seen it");
  return event.parties;
}

/** A party's own number, made public. Throws `Refused`. @param {File} file @param {Secret} secret */
export function reveal({ panel, spec, hash, closed }, { draw, party, a0, ...ours }) {
  if (ours.panel !== panel.hash || draw !== spec.id || ours.spec !== hex(hash)) throw new Refused("draw.other_draw", { draw }, "secret");
  if (!closed?.includes(party)) throw new Refused("draw.not_a_party", { party }, "secret");
  return { v: 1, type: "draw-reveal", draw, party, a0 };
}

// Trustees, for a party that does not reveal -----------------------------------------------------------------------

/** The checked dealing of a party that was closed: a trustee multiplies by nothing else. */
function dealtBy({ deal: dealt, deal_sig: sig }, { panel, spec, hash, closed }) {
  DEAL(dealt, "deal");
  if (dealt.draw !== spec.id) throw new Malformed("deal: is for another draw");
  const ctx = checkDeal(dealt, sig, hash, panel);
  if (!closed.includes(dealt.party)) throw new Malformed("deal: its party is not among those who were closed");
  return { party: dealt.party, ctx, dealing: dealt.dealing };
}

/** A trustee's share of a party's number. Throws `Refused`. @param {File} file @param {Uint8Array} seed */
export function makePartyShare({ panel, spec, party, ctx, dealing }, seed, entropy) {
  const trustee = trusteeOf(seed);
  const seat = seatOf(panel, trustee.signSeed);
  if (!seat) throw new Refused("draw.no_seat");
  const share = makeShare(ctx, seat.i, trustee, unhex(dealing.E[seat.i - 1], 32, "E"), entropy);
  return { v: 1, type: "draw-share", draw: spec.id, party, share };
}

function seatOf({ seats }, signSeed) {
  const sign = hex(publicKey(signSeed));
  return seats.find((seat) => hex(seat.sign) === sign);
}

// The secret's file ------------------------------------------------------------------------------------------------

/** The content of `draw-secret-….age`. Takes about a second: on a worker. @param {Secret} secret @param {string} passphrase */
export const sealSecret = (secret, passphrase, entropy, workFactor = WORK_FACTOR) =>
  encryptPassphrase(dumps({ v: 1, type: "draw-secret", ...secret }), checkPassphrase(passphrase), entropy, workFactor);

/** The secret again. Throws `Refused`. @param {Uint8Array} data @param {string} passphrase @param {string} file its name @returns {Secret} */
export function openSecret(data, passphrase, file) {
  try {
    return secretOf(loads(decryptPassphrase(data, passphrase)));
  } catch (error) {
    if (error instanceof WrongPassphrase) throw new Refused("sealing.passphrase_wrong", { file }, "passphrase");
    if (!(error instanceof Malformed)) throw error;
    throw new Refused("draw.secret", { file, reason: error.message }, "secret");
  }
}

function secretOf(value) {
  const { v, type, ...secret } = exactly(value, "v type panel draw spec party a0", "secret");
  constants({ v, type }, { v: 1, type: "draw-secret" }, "secret");
  for (const name of ["panel", "spec", "a0"]) unhex(secret[name], 32, `secret: ${name}`);
  for (const name of ["draw", "party"]) identifier(secret[name], `secret: ${name}`);
  return secret;
}

// Telling ----------------------------------------------------------------------------------------------------------

/** What a page shows of a file: numbers and codes, no names but of those who need a look. @param {File} file */
export function factsOf({ type, panel, spec, hash, parties, after, reason, people, namesakes, regions = [], sealed, closed, party }) {
  return {
    type,
    draw: spec.id,
    project: panel.project,
    anchor: panel.hash,
    hash: hex(hash),
    cap: spec.max_per_unit,
    strata: spec.strata.map((stratum) => ({ ...stratumFacts(stratum), label: stratumLabel(stratum.id, regions) })),
    seats: panel.seats.map(({ name, role, org }) => ({ name, role, org })),
    k: panel.k,
    parties,
    after,
    reason,
    people,
    namesakes,
    isSealed: sealed !== undefined,
    closed,
    party,
  };
}

function stratumFacts({ id, need, backups, leaves }) {
  const excluded = {};
  for (const { excl } of leaves) if (excl !== null) excluded[excl] = (excluded[excl] ?? 0) + 1;
  return { id, need, backups, people: leaves.length, excluded };
}

/** What a file to be uploaded holds. @param {object} value */
export const written = (value) => concat(dumps(value), utf8("\n"));
