/** Receipts: C2SP tlog-proof@v1 texts that carry their salt and event along (protocol §4). */

import { b64, hex, sha, text as decoded, unb64, unhex } from "../core/bytes.js";
import { dumps, exactly, integer, isObject, loads, textOf } from "../core/canonical.js";
import { Malformed } from "../core/refused.js";
import { leafHash, verifyInclusion } from "./merkle.js";
import { readCheckpoint, satisfied } from "./trust.js";

const MAGIC = "c2sp.org/tlog-proof@v1";
const MAX_PATH = 63;
/** Where an event names its panel, if it does. */
const PLACES = ["manifest", "withdrawal", "order", "deal"];

/** The salted commitment to an event, in hex. @param {Uint8Array} salt @param {object} event */
export const commit = (salt, event) => hex(sha("bidlog/v1 commit", salt, dumps(event)));

/** The 78 bytes of a leaf. @param {string} commitment */
export const entry = (commitment) => `{"c":"${commitment}","v":1}`;

/** Take a proof file apart; throws `Malformed`. @param {string} text */
export function parseProof(text) {
  const gap = text.indexOf("\n\n");
  const lines = text.slice(0, Math.max(gap, 0)).split("\n");
  if (gap < 0 || lines.shift() !== MAGIC) throw new Malformed(`proof: the first line is not ${MAGIC}`);
  const extra = lines[0]?.startsWith("extra ") ? unb64(lines.shift().slice("extra ".length), "proof extra") : null;
  const index = /^index (0|[1-9][0-9]{0,15})$/.exec(lines.shift() ?? "");
  if (index === null) throw new Malformed("proof: no index line");
  const path = lines.map((line) => unb64(line, "proof path"));
  if (path.length > MAX_PATH || path.some((part) => part.length !== 32)) {
    throw new Malformed("proof: the path is too long, or not of 32-byte hashes");
  }
  return { index: integer(Number(index[1]), "proof index"), path, note: text.slice(gap + 2), extra };
}

/** Salt and event of a receipt's `extra`; throws `Malformed`. By itself it proves nothing. @param {Uint8Array | null} extra */
export function readExtra(extra) {
  if (extra === null) throw new Malformed("receipt: it carries no event");
  const { salt, event } = exactly(loads(decoded(extra, "receipt extra")), "salt event", "receipt extra");
  if (!isObject(event)) throw new Malformed("event: not an object");
  integer(event.v, "event.v", 1, 1);
  textOf(event.type, "event.type");
  if (b64(dumps({ salt, event })) !== b64(extra)) throw new Malformed("receipt extra: not canonical JSON");
  return { salt: unhex(salt, 32, "receipt salt"), event };
}

/** The panel hash (hex) that an event names, or `null`. @param {Record<string, any>} event */
export function namedPanel(event) {
  for (const place of PLACES) if (isObject(event[place])) return event[place].panel ?? null;
  return typeof event.panel === "string" ? event.panel : null;
}

/**
 * Check a receipt by the keys of a panel's policy alone. Throws `Malformed`, `BadSignature` among it.
 *
 * The leaf is made anew from salt and event; its path must lead to the root that the log signed; the event must name
 * this panel.
 * @param {string} text of the `.tlog-proof` file
 * @param {{ panel: import("../sealing/panel.js").Panel }} trusted
 * @returns `witnessed`: whether a quorum of witnesses cosigned; `times`: when each did (Unix seconds)
 */
export function verifyReceipt(text, { panel }) {
  const proof = parseProof(text);
  const { salt, event } = readExtra(proof.extra);
  const named = namedPanel(event);
  if (named !== null && named !== panel.hash) throw new Malformed(`receipt: it names the panel ${named}`);
  const { head, times } = readCheckpoint(panel.policy, proof.note);
  const line = entry(commit(salt, event));
  if (!verifyInclusion(leafHash(line), proof.index, head.size, proof.path, head.root)) {
    throw new Malformed("receipt: the path does not lead from the event to the signed root");
  }
  return { index: proof.index, event, entry: line, head, times, witnessed: satisfied(panel.policy, times.keys()) };
}
