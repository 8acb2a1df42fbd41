/** Calling those who were drawn: whose turn it is, and which answers may stand in the log (protocol §7.7). */

import { Malformed } from "../core/refused.js";

/** Answers after which the place is open again; each needs a reason and a call record. */
const GONE = new Set(["decline", "no-answer", "absent", "recused"]);
/** What may still befall somebody who accepted: tenderers become known only at sign-in. */
const AFTER_ACCEPTING = new Set(["decline", "absent", "recused"]);

/** One stratum's: picks first, then backups. */
class Line {
  /** By h, in the order of first answers. @type {Map<string, string>} */
  answers = new Map();
  called = 0;

  /** @param {{ pick: string[], backup: string[] }} result */
  constructor({ pick, backup }) {
    this.picks = pick;
    this.backups = backup;
  }

  /** How many more have declined than backups serve. */
  get open() {
    const gone = this.picks.filter((h) => GONE.has(this.answers.get(h))).length;
    return gone - this.#backupsServing.length;
  }

  /** All drawn who have not declined: picks, called or not yet, and backups who serve. */
  get standing() {
    return [...this.picks.filter((h) => !GONE.has(this.answers.get(h))), ...this.#backupsServing];
  }

  get #backupsServing() {
    return this.backups.filter((h) => this.answers.get(h) === "accept");
  }
}

/** The calls of one draw, in the order of its log. */
export class CallOut {
  #cap;
  /** @type {Map<string, string | null>} */
  #unit = new Map();
  /** @type {Map<string, Line>} */
  #lines;

  /**
   * @param {Record<string, any>} spec
   * @param {{ id: string, pick: string[], backup: string[] }[]} results
   */
  constructor(spec, results) {
    this.#cap = spec.max_per_unit;
    const drawn = new Set(results.flatMap(({ pick, backup }) => [...pick, ...backup]));
    for (const { leaves } of spec.strata) {
      for (const { h, unit } of leaves) if (drawn.has(h)) this.#unit.set(h, unit);
    }
    this.#lines = new Map(results.map((result) => [result.id, new Line(result)]));
  }

  /** Everybody who was called, skipped ones left out. @returns {Set<string>} */
  get called() {
    const answers = [...this.#lines.values()].flatMap((line) => [...line.answers]);
    return new Set(answers.filter(([, answer]) => answer !== "skip").map(([h]) => h));
  }

  /** Whether somebody is to be called now. */
  get outstanding() {
    return [...this.#lines.values()].some((line) => this.#turn(line) !== null);
  }

  /** Those of a stratum who accepted and still stand. @param {string} stratum */
  serving(stratum) {
    return [...this.#lines.get(stratum).answers].filter(([, answer]) => answer === "accept").map(([h]) => h);
  }

  /** Take one answer; `Malformed` says which rule it breaks. @param {Record<string, any>} call a `draw-call` of the right shape */
  take({ stratum, h, answer, reason, record }) {
    const line = this.#lines.get(stratum);
    if (!line) throw new Malformed(`no stratum ${stratum} was drawn`);
    const gone = GONE.has(answer);
    if ((reason !== null) !== gone || (record !== null) !== gone) {
      throw new Malformed("reason and record stand with a decline, no-answer, absence or recusal, and only there");
    }
    if (line.answers.get(h) === "accept" && AFTER_ACCEPTING.has(answer)) {
      line.answers.set(h, answer);
      return;
    }
    const turn = this.#turn(line);
    if (turn?.h !== h) throw new Malformed("it is not this one's turn");
    if (turn.skip !== (answer === "skip")) {
      throw new Malformed("a reserve who is drawn elsewhere or over the cap is skipped, and nobody else");
    }
    line.answers.set(h, answer);
    line.called += 1;
  }

  /** Whose turn it is, and whether that one is to be passed over. @param {Line} line @returns {{ h: string, skip: boolean } | null} */
  #turn(line) {
    const { called, picks, backups } = line;
    if (called < picks.length) return { h: picks[called], skip: false };
    const h = backups[called - picks.length];
    return line.open <= 0 || h === undefined ? null : { h, skip: this.#passedOver(h) };
  }

  #passedOver(h) {
    const standing = [...this.#lines.values()].flatMap((line) => line.standing);
    if (standing.includes(h)) return true;
    const unit = this.#unit.get(h);
    return unit !== null && standing.filter((other) => this.#unit.get(other) === unit).length >= this.#cap;
  }
}
