/** Everything that a trustee checks before the key is used (protocol §2, §6.2), step by step and for people. */

import { Malformed } from "../core/refused.js";
import { checkCheckpoints, checkInTime, checkLast, checkWitnessed, dealtIn } from "../opening/batches.js";
import { checkLeaves, parsePackage, replay } from "../opening/package.js";

/**
 * `mark` is how a check ended, `code` its text in `words.js`; `detail` the technical reason, in English.
 * @typedef {{ mark: "holds" | "note" | "refused", code: string, params: Record<string, any>, detail?: string }} Finding
 * @typedef {{ record: import("../opening/record.js").LogRecord, checkpoints: import("../opening/batches.js").Checked[],
 *   words: string | null }} Read a package of which everything holds that needs neither key nor clock
 */

/** What a panel's keys are to the workers. @param {import("../sealing/panel.js").Panel} panel */
export const keysOf = ({ hash, k, seats }) => ({ hash, k, pubs: seats.map(({ pub }) => pub) });

class Findings {
  /** @type {Finding[]} */
  list = [];

  /** Try a check; whether it held. @param {string} code @param {() => unknown} act @param {(value: any) => object} [params] */
  async ask(code, act, params = () => ({})) {
    try {
      const value = await act();
      this.list.push({ mark: "holds", code, params: params(value) });
      return true;
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.list.push({ mark: "refused", code, params: params(null), detail: error.message });
      return false;
    }
  }
}

/**
 * Check what stands in a package. Each step stands on those before it, so that the first that fails is the last.
 * @param {Uint8Array} data
 * @param {import("./work.js").Team} team
 * @param {(share: number) => void} onProgress
 * @returns {Promise<{ findings: Finding[], read: Read | null }>}
 */
export async function readPackage(data, team, onProgress) {
  const found = new Findings();
  let [pack, hashes, record, dealt, checkpoints] = [null, null, null, null, null];
  const held =
    (await found.ask("form", () => (pack = parsePackage(data)), () => ({ leaves: pack?.leaves.length }))) &&
    (await found.ask("leaves", () => (hashes = checkLeaves(pack)))) &&
    (await found.ask("events", () => (record = replay(pack, hashes)))) &&
    (await found.ask("checkpoints", () => (checkpoints = checkCheckpoints(record, pack.checkpoints)))) &&
    (await found.ask(
      "dealings",
      () => team.check(keysOf(record.panel), (dealt = dealtIn(record)), onProgress),
      () => ({ count: dealt.length }),
    ));
  if (!held) return { findings: found.list, read: null };
  const words = record.close && (await team.words(record.close.head));
  return { findings: found.list, read: { record, checkpoints, words } };
}

/** The stage that is to be opened: the first that has not been. @param {import("../opening/record.js").LogRecord} record */
export const nextStage = (record) => record.stages.find((stage) => !record.opened.has(stage)) ?? record.stages.at(-1);

function refuseUnless(holds, reason) {
  if (!holds) throw new Malformed(reason);
}

/**
 * Check what stands between the key and a stage now. All of it is asked, so that everything that is wrong is told.
 * @param {Read} read
 * @param {{ stage: number, now: number, anchor: string, words: string }} given `now` in Unix seconds, by this machine's
 *   clock; `anchor` from the notice and `words` from the paper record, as they were typed
 * @returns {Promise<Finding[]>}
 */
export async function judge({ record, checkpoints, words }, { stage, now, anchor, words: typed }) {
  const found = new Findings();
  const { panel } = record;
  const notice = anchor.replace(/\s/g, "").toLowerCase();
  if (!notice) found.list.push({ mark: "note", code: "panel", params: {} });
  else await found.ask("panel", () => refuseUnless(notice === panel.hash, `${panel.hash} here, ${notice} in the notice`));
  const opens = record.opensAt(stage);
  await found.ask("clock", () => refuseUnless(now >= opens, `${now} is before ${opens}`), () => ({ opens, now }));
  const closed = await found.ask("close", () => refuseUnless(record.close, "the log is not closed"), () => ({ ...record.close }));
  await found.ask("hold", () => refuseUnless(!record.onHold, "the opening is on hold"));
  if (!closed) return found.list;
  await found.ask("last", () => checkLast(record, checkpoints));
  const paper = typed.match(/[0-9]/g)?.join("") ?? "";
  if (paper) {
    await found.ask("words", () => refuseUnless(paper === words.replaceAll(" ", ""), `${words} here, ${typed} on paper`));
  } else {
    const names = [...(checkpoints.at(-1)?.times.keys() ?? [])].join(", ");
    await found.ask("witnesses", () => checkWitnessed(record, checkpoints, stage), () => ({ names }));
    await found.ask("time", () => checkInTime(record, checkpoints), () => ({ count: record.acts.length }));
  }
  const short = record.shortLots();
  if (short.length) {
    const silent = short.filter((lot) => !record.failed.has(lot));
    await found.ask(
      "lots",
      () => refuseUnless(!silent.length, `lot ${silent[0]} has too few bids, and the log does not say that it failed`),
      () => ({ lots: short.join(", ") }),
    );
  }
  if (stage !== record.stages[0]) {
    await found.ask("turn", () => record.checkTurn(stage, "shares"), () => ({ sealed: record.staysSealed(stage).size }));
  }
  const count = new Set([true, false].flatMap((isPublic) => record.toBeShared(stage, isPublic)).map(([{ uid }]) => uid)).size;
  await found.ask("bids", () => refuseUnless(count > 0, "no bid is to be opened"), () => ({ count }));
  return found.list;
}
