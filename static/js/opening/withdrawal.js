/** What a log may say of scans and videos: attached, and taken back (docs/spec/opening.md, "Records"). The rules of `papers/withdrawal.py`. */

import { hex, unhex } from "../core/bytes.js";
import { dumps, exactly } from "../core/canonical.js";
import { Malformed } from "../core/refused.js";

/** Kinds of the notes that attach, with what they say. */
const SAY = { "record-scan": "record sha256", "record-video": "camera from to" };
const CAPACITIES = ["host", "supervisor", "administrator"];

export class Extras {
  /** What was taken back, with the index of the note that says so. @type {{ index: number, of: any }[]} */
  withdrawn = [];
  /** How often each thing stands attached. @type {Map<string, number>} */
  #standing = new Map();

  /** Take the next note; notes of other kinds pass by. Throws `Malformed`. @param {number} index @param {string} kind @param {any} data */
  take(index, kind, data) {
    const attached = Object.keys(SAY).find((each) => kind === each || kind === `${each}-withdrawn`);
    if (!attached) return;
    const back = kind !== attached;
    const of = back ? this.#checked(kind, data, SAY[attached]) : data;
    const name = hex(dumps([attached, of]));
    const count = this.#standing.get(name) ?? 0;
    if (back && !count) throw new Malformed(`${kind}: nothing like it is attached, or not any more`);
    this.#standing.set(name, count + (back ? -1 : 1));
    if (back) this.withdrawn.push({ index, of });
  }

  #checked(kind, data, say) {
    const found = exactly(data, "of as why", kind);
    if (!CAPACITIES.includes(found.as)) throw new Malformed(`${kind}.as: not one of ${CAPACITIES.join(", ")}`);
    unhex(found.why, 32, `${kind}.why`);
    return exactly(found.of, say, `${kind}.of`);
  }
}
