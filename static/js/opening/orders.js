/** What of a draw stands by itself: its specification and order, a party's dealing, a number made public (protocol §7). */

import { hex, unhex } from "../core/bytes.js";
import { identifier, integer } from "../core/canonical.js";
import { Malformed } from "../core/refused.js";
import { isAcceptableKey, verifyObject } from "../core/signing.js";
import { checkDealing } from "../sealing/dealing.js";
import { H, multiplyBasePublic, multiplyPublic, scalarOf } from "../sealing/ristretto.js";
import { partyCtx } from "../verifying/draw.js";

export const ORDER_TAG = "expert-draw/v1 order";
export const DEAL_TAG = "expert-draw/v1 deal";

function refuseIf(wrong, reason) {
  if (wrong) throw new Malformed(reason);
}

/** Check what a specification's shape does not say: counts, names once, leaves strictly ascending (§7.1). Throws `Malformed`. */
export function checkSpec({ max_per_unit: cap, strata }) {
  integer(cap, "spec: max_per_unit", 1);
  refuseIf(!strata.length, "spec: strata: none");
  refuseIf(new Set(strata.map(({ id }) => id)).size !== strata.length, "spec: strata: an id stands twice");
  for (const { id, need, leaves } of strata) {
    integer(need, `spec: ${id}: need`, 1);
    refuseIf(!ascending(leaves.map(({ h }) => h)), `spec: ${id}: leaves: h: not strictly ascending`);
    for (const leaf of leaves) {
      for (const key of ["excl", "unit"]) if (leaf[key] !== null) identifier(leaf[key], `spec: ${id}: ${key}`);
    }
  }
}

/** Whether ASCII texts ascend, each once. @param {string[]} texts */
const ascending = (texts) => texts.every((text, place) => place === 0 || texts[place - 1] < text);

/**
 * Check a draw order of the right shape: its specification, its parties, the supervisor's signature (§7.1). Throws `Malformed`.
 * @param {Record<string, any>} order
 * @param {unknown} sig
 * @param {import("../sealing/panel.js").Panel} panel
 */
export function checkOrder(order, sig, panel) {
  const { spec, parties, after, reason } = order;
  ours(order, panel);
  checkSpec(spec);
  for (const party of parties) refuseIf(!seatOf(panel, party), `${party} has no seat in the panel`);
  refuseIf(parties.length < 2 || !ascending(parties), "parties: not two or more names, sorted, each once");
  refuseIf((after === null) !== (reason === null), "a further draw names the one before and the reason; a first draw neither");
  refuseIf(reason === "", "reason: empty");
  const supervisor = panel.seats.find(({ role }) => role === "supervisor");
  refuseIf(!verifyObject(supervisor.sign, ORDER_TAG, order, sig), "the signature is not the supervisor seat's");
}

/**
 * Check a party's deal of the right shape for the specification of this hash (§7.2); what its dealing is bound to. Throws `Malformed`.
 * @param {Record<string, any>} deal
 * @param {unknown} sig
 * @param {Uint8Array} hash
 * @param {import("../sealing/panel.js").Panel} panel
 */
export function checkDeal(deal, sig, hash, panel) {
  const { spec, party, sign_pub, dealing } = deal;
  ours(deal, panel);
  refuseIf(spec !== hex(hash), "deals for another specification");
  const key = unhex(sign_pub, 32, "sign_pub");
  const seat = seatOf(panel, party);
  refuseIf(seat && hex(seat.sign) !== sign_pub, `${party} has a seat, but sign_pub is not the seat's key`);
  refuseIf(!isAcceptableKey(key) || !verifyObject(key, DEAL_TAG, deal, sig), `the signature is not ${party}'s`);
  const ctx = partyCtx(unhex(panel.hash, 32, "panel"), hash, party);
  const pubs = panel.seats.map(({ pub }) => pub);
  checkDealing(ctx, panel.k, pubs, dealing);
  return ctx;
}

const seatOf = ({ seats }, name) => seats.find((seat) => seat.name === name);

function ours({ panel }, { hash }) {
  refuseIf(panel !== hash, "names another panel");
}

/** `enc(a₀·G)` of a revealed a₀ that is canonical, not zero, and the one committed to; else `Malformed`. @param {unknown} a0 @param {{ C: string[] }} dealing */
export function revealed(a0, dealing) {
  const scalar = scalarOf(a0, "a0");
  refuseIf(scalar === 0n, "a0 is zero");
  refuseIf(hex(multiplyPublic(scalar, H).toBytes()) !== dealing.C[0], "a0 is not the one that was dealt");
  return multiplyBasePublic(scalar).toBytes();
}
