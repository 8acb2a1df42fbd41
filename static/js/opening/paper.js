/** Bids on paper and openings held without the server: what a log may say of them by itself (protocol §4, "Paper"). */

import { hex, lp, sha, unhex } from "../core/bytes.js";
import { dumps, exactly, integer, textOf } from "../core/canonical.js";
import { Malformed } from "../core/refused.js";

/** Kind of the note that a tender takes bids on paper. */
export const ALLOWED = "paper-allowed";
/** Why a bag stays shut whose tenderer has a sealed bid in the same lot. */
export const DOUBLE = "double";
/** Kind of the note that a stage was opened on a laptop in the hall. */
export const OFFLINE = "offline-opening";
/** How far the laptop's clock may stand before the server's, in seconds. */
const SKEW = 60;
const LONGEST_NAME = 40;

/** The commitment of a `paper` to its tenderer. @param {Uint8Array} salt @param {{ name: string, uscc: string }} tenderer */
export const holderHash = (salt, { name, uscc }) => hex(sha(lp("bidlog/v1 holder", salt, dumps({ name, uscc }))));

/**
 * A `paper-sheet` by itself; `fields` is null where `void` says why there are none. Else `Malformed`.
 * @param {any} event @param {{ project: string, lot: string, envelope: string, holder: string }} bag
 */
export function readPaperSheet({ bag: bid, tenderer, salt, fields, void: reason }, { project, lot, envelope, holder }) {
  if (holderHash(unhex(salt, 32, "paper-sheet.salt"), tenderer) !== holder) {
    throw new Malformed("paper-sheet: its tenderer is not the bag's");
  }
  if ((fields === null) === (reason === null)) throw new Malformed("paper-sheet: exactly one of fields and void is null");
  const sheet = { v: 1, project, lot, bid, envelope, tenderer, fields };
  return { tenderer, fields, void: reason, sha256: fields === null ? null : hex(sha(dumps(sheet))) };
}

/** What the note of an opening without the server says; else `Malformed`. @param {any} data */
export function readOffline(data) {
  const parts = exactly(data, "stage began_at ended_at host supervisor result", OFFLINE);
  const began = integer(parts.began_at, "began_at");
  const ended = integer(parts.ended_at, "ended_at");
  if (ended < began) throw new Malformed(`${OFFLINE}: it ended before it began`);
  unhex(parts.result, 32, `${OFFLINE}: result`);
  const [host, supervisor] = [nameOf(parts.host, "host"), nameOf(parts.supervisor, "supervisor")];
  return { stage: integer(parts.stage, `${OFFLINE}: stage`, 1), began, ended, host, supervisor };
}

/** Held at or after the stage's instant, and over when it is logged `at`; else `Malformed`. */
export function checkOfflineTimes({ began, ended }, opensAt, at) {
  if (began < opensAt) throw new Malformed(`${OFFLINE}: began at ${began}, the stage opens at ${opensAt}`);
  if (ended > at + SKEW) throw new Malformed(`${OFFLINE}: ended at ${ended}, it is ${at} now`);
}

function nameOf(value, what) {
  const name = textOf(value, what);
  const long = [...name].length;
  if (name !== name.trim().split(/\s+/u).join(" ") || !long || long > LONGEST_NAME) {
    throw new Malformed(`${what}: not a name of 1 to ${LONGEST_NAME} signs`);
  }
  return name;
}
