/** Signed notes (C2SP signed-note), checkpoints (tlog-checkpoint), cosignatures v1 (tlog-cosignature). */

import { concat, hex, sha, unb64, utf8 } from "../core/bytes.js";
import { BadSignature, Malformed } from "../core/refused.js";
import { isAcceptableKey, verifyBytes } from "../core/signing.js";

/** A log's own signature. */
export const LOG = 0x01;
/** A witness's, with the time inside it. */
export const COSIGNATURE = 0x04;

const MAX_NOTE = 64 * 1024;
const DASH = "\u2014 ";
const STAMP = 8;

/**
 * A name and a public key for one kind of signature; `id` is what names it in a signature line.
 * @typedef {{ name: string, algorithm: number, key: Uint8Array, id: string }} VerifierKey
 * @typedef {{ origin: string, size: number, root: Uint8Array }} Head
 */

const idOf = (name, algorithm, key) => hex(sha(name, "\n", Uint8Array.of(algorithm), key).subarray(0, 4));

/** A name that a key may have; else `Malformed`. @param {string} value */
export function keyName(value) {
  if (!value || /[\s+\0-\x20\x85\x1c-\x1f]/u.test(value)) {
    throw new Malformed("key name: empty, or with a space or a plus in it");
  }
  return value;
}

/** `NAME+HASH+BASE64` as a key; `Malformed` also for keys of small order. @param {string} text @returns {VerifierKey} */
export function parseVkey(text) {
  const found = /^([^+]*)\+([0-9a-f]{8})\+(.*)$/su.exec(text);
  if (found === null) throw new Malformed("verifier key: not NAME+HASH+KEY");
  const raw = unb64(found[3], "verifier key");
  const [algorithm, key] = [raw[0], raw.subarray(1)];
  if (raw.length !== 33 || ![LOG, COSIGNATURE].includes(algorithm) || !isAcceptableKey(key)) {
    throw new Malformed("verifier key: not an Ed25519 key of type 0x01 or 0x04");
  }
  const name = keyName(found[1]);
  if (idOf(name, algorithm, key) !== found[2]) throw new Malformed("verifier key: its hash is of another key or name");
  return { name, algorithm, key, id: found[2] };
}

/** The text of a checkpoint; extension lines are refused. @param {string} text @returns {Head} */
export function parseHead(text) {
  const lines = text.split("\n");
  if (lines.length !== 4 || lines[3] !== "") throw new Malformed("checkpoint: not exactly three lines");
  const size = Number(lines[1]);
  if (!/^(0|[1-9][0-9]{0,15})$/.test(lines[1]) || !Number.isSafeInteger(size)) {
    throw new Malformed("checkpoint: the size is not a decimal number");
  }
  const root = unb64(lines[2], "checkpoint root");
  if (root.length !== 32) throw new Malformed("checkpoint: the root has not 32 bytes");
  return { origin: keyName(lines[0]), size, root };
}

/** A note as its text (with the last newline) and its signature lines, unchecked. @param {string} note */
export function parseNote(note) {
  if (note.length > MAX_NOTE) throw new Malformed("note: too long");
  if (/[\0-\x09\x0b-\x1f]/.test(note)) throw new Malformed("note: a control sign");
  const gap = note.lastIndexOf("\n\n");
  if (gap < 1 || !note.endsWith("\n")) throw new Malformed("note: no text, or no signature lines after a blank line");
  return { text: note.slice(0, gap + 1), lines: note.slice(gap + 2, -1).split("\n").map(signatureLine) };
}

function signatureLine(line) {
  const parts = line.slice(DASH.length).split(" ");
  if (!line.startsWith(DASH) || parts.length !== 2) {
    throw new Malformed("signature line: not a dash, a name and a signature");
  }
  const raw = unb64(parts[1], "signature line");
  if (raw.length < 5) throw new Malformed("signature line: too short");
  return { name: keyName(parts[0]), id: hex(raw.subarray(0, 4)), body: raw.subarray(4) };
}

/**
 * Check a note. Unknown keys are passed over; `Malformed` for the form, `BadSignature` when a known key's signature
 * fails or none is there.
 * @param {string} note
 * @param {VerifierKey[]} keys
 * @returns {{ text: string, signers: Map<VerifierKey, number[]> }} who signed, and for cosignatures when (Unix seconds)
 */
export function openNote(note, keys) {
  const { text, lines } = parseNote(note);
  const signers = new Map();
  for (const line of lines) {
    const key = keys.find((each) => each.name === line.name && each.id === line.id);
    if (key) signers.set(key, [...(signers.get(key) ?? []), ...checkSignature(text, key, line.body)]);
  }
  if (!signers.size) throw new BadSignature("note: no signature by a known key");
  return { text, signers };
}

function checkSignature(text, key, body) {
  if (key.algorithm === LOG) {
    if (!verifyBytes(key.key, utf8(text), body)) {
      throw new BadSignature(`note: the signature of ${key.name} does not hold`);
    }
    return [];
  }
  if (body.length !== STAMP + 64) throw new BadSignature(`note: the cosignature of ${key.name} has the wrong length`);
  const at = Number(new DataView(body.buffer, body.byteOffset).getBigUint64(0));
  const message = concat(utf8(`cosignature/v1\ntime ${at}\n`), utf8(text));
  if (!Number.isSafeInteger(at) || !verifyBytes(key.key, message, body.subarray(STAMP))) {
    throw new BadSignature(`note: the cosignature of ${key.name} does not hold`);
  }
  return [at];
}
