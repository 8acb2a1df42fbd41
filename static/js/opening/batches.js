/** What a trustee checks before the key is used, and the batches that it then makes (protocol §2, §6.2). */

import { b64, lp, same, unhex } from "../core/bytes.js";
import { Malformed } from "../core/refused.js";
import { signObject } from "../core/signing.js";
import { scrypt } from "@noble/hashes/scrypt.js";
import { checkDealing, makeShare, tabledKeys } from "../sealing/dealing.js";
import { envelopeCtx } from "../sealing/panel.js";
import { parseNote } from "../verifying/note.js";
import { readCheckpoint, satisfied } from "../verifying/trust.js";

export const TAG = "bidseal/v1 shares";
/** How long after the close a cosignature still shows that a leaf was there in time (protocol §4), in seconds. */
const GRACE = 60;
/** How far before the close a witness's clock may stand when it cosigns the close, in seconds. */
const SKEW = 5;

/**
 * @typedef {import("./record.js").LogRecord} LogRecord
 * @typedef {ReturnType<typeof readCheckpoint>} Checked
 * @typedef {{ uid: string, envelope: string, dealing: any, leaf: number }} Dealt one envelope's dealing
 * @typedef {{ hash: string, k: number, pubs: Uint8Array[] }} Keys of a panel
 */

/** A signed checkpoint whose root is not that of these leaves: the log was forked, or leaves were changed. */
export class OtherHistory extends Malformed {}
/** A checkpoint with a line by a key that the panel's policy does not name. */
export class Stranger extends Malformed {}
/** A witness cosigned the close before the deadline: it was prepared beforehand. */
export class Early extends Malformed {}

/** Whether a quorum has cosigned a checkpoint, counting the instants that count. @param {import("../verifying/trust.js").Policy} policy @param {Checked} checked */
export const quorum = (policy, { times }, counts = () => true) =>
  satisfied(policy, [...times].filter(([, at]) => at.some(counts)).map(([name]) => name));

/**
 * Every checkpoint of a package, checked by the panel's policy against the leaves: sizes ascend, roots are those of the
 * leaves, every line is by the log or a witness of the policy, and holds. Throws `Malformed`, `BadSignature` among it.
 * @param {LogRecord} record
 * @param {string[]} notes
 * @returns {Checked[]}
 */
export function checkCheckpoints(record, notes) {
  const { policy } = record.panel;
  const known = new Set([policy.log, ...policy.witnesses.values()].map(({ name, id }) => `${name} ${id}`));
  let last = -1;
  return notes.map((note, place) => {
    const what = `checkpoint ${place}`;
    const checked = readCheckpoint(policy, note);
    const { size, root } = checked.head;
    if (size <= last) throw new Malformed(`${what}: sizes do not ascend`);
    if (size > record.size) throw new Malformed(`${what}: speaks of ${size} leaves, there are ${record.size}`);
    if (!same(root, record.tree.root(size))) {
      throw new OtherHistory(`${what}: its root is not that of the first ${size} leaves`);
    }
    const stranger = parseNote(note).lines.find(({ name, id }) => !known.has(`${name} ${id}`));
    if (stranger) throw new Stranger(`${what}: signed by ${stranger.name}, whom the panel's policy does not name`);
    last = size;
    return checked;
  });
}

/** Check that the last checkpoint covers every leaf. Throws `Malformed`. @param {LogRecord} record @param {Checked[]} checkpoints */
export function checkLast(record, checkpoints) {
  if (checkpoints.at(-1)?.head.size !== record.size) throw new Malformed("the last checkpoint does not cover every leaf");
}

/**
 * Check that a checkpoint ends exactly with the close and has a quorum (protocol §4). Throws `Malformed`; `Early` if a
 * witness cosigned it, or a larger one, before the deadline.
 * @param {LogRecord} record
 * @param {Checked[]} checkpoints
 */
export function checkClose({ panel: { policy }, close: { head, closesAt } }, checkpoints) {
  const later = checkpoints.filter(({ head: { size } }) => size >= head.size);
  for (const { head: { size }, times } of later) {
    for (const [name, at] of times) {
      if (at.some((each) => each < closesAt - SKEW)) throw new Early(`${name} cosigned size ${size} before the deadline`);
    }
  }
  if (!later.some((each) => each.head.size === head.size && quorum(policy, each))) {
    throw new Malformed("no checkpoint ends with the close and has a quorum of cosignatures");
  }
}

/**
 * Check that a quorum cosigned the close, not beforehand, and the last checkpoint at or after a stage's instant; so an
 * extension cannot be withheld. Throws `Malformed`.
 * @param {LogRecord} record
 * @param {Checked[]} checkpoints
 * @param {number} stage
 */
