/** When bids close and stages open, and what may move (protocol §2, §4). */

import { array, constants, exactly, integer, textOf } from "../core/canonical.js";
import { Malformed } from "../core/refused.js";
import { signObject } from "../core/signing.js";
import { checkSeatSigs } from "../sealing/panel.js";

const TAG = "bidseal/v1 schedule";
const KEYS = "v type at project panel n closes_at opens reason";
/** The two seats that sign a change of dates. */
export const SCHEDULERS = ["supervisor", "agency"];

/** @typedef {import("../sealing/panel.js").Panel} Panel */

const unsigned = (event) => Object.fromEntries(Object.entries(event).filter(([key]) => key !== "sigs"));

/**
 * Check a `schedule` event against its panel and the schedule before it. Throws `Malformed`.
 * @param {unknown} event
 * @param {Panel} panel
 * @param {Record<string, any> | null} previous
 * @param {Set<number>} begun the stages of which a share stands in the log: they no longer move
 */
export function checkSchedule(event, panel, previous, begun) {
  const parts = exactly(event, `${KEYS} sigs`, "schedule");
  checkBody(parts, panel, previous, begun);
  checkSigs(parts, panel);
  return parts;
}

/** Check a schedule that nobody has signed yet, without its `sigs`. Throws `Malformed`. */
export function checkDraft(event, panel, previous) {
  const parts = exactly(event, KEYS, "schedule");
  checkBody(parts, panel, previous, new Set());
  return parts;
}

/** Check a schedule by itself, whatever stood before it: its form, and its signatures from n = 1 on. Throws `Malformed`. */
export function checkScheduleForm(event, panel) {
  const parts = exactly(event, `${KEYS} sigs`, "schedule");
  checkHead(parts, panel, integer(parts.n, "schedule: n", 0));
  opensOf(parts.opens, panel, integer(parts.closes_at, "schedule: closes_at"));
  checkSigs(parts, panel);
  return parts;
}

/** A seat's signature over a schedule; its `sigs` do not count. @param {object} event @param {Uint8Array} signSeed */
export const signSchedule = (event, signSeed) => signObject(signSeed, TAG, unsigned(event));

const checkHead = (parts, { project, hash }, n) =>
  constants(parts, { v: 1, type: "schedule", project, panel: hash, n }, "schedule");

function checkBody(parts, panel, previous, begun) {
  checkHead(parts, panel, previous === null ? 0 : previous.n + 1);
  const at = integer(parts.at, "schedule: at");
  const closesAt = integer(parts.closes_at, "schedule: closes_at");
  if (parts.reason !== null) textOf(parts.reason, "schedule: reason");
  const opens = opensOf(parts.opens, panel, closesAt);
  if (previous === null) return;
  if (closesAt !== previous.closes_at && closesAt <= Math.max(previous.closes_at, at)) {
    throw new Malformed("schedule: closes_at moves, but not to after its old value and now");
  }
  for (const { stage, at: before } of previous.opens) {
    const moved = opens.get(stage) - before;
    if (moved < 0) throw new Malformed(`schedule: stage ${stage} would open earlier than announced`);
    if (moved && begun.has(stage)) throw new Malformed(`schedule: the opening of stage ${stage} has begun and cannot move`);
  }
}

/** Stage → instant. @returns {Map<number, number>} */
function opensOf(value, panel, closesAt) {
  const opens = new Map();
  let last = closesAt;
  const items = array(value, "schedule: opens");
  items.forEach((item, place) => {
    const what = `schedule: opens[${place}]`;
    const parts = exactly(item, "stage at", what);
    const at = integer(parts.at, `${what}: at`);
    if (at < last) throw new Malformed(`${what}: opens before ${opens.size ? "the stage before it" : "closes_at"}`);
    opens.set(integer(parts.stage, `${what}: stage`, 1), (last = at));
  });
  const stages = [...new Set(panel.envelopes.map(({ stage }) => stage))].sort((one, other) => one - other);
  if (items.length !== stages.length || [...opens.keys()].join() !== stages.join()) {
    throw new Malformed("schedule: opens does not name every stage once, ascending");
  }
  return opens;
}

function checkSigs(parts, panel) {
  if (parts.n === 0) {
    if (!Array.isArray(parts.sigs) || parts.sigs.length) throw new Malformed("schedule: the first one is not signed by seats");
    return;
  }
  const signed = checkSeatSigs(parts.sigs, panel, TAG, unsigned(parts), "schedule");
  for (const seat of panel.seats.filter(({ role }) => SCHEDULERS.includes(role))) {
    if (!signed.has(seat.i)) throw new Malformed(`schedule: not signed by the seat ${seat.role}`);
  }
}
