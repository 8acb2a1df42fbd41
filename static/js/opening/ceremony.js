/** What a log may say of a sitting, note by note: docs/spec/opening.md, "The sitting". The rules of `ceremony.py`. */

import { unhex } from "../core/bytes.js";
import { array, exactly, integer, isObject, textOf } from "../core/canonical.js";
import { Malformed } from "../core/refused.js";

/** Notes of these kinds are the sitting's; every other note passes by. */
const PREFIX = "hall-";
/** Before the kind of a note in the sitting of a later opening, whose data say besides which `stage` it is of. */
const LATER = "stage-";
const WAYS = ["remote", "room"];
const ANSWERS = ["agrees", "objects"];
const CAPACITIES = ["host", "supervisor", "administrator", "tenderer"];

/**
 * What the rest of the log says when a note comes: Unix seconds, uids in order of receipt. `toBeOpened` are those whom
 * the list names: at a later opening those of the one before.
 * @typedef {{ at: number, closed: boolean, opensAt: number, onHold: boolean, toBeOpened: string[], rows: string[],
 *   opened: boolean }} Facts
 */

const uidOf = (value, what) => {
  unhex(value, 16, `${what}.bid`);
  return value;
};
const digestOf = (value, what) => {
  unhex(value, 32, what);
  return value;
};

function among(values, value, what) {
  if (!values.includes(textOf(value, what))) throw new Malformed(`${what}: not one of ${values.join(", ")}`);
  return value;
}

function bidsOf(value, what) {
  const found = array(value, `${what}.bids`).map((item) => uidOf(item, what));
  if (new Set(found).size !== found.length) throw new Malformed(`${what}.bids: one stands twice`);
  return found;
}

function nothing(data, what) {
  if (!isObject(data) || Object.keys(data).length) throw new Malformed(`${what}: not an empty object`);
}

function listed(item) {
  const { bid, present } = exactly(item, "bid present", "hall-list.bids");
  return [uidOf(bid, "hall-list"), present === null ? null : among(WAYS, present, "hall-list.way")];
}

/** Whether a note is one of a sitting's. @param {string} kind */
export const isOfASitting = (kind) => (kind.startsWith(LATER) ? kind.slice(LATER.length) : kind).startsWith(PREFIX);

/**
 * The stage whose sitting a note is of, and what it says there; else `Malformed`.
 * @param {string} kind @param {any} data @param {number[]} stages
 */
export function readBack(kind, data, stages) {
  if (!kind.startsWith(LATER)) return { stage: stages[0], kind, data };
  const { stage, ...said } = data;
  if (!stages.slice(1).includes(stage)) throw new Malformed(`${kind}: no later stage ${stage}`);
  return { stage, kind: kind.slice(LATER.length), data: said };
}