export function checkWitnessed(record, checkpoints, stage) {
  checkClose(record, checkpoints);
  const opensAt = record.opensAt(stage);
  if (!quorum(record.panel.policy, checkpoints.at(-1), (at) => at >= opensAt)) {
    throw new Malformed("the last checkpoint was not cosigned by a quorum at or after the instant of opening");
  }
}

/** The bids, withdrawals and overrides of which no checkpoint shows that they were there in time (protocol §4). @param {LogRecord} record @param {Checked[]} checkpoints */
export function lateActs({ panel: { policy }, close: { head, closesAt }, acts }, checkpoints) {
  const sizes = checkpoints
    .filter((each) => each.head.size <= head.size && quorum(policy, each, (at) => at <= closesAt + GRACE))
    .map((each) => each.head.size);
  const reach = Math.max(0, ...sizes);
  return acts.filter(({ index }) => index >= reach);
}

/** Check that every bid, withdrawal and override was witnessed in time. Throws `Malformed`. @param {LogRecord} record @param {Checked[]} checkpoints */
export function checkInTime(record, checkpoints) {
  const [late] = lateActs(record, checkpoints);
  if (late !== undefined) throw new Malformed(`leaf ${late.index}: no checkpoint shows that it was there in time`);
}

/** A root as six groups of four digits (protocol §4). Slow on purpose: a tenth of a second. @param {import("../verifying/note.js").Head} head */
export function sixWords({ origin, size, root }) {
  const raw = scrypt(root, lp("bidlog/v1 words", origin, String(size)), { N: 2 ** 15, r: 8, p: 1, dkLen: 32 });
  const number = raw.reduce((total, byte) => total * 256n + BigInt(byte), 0n);
  return (number % 10n ** 24n).toString().padStart(24, "0").match(/.{4}/g).join(" ");
}

/** Every dealing of the log: also of bids that are not opened, as the order of events cannot be believed without. @param {LogRecord} record @returns {Dealt[]} */
export const dealtIn = ({ bids }) =>
  [...bids.values()].flatMap(({ uid, index, manifest }) =>
    manifest.envelopes.map(({ id, dealing }) => ({ uid, envelope: id, dealing, leaf: index })),
  );

/** The tables of panels' keys, by the panels' hashes; each worker has its own. */
const tables = new Map();

/** Check dealings under their own contexts; `Malformed` names the leaf. @param {Keys} keys @param {Dealt[]} dealt */
export function checkDealt({ hash, k, pubs }, dealt) {
  if (!tables.has(hash)) tables.set(hash, tabledKeys(k, pubs));
  for (const { uid, envelope, dealing, leaf } of dealt) {
    try {
      checkDealing(envelopeCtx(hash, uid, envelope), k, pubs, dealing, tables.get(hash));
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      throw new Malformed(`leaf ${leaf}: envelope ${envelope}: ${error.message}`);
    }
  }
}

/**
 * A seat's shares. Every dealing is checked again under its own context right before the key touches it: that is what
 * stops a share copied from another tender from being opened here (protocol §3). Throws `Malformed`.
 * @param {Keys} keys
 * @param {number} i the seat
 * @param {import("../sealing/dealing.js").Trustee} trustee
 * @param {Dealt[]} dealt
 * @param {import("../core/entropy.js").Entropy} entropy
 */
export function sharesOf(keys, i, trustee, dealt, entropy) {
  checkDealt(keys, dealt);
  return dealt.map(({ uid, envelope, dealing }) => {
    const e = unhex(dealing.E[i - 1], 32, "E");
    return { bid: uid, envelope, ...makeShare(envelopeCtx(keys.hash, uid, envelope), i, trustee, e, entropy) };
  });
}

/** What a batch of this stage and kind must hold a share for, in order. @param {LogRecord} record @param {number} stage @param {boolean} isPublic @returns {Dealt[]} */
export const wantedOf = (record, stage, isPublic) =>
  record.toBeShared(stage, isPublic).map(([{ uid, index, manifest }, envelope]) => {
    const { dealing } = manifest.envelopes.find(({ id }) => id === envelope);
    return { uid, envelope, dealing, leaf: index };
  });

/** A batch beside its signature, `{batch, sig}`, of shares that `sharesOf` made. */
export function signBatch(record, { i, signSeed, stage, isPublic, shares }) {
  const { origin, size, root } = record.close.head;
  const batch = {
    v: 1,
    type: "shares",
    panel: record.panel.hash,
    checkpoint: `${origin}\n${size}\n${b64(root)}\n`,
    i,
    stage,
    public: isPublic,
    shares,
  };
  return { batch, sig: signObject(signSeed, TAG, batch) };
}
