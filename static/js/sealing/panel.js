/** The panel of trustees of one project (protocol §2): the trust anchor of all that is sealed to it. */

import { hex, lp, sha, unhex } from "../core/bytes.js";
import { array, boolean, constants, dumps, exactly, identifier, integer, textOf } from "../core/canonical.js";
import { Malformed } from "../core/refused.js";
import { isAcceptableKey, verifyObject } from "../core/signing.js";
import { parsePolicy } from "../verifying/trust.js";
import { pointFrom } from "./ristretto.js";

const MAX_SEATS = 15;
const INSIDERS = ["agency", "administrator", "centre"];

/**
 * @typedef {{ i: number, role: string, name: string, org: string, pub: Uint8Array, sign: Uint8Array }} Seat
 * @typedef {{ id: string, public: boolean, stage: number }} Envelope
 * @typedef {{
 *   hash: string, project: string, k: number, minBids: number, policy: import("../verifying/trust.js").Policy,
 *   seats: Seat[], envelopes: Envelope[],
 * }} Panel `hash` is the panel hash in hex
 */

/** `sha("bidseal/v1 panel" ‖ JCS(panel))`, in hex. @param {unknown} event */
export const panelHash = (event) => hex(sha("bidseal/v1 panel", dumps(event)));

/**
 * What the dealing of one envelope of one bid is bound to (§3.1).
 * @param {string} panel the panel hash in hex
 * @param {string} bid the uid in hex
 * @param {string} envelope
 */
export const envelopeCtx = (panel, bid, envelope) =>
  sha(lp("bidseal/v1 ctx", unhex(panel, 32, "panel"), unhex(bid, 16, "bid"), envelope));

/** The panel that a `panel` event describes. Throws `Malformed`. @param {unknown} event @returns {Panel} */
export function parsePanel(event) {
  const parts = exactly(event, "v type project suite k min_bids policy trustees envelopes", "panel");
  constants(parts, { v: 1, type: "panel", suite: "bidseal-v1" }, "panel");
  const trustees = array(parts.trustees, "panel: trustees");
  if (!(trustees.length >= 3 && trustees.length <= MAX_SEATS)) {
    throw new Malformed(`panel: ${trustees.length} trustees; a panel has 3 to ${MAX_SEATS}`);
  }
  const k = integer(parts.k, "panel: k", 2, trustees.length - 1);
  const seats = trustees.map((value, place) => seat(value, place + 1));
  checkSeats(seats, k);
  return {
    hash: panelHash(parts),
    project: identifier(parts.project, "panel: project"),
    k,
    minBids: integer(parts.min_bids, "panel: min_bids", 1),
    policy: parsePolicy(textOf(parts.policy, "panel: policy")),
    seats,
    envelopes: envelopes(parts.envelopes),
  };
}

function seat(value, i) {
  const what = `panel: trustee ${i}`;
  const parts = exactly(value, "i role name org pub sign", what);
  if (integer(parts.i, `${what}: i`) !== i) throw new Malformed(`${what}: i is ${parts.i}`);
  if (!textOf(parts.org, `${what}: org`)) throw new Malformed(`${what}: org is empty`);
  const [pub, sign] = [unhex(parts.pub, 32, `${what}: pub`), unhex(parts.sign, 32, `${what}: sign`)];
  pointFrom(pub, `${what}: pub`);
  if (!isAcceptableKey(sign)) throw new Malformed(`${what}: sign is not an acceptable Ed25519 key`);
  return {
    i,
    role: identifier(parts.role, `${what}: role`),
    name: identifier(parts.name, `${what}: name`),
    org: parts.org,
    pub,
    sign,
  };
}

function checkSeats(seats, k) {
  const distinct = { name: (each) => each.name, pub: (each) => hex(each.pub), sign: (each) => hex(each.sign) };
  for (const [what, key] of Object.entries(distinct)) {
    if (new Set(seats.map(key)).size !== seats.length) throw new Malformed(`panel: two trustees have the same ${what}`);
  }
  const count = (test) => seats.filter(test).length;
  for (const { org } of seats) {
    const held = count((each) => each.org === org);
    if (held >= k) throw new Malformed(`panel: ${org} holds ${held} seats and could open alone with k = ${k}`);
  }
  for (const role of ["supervisor", "agency"]) {
    const found = count((each) => each.role === role);
    if (found !== 1) throw new Malformed(`panel: ${found} seats with the role ${role}, not one`);
  }
  const inside = count((each) => INSIDERS.includes(each.role));
  if (inside >= k) {
    throw new Malformed(`panel: agency, administrator and centre hold ${inside} seats, not fewer than k = ${k}`);
  }
}

function envelopes(value) {
  const found = array(value, "panel: envelopes").map((item, place) => {
    const what = `panel: envelopes[${place}]`;
    const parts = exactly(item, "id public stage", what);
    return {
      id: identifier(parts.id, `${what}: id`),
      public: boolean(parts.public, `${what}: public`),
      stage: integer(parts.stage, `${what}: stage`, 1),
    };
  });
  if (!found.length) throw new Malformed("panel: no envelopes");
  if (new Set(found.map(({ id }) => id)).size !== found.length) {
    throw new Malformed("panel: two envelopes have the same id");
  }
  return found;
}

/** The seat numbered `i`; else `Malformed`. @param {Panel} panel @param {number} i @returns {Seat} */
export function seatAt(panel, i) {
  if (!(i >= 1 && i <= panel.seats.length)) throw new Malformed(`the panel has no seat ${i}`);
  return panel.seats[i - 1];
}

/**
 * The distinct seats that signed `body`; every signature listed must hold, else `Malformed`.
 * @param {unknown} value the list of `{i, sig}`
 * @param {Panel} panel
 * @param {string} tag
 * @param {object} body
 * @param {string} what
 * @returns {Set<number>}
 */
export function checkSeatSigs(value, panel, tag, body, what) {
  const signed = new Set();
  array(value, `${what}: sigs`).forEach((item, place) => {
    const { i, sig } = exactly(item, "i sig", `${what}: sigs[${place}]`);
    const seat = seatAt(panel, integer(i, `${what}: sigs[${place}]: i`));
    if (signed.has(seat.i)) throw new Malformed(`${what}: two signatures of seat ${seat.i}`);
    if (!verifyObject(seat.sign, tag, body, sig)) {
      throw new Malformed(`${what}: the signature of seat ${seat.i} (${seat.role}) does not hold`);
    }
    signed.add(seat.i);
  });
  return signed;
}
