/** What a log may say between two stages: which bids stay sealed at the later one (docs/spec/opening.md, "Two envelopes"). */

import { hex, unhex } from "../core/bytes.js";
import { array, exactly, integer, textOf } from "../core/canonical.js";
import { Malformed } from "../core/refused.js";

/** Kind of the note that says it. */
export const REVIEW = "stage-review";

/**
 * The stage that a review is about, and who stays sealed at it: reasons by bid. Throws `Malformed`.
 * @param {unknown} data
 * @param {{ stages: number[], opened: Map<number, unknown>, begun: Set<number>, standing: (stage: number) => { uid: string }[] }} log
 *   `stages` are the panel's, ascending; of those that have `begun` a share is logged
 * @returns {{ stage: number, sealed: Map<string, string> }}
 */
export function checkReview(data, { stages, opened, begun, standing }) {
  const parts = exactly(data, "stage sealed", REVIEW);
  const stage = integer(parts.stage, `${REVIEW}.stage`, 1);
  const before = stages[stages.indexOf(stage) - 1];
  if (before === undefined) throw new Malformed(`${REVIEW}: the panel has no later stage ${stage}`);
  if (!opened.has(before)) throw new Malformed(`${REVIEW}: stage ${before} is not open yet`);
  if (begun.has(stage)) throw new Malformed(`${REVIEW}: the opening of stage ${stage} has begun`);
  const listed = array(parts.sealed, `${REVIEW}.sealed`).map((item, place) => listedBid(item, `${REVIEW}.sealed[${place}]`));
  const sealed = new Map(listed);
  const inOrder = standing(before).filter(({ uid }) => sealed.has(uid)).map(({ uid }) => uid);
  if (listed.map(([bid]) => bid).join() !== inOrder.join()) {
    throw new Malformed(`${REVIEW}: not bids of the stage before, each once, in order of receipt`);
  }
  return { stage, sealed };
}

/** @returns {[string, string]} */
function listedBid(item, what) {
  const { bid, reason } = exactly(item, "bid reason", what);
  return [hex(unhex(bid, 16, `${what}.bid`)), textOf(reason, `${what}.reason`)];
}