/** Where a sitting stands by its log. */
export class Sitting {
  listed = false;
  /** Bid → way. @type {Map<string, string>} */
  present = new Map();
  read = 0;
  /** Bid → answer. @type {Map<string, string>} */
  lines = new Map();
  linesClosed = false;
  /** Digest of every objection that was raised in the sitting → of its answer. @type {Map<string, string | null>} */
  objections = new Map();
  /** @type {string | null} */
  record = null;
  /** Capacities. @type {string[]} */
  signed = [];
  #signedBids = new Set();
  ended = false;
  #takers = {
    "hall-list": this.#list,
    "hall-sign-in": this.#signIn,
    "hall-read": this.#readOut,
    "hall-line": this.#line,
    "hall-lines-closed": this.#closeLines,
    "hall-answer": this.#answer,
    "hall-record": this.#close,
    "hall-signature": this.#sign,
    "hall-end": this.#end,
  };

  /** How many objections have no answer. */
  get unanswered() {
    return [...this.objections.values()].filter((answer) => answer === null).length;
  }

  /** An `objection` of the log: the sitting's while it lasts and its record is not closed. @param {string} digest */
  object(digest) {
    if (this.listed && this.record === null && !this.objections.has(digest)) this.objections.set(digest, null);
  }

  /** Check the next note and take it; else `Malformed`. @param {string} kind @param {any} data @param {Facts} facts */
  take(kind, data, facts) {
    if (!Object.hasOwn(this.#takers, kind)) throw new Malformed(`${kind}: not known`);
    if (facts.onHold) throw new Malformed(`${kind}: the opening is on hold`);
    if (this.ended) throw new Malformed(`${kind}: the sitting has ended`);
    if (kind !== "hall-list" && !this.listed) throw new Malformed(`${kind}: before the list of tenderers`);
    if (this.record !== null && kind !== "hall-signature" && kind !== "hall-end") {
      throw new Malformed(`${kind}: the record is closed`);
    }
    this.#takers[kind].call(this, data, facts);
  }

  #list(data, { closed, at, opensAt, toBeOpened }) {
    if (this.listed) throw new Malformed("hall-list: published already");
    if (!closed || at < opensAt) throw new Malformed(`hall-list: the opening is at ${opensAt}, after the close`);
    const bids = array(exactly(data, "bids", "hall-list").bids, "hall-list.bids").map(listed);
    if (!bids.length || bids.map(([bid]) => bid).join() !== toBeOpened.join()) {
      throw new Malformed("hall-list: not exactly the bids to be opened, in order of receipt");
    }
    for (const [bid, way] of bids) if (way !== null) this.present.set(bid, way);
    this.listed = true;
  }

  #signIn(data, { toBeOpened }) {
    const found = exactly(data, "bids way", "hall-sign-in");
    const [way, bids] = [among(WAYS, found.way, "hall-sign-in.way"), bidsOf(found.bids, "hall-sign-in")];
    if (!bids.length || bids.some((bid) => !toBeOpened.includes(bid))) throw new Malformed("hall-sign-in: not bids to be opened");
    if (bids.some((bid) => this.present.has(bid))) throw new Malformed("hall-sign-in: present already");
    for (const bid of bids) this.present.set(bid, way);
  }

  #readOut(data, { opened, rows }) {
    const place = integer(exactly(data, "place", "hall-read").place, "hall-read.place", 1);
    if (!opened) throw new Malformed("hall-read: before the sheets are open");
    if (place !== this.read + 1 || place > rows.length) throw new Malformed(`hall-read: ${place} does not follow ${this.read}`);
    this.read = place;
  }

  #line(data, { rows }) {
    const found = exactly(data, "bid answer", "hall-line");
    const [bid, answer] = [uidOf(found.bid, "hall-line"), among(ANSWERS, found.answer, "hall-line.answer")];
    if (this.linesClosed) throw new Malformed("hall-line: confirmations are closed");
    if (!rows.slice(0, this.read).includes(bid)) throw new Malformed("hall-line: not read out yet");
    if (!this.present.has(bid)) throw new Malformed("hall-line: its tenderer is not present");
    if (this.lines.has(bid)) throw new Malformed("hall-line: answered already");
    this.lines.set(bid, answer);
  }

  #closeLines(data, { opened, rows }) {
    nothing(data, "hall-lines-closed");
    if (!opened || this.read < rows.length) throw new Malformed("hall-lines-closed: not everything has been read out");
    if (this.linesClosed) throw new Malformed("hall-lines-closed: closed already");
    this.linesClosed = true;
  }

  #answer(data) {
    const found = exactly(data, "objection sha256", "hall-answer");
    const objection = digestOf(found.objection, "hall-answer.objection");
    if (!this.objections.has(objection)) throw new Malformed("hall-answer: no such objection was raised in the sitting");
    if (this.objections.get(objection) !== null) throw new Malformed("hall-answer: answered already");
    this.objections.set(objection, digestOf(found.sha256, "hall-answer.sha256"));
  }

  #close(data) {
    const digest = digestOf(exactly(data, "sha256", "hall-record").sha256, "hall-record.sha256");
    if (!this.linesClosed) throw new Malformed("hall-record: confirmations are not closed");
    if (this.unanswered) throw new Malformed(`hall-record: ${this.unanswered} objections are not answered`);
    this.record = digest;
  }

  #sign(data) {
    const found = exactly(data, "record as bids", "hall-signature");
    const [capacity, bids] = [textOf(found.as, "hall-signature.as"), bidsOf(found.bids, "hall-signature")];
    if (this.record === null || found.record !== this.record) throw new Malformed("hall-signature: of another record");
    if (!CAPACITIES.includes(capacity) || (capacity === "tenderer") !== bids.length > 0) {
      throw new Malformed("hall-signature: a tenderer signs for bids, everybody else for none");
    }
    if (bids.some((bid) => !this.present.has(bid))) throw new Malformed("hall-signature: not present");
    if (bids.some((bid) => this.#signedBids.has(bid))) throw new Malformed("hall-signature: signed already");
    this.signed.push(capacity);
    for (const bid of bids) this.#signedBids.add(bid);
  }

  #end(data) {
    nothing(data, "hall-end");
    for (const capacity of ["host", "supervisor"]) {
      if (!this.signed.includes(capacity)) throw new Malformed(`hall-end: no ${capacity} has signed the record`);
    }
    this.ended = true;
  }
}
