/** What a log may say of sheets that were not opened: docs/spec/opening.md, "Afterwards". The rules of `afterwards.py`. */

import { hex, sha, unhex } from "../core/bytes.js";
import { dumps, exactly, identifier, integer, textOf } from "../core/canonical.js";
import { Malformed } from "../core/refused.js";

/** Notes of these kinds are told here. */
export const PREFIX = "after-";
/** By what an envelope was opened late: its tenderer's key, or else shares. */
export const BY_KEY = "key";
const WAYS = [BY_KEY, "shares"];
/** What becomes of a lot with too few readable sheets. */
export const FAILED = "failed";
const DECISIONS = [FAILED, "goes-on"];
const VERDICTS = ["platform", "tenderer"];

/**
 * What the rest of the log says when a note comes. `unopened` are public envelopes that too few trustees came for, with
 * their stage; `attached` those of the same bids and stages that are not public; both by `bid/envelope`.
 * @typedef {{ unopened: Map<string, number>, attached: Set<string>, first: number, read: Set<string>, waiting: Set<string>,
 *   lots: Map<string, string>, least: number, opened: boolean, onHold: boolean }} Facts `read` bids whose sheet was read
 *   at the first stage or in their bag, `waiting` lots with a bag that nobody has read, `lots` by bid
 * @typedef {{ index: number, stage: number, by: string, sha256: string | null, verdict: string | null, evidence: any }} Late
 */

/** What `after-key` says of a posted identity: the log holds no key, the bundle beside it does. */
export const keyDigest = (bid, envelope, identity) =>
  hex(sha("bidseal/v1 posted", dumps({ bid, envelope, identity })));

function placeOf({ bid, envelope }, what) {
  unhex(bid, 16, `${what}.bid`);
  return `${bid}/${identifier(envelope, `${what}.envelope`)}`;
}

/** What the log says so far of what was not opened. */
export class Afterwards {
  /** By `bid/envelope`, what the log says of every key that was posted. @type {Map<string, string>} */
  keys = new Map();
  /** By `bid/envelope`. @type {Map<string, Late>} */
  late = new Map();
  /** Lot → decision. @type {Map<string, string>} */
  decided = new Map();

  /** Check the next note and take it; else `Malformed`. @param {number} index @param {string} kind @param {any} data @param {Facts} facts */
  take(index, kind, data, facts) {
    if (facts.onHold) throw new Malformed(`${kind}: the opening is on hold`);
    if (kind === "after-key") this.#key(data, facts);
    else if (kind === "after-opened") this.#opened(index, data, facts);
    else if (kind === "after-lot") this.#lot(data, facts);
    else throw new Malformed(`${kind}: not known`);
  }

  /** How many bids of a lot have a sheet that could be read, those opened late among them. @param {string} lot @param {Facts} facts */
  readable(lot, { lots, read, first }) {
    const late = [...this.late].filter(([, { stage, sha256 }]) => stage === first && sha256 !== null);
    const all = new Set([...read, ...late.map(([place]) => place.split("/")[0])]);
    return [...lots].filter(([bid, its]) => its === lot && all.has(bid)).length;
  }

  #undecided(place, { lots }, what) {
    const lot = lots.get(place.split("/")[0]);
    if (this.decided.has(lot)) throw new Malformed(`${what}: lot ${lot} is decided`);
  }

  #key(data, facts) {
    const found = exactly(data, "bid envelope sha256", "after-key");
    const place = placeOf(found, "after-key");
    if (!facts.unopened.has(place) && !facts.attached.has(place)) {
      throw new Malformed("after-key: its bid was not left unopened for want of trustees");
    }
    if (this.keys.has(place)) throw new Malformed("after-key: posted already");
    this.#undecided(place, facts, "after-key");
    unhex(found.sha256, 32, "after-key.sha256");
    this.keys.set(place, found.sha256);
  }

  #opened(index, data, facts) {
    const what = "after-opened";
    const found = exactly(data, "stage bid envelope by sha256 verdict evidence", what);
    const [place, by] = [placeOf(found, what), textOf(found.by, `${what}.by`)];
    const stage = integer(found.stage, `${what}.stage`, 1);
    if (facts.unopened.get(place) !== stage) {
      throw new Malformed(`${what}: not an envelope that this stage left unopened for want of trustees`);
    }
    if (this.late.has(place)) throw new Malformed(`${what}: opened already`);
    if (!WAYS.includes(by)) throw new Malformed(`${what}.by: not one of ${WAYS.join(", ")}`);
    if (by === BY_KEY && !this.keys.has(place)) throw new Malformed(`${what}: no key was posted`);
    this.#undecided(place, facts, what);
    const { sha256, verdict, evidence } = found;
    if ((sha256 === null) === (verdict === null)) throw new Malformed(`${what}: exactly one of sha256 and verdict is null`);
    if (sha256 !== null) unhex(sha256, 32, `${what}.sha256`);
    else if (!VERDICTS.includes(textOf(verdict, `${what}.verdict`))) {
      throw new Malformed(`${what}.verdict: not one of ${VERDICTS.join(", ")}`);
    }
    this.late.set(place, { index, stage, by, sha256, verdict, evidence });
  }

  #lot(data, facts) {
    const what = "after-lot";
    const found = exactly(data, "lot decision readable law article", what);
    const lot = identifier(found.lot, `${what}.lot`);
    if (!facts.opened || ![...facts.lots.values()].includes(lot)) throw new Malformed(`${what}: not a lot that was opened`);
    if (this.decided.has(lot)) throw new Malformed(`${what}: decided already`);
    if (facts.waiting.has(lot)) throw new Malformed(`${what}: a bag of lot ${lot} is not read yet`);
    const readable = this.readable(lot, facts);
    if (integer(found.readable, `${what}.readable`, 0) !== readable) {
      throw new Malformed(`${what}.readable: ${readable} sheets could be read`);
    }
    if (readable >= facts.least) throw new Malformed(`${what}: ${readable} sheets are enough`);
    if (!DECISIONS.includes(textOf(found.decision, `${what}.decision`))) {
      throw new Malformed(`${what}.decision: not one of ${DECISIONS.join(", ")}`);
    }
    textOf(found.law, `${what}.law`);
    textOf(found.article, `${what}.article`);
    this.decided.set(lot, found.decision);
  }
}
