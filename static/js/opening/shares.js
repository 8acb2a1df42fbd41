/** Batches of shares as the server and a verifier check them, and how envelopes open with them (protocol §6.2–6.4). */

import { b64, hex, sha, unhex } from "../core/bytes.js";
import { array, boolean, dumps, exactly, integer, textOf } from "../core/canonical.js";
import { Malformed } from "../core/refused.js";
import { verifyObject } from "../core/signing.js";
import { checkShare, combine, identityOf, recipientOf } from "../sealing/dealing.js";
import { envelopeCtx, seatAt } from "../sealing/panel.js";
import { TAG } from "./batches.js";

const IDENTITY = /^AGE-SECRET-KEY-1[0-9A-Z]{58}$/;

/**
 * @typedef {import("./record.js").LogRecord} LogRecord
 * @typedef {import("./record.js").LoggedBid} LoggedBid
 * @typedef {Map<string, any>} Shares of one seat, by `bid/envelope`
 * @typedef {{ batch: any, sig: string }} SignedBatch
 * @typedef {{ identity: string | null, verdict?: string, evidence?: object }} Unlocked
 */

/** `{batch, sig}` of the right shape; nothing is proved yet. Throws `Malformed`. @param {unknown} value @returns {SignedBatch} */
export function parseBatch(value) {
  const outer = exactly(value, "batch sig", "share batch");
  const batch = exactly(outer.batch, "v type panel checkpoint i stage public shares", "share batch");
  integer(batch.v, "share batch: v", 1, 1);
  if (batch.type !== "shares") throw new Malformed("share batch: type is not shares");
  unhex(batch.panel, 32, "share batch: panel");
  textOf(batch.checkpoint, "share batch: checkpoint");
  integer(batch.i, "share batch: i", 1);
  integer(batch.stage, "share batch: stage", 1);
  boolean(batch.public, "share batch: public");
  array(batch.shares, "share batch: shares").forEach((share, place) => {
    exactly(share, "bid envelope i S c z", `share batch: shares[${place}]`);
  });
  unhex(outer.sig, 64, "share batch: sig");
  return { batch, sig: outer.sig };
}

/** What the log's `shares` event says of a batch. @param {SignedBatch} signed */
export const batchHash = ({ batch, sig }) => hex(sha(dumps({ batch, sig })));

/** The text of the close that a batch names. @param {import("../verifying/note.js").Head} head */
export const headText = ({ origin, size, root }) => `${origin}\n${size}\n${b64(root)}\n`;

/**
 * Check a batch whole: one bad share refuses all of it. The manifests' dealings are taken as checked. Throws `Malformed`.
 * @param {LogRecord} record
 * @param {SignedBatch} signed
 * @returns {Shares}
 */
export function checkBatch(record, { batch, sig }) {
  const what = `share batch of seat ${batch.i}`;
  if (batch.panel !== record.panel.hash) throw new Malformed(`${what}: made for another panel`);
  if (batch.checkpoint !== headText(record.close.head)) throw new Malformed(`${what}: made for another checkpoint`);
  const seat = seatAt(record.panel, batch.i);
  record.opensAt(batch.stage);
  if (!verifyObject(seat.sign, TAG, batch, sig)) throw new Malformed(`${what}: the signature does not hold`);
  const wanted = new Map(
    record.toBeShared(batch.stage, batch.public).map(([bid, envelope]) => [`${bid.uid}/${envelope}`, { bid, envelope }]),
  );
  const shares = new Map();
  for (const { bid, envelope, ...share } of batch.shares) {
    const key = `${textOf(bid, `${what}: bid`)}/${textOf(envelope, `${what}: envelope`)}`;
    if (shares.has(key)) throw new Malformed(`${what}: two shares for bid ${key}`);
    if (!wanted.has(key)) throw new Malformed(`${what}: bid ${key} is not to be opened with it`);
    const { E } = envelopeOf(wanted.get(key).bid, envelope).dealing;
    checkShare(envelopeCtx(record.panel.hash, bid, envelope), seat.i, seat.pub, unhex(E[seat.i - 1], 32, "E"), share);
    shares.set(key, share);
  }
  for (const key of wanted.keys()) if (!shares.has(key)) throw new Malformed(`${what}: no share for bid ${key}`);
  return shares;
}

/** The manifest's entry for one envelope; else `Malformed`. @param {LoggedBid} bid @param {string} envelope */
export function envelopeOf({ uid, manifest }, envelope) {
  const found = manifest.envelopes.find(({ id }) => id === envelope);
  if (!found) throw new Malformed(`bid ${uid}: has no envelope ${envelope}`);
  return found;
}

/**
 * The key of one envelope from checked batches; or why there is none. With k shares the recombined recipient must be the
 * manifest's: otherwise the tenderer sealed to another key than was dealt, and provably so.
 * @param {LogRecord} record
 * @param {LoggedBid} bid
 * @param {string} envelope
 * @param {Map<number, Shares>} batches by seat
 * @param {string | null} [posted] the tenderer's own key, should it be needed
 * @returns {Unlocked}
 */
export function openEnvelope({ panel }, bid, envelope, batches, posted = null) {
  const key = `${bid.uid}/${envelope}`;
  const seats = [...batches.keys()].sort((one, other) => one - other).filter((i) => batches.get(i).has(key));
  const shares = seats.slice(0, panel.k).map((i) => batches.get(i).get(key));
  if (shares.length === panel.k) {
    const identity = identityOf(combine(shares), envelopeCtx(panel.hash, bid.uid, envelope));
    const recipient = recipientOf(identity);
    if (recipient === envelopeOf(bid, envelope).recipient) return { identity };
    return { identity: null, verdict: "tenderer", evidence: { reason: "recipient", recipient } };
  }
  if (posted !== null) return { identity: checkPosted(bid, envelope, posted) };
  return { identity: null, verdict: "trustees", evidence: { reason: "shares", shares: shares.length } };
}

/** A tenderer's own key for an envelope; `Malformed` unless it is the manifest's. @param {LoggedBid} bid @param {string} envelope @param {unknown} identity */
export function checkPosted(bid, envelope, identity) {
  const text = textOf(identity, "key");
  if (!IDENTITY.test(text) || recipientOf(text) !== envelopeOf(bid, envelope).recipient) {
    throw new Malformed(`key: not that of bid ${bid.uid}, ${envelope}`);
  }
  return text;
}
