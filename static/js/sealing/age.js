/**
 * The age v1 file format (C2SP age.md) for one X25519 recipient or a passphrase, on the primitives of noble; and for
 * stanzas that others make.
 *
 * Written here so that records can be sealed on workers and a vector's randomness be given (docs/adr/0017). Files are
 * ordinary age files: `age -d` opens them.
 */

import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { x25519 } from "@noble/curves/ed25519.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { scrypt } from "@noble/hashes/scrypt.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { base64nopad } from "@scure/base";
import { concat, same, utf8 } from "../core/bytes.js";
import { Malformed } from "../core/refused.js";
import { identityBytes, recipientBytes } from "./dealing.js";

/** Plaintext of one record. */
export const RECORD = 64 * 1024;
/** log2 of scrypt's N, as the age tool has it: about a second, and 256 MiB. */
export const WORK_FACTOR = 18;

const TAG = 16;
const MAX_HEADER = 8192;
const MAX_WORK_FACTOR = 20;
const VERSION = "age-encryption.org/v1\n";
const NO_NONCE = new Uint8Array(12);

/** The passphrase is not the file's. */
export class WrongPassphrase extends Malformed {
  name = "WrongPassphrase";
}

const derive = (key, salt, info) => hkdf(sha256, key, salt, utf8(info), 32);
const macOf = (fileKey, covered) => hmac(sha256, derive(fileKey, undefined, "header"), covered);

/** The size of the age file of `length` bytes sealed to one X25519 recipient. @param {number} length */
export const sealedSize = (length) => HEADER + length + TAG * Math.max(1, Math.ceil(length / RECORD));
const HEADER = VERSION.length + "-> X25519 ".length + 43 + 1 + 43 + 1 + "--- ".length + 43 + 1 + 16;

/**
 * Begin a file to one `age1…`: its header, and the key that its records are sealed with.
 * @param {string} recipient
 * @param {import("../core/entropy.js").Entropy} entropy
 */
export function begin(recipient, entropy) {
  const fileKey = entropy.bytes(16);
  const publicKey = recipientBytes(recipient, "recipient");
  const ephemeral = entropy.bytes(32);
  const share = x25519.getPublicKey(ephemeral);
  const body = chacha20poly1305(wrappingKey(ephemeral, publicKey, share, publicKey), NO_NONCE).encrypt(fileKey);
  return headed(fileKey, `-> X25519 ${base64nopad.encode(share)}\n${base64nopad.encode(body)}\n`, entropy);
}

function wrappingKey(secret, other, share, publicKey) {
  return derive(x25519.getSharedSecret(secret, other), concat(share, publicKey), "age-encryption.org/v1/X25519");
}

function headed(fileKey, stanza, entropy) {
  const covered = utf8(`${VERSION}${stanza}---`);
  const nonce = entropy.bytes(16);
  const mac = utf8(` ${base64nopad.encode(macOf(fileKey, covered))}\n`);
  return { header: concat(covered, mac, nonce), key: derive(fileKey, nonce, "payload") };
}

/** The nonce of a record. @param {number} counter @param {boolean} last */
export function nonceOf(counter, last) {
  const nonce = new Uint8Array(12);
  new DataView(nonce.buffer).setBigUint64(3, BigInt(counter));
  nonce[11] = last ? 1 : 0;
  return nonce;
}

/**
 * Seal a run of records: `plain` is whole records, but for the file's last.
 * @param {Uint8Array} key
 * @param {number} counter the number of its first record
 * @param {boolean} last whether the file ends with it
 * @param {Uint8Array} plain
 */
export function sealRecords(key, counter, last, plain) {
  const count = Math.max(1, Math.ceil(plain.length / RECORD));
  const out = new Uint8Array(plain.length + TAG * count);
  for (let record = 0; record < count; record += 1) {
    const [from, to] = [record * RECORD, Math.min((record + 1) * RECORD, plain.length)];
    const place = record * (RECORD + TAG);
    const nonce = nonceOf(counter + record, last && record === count - 1);
    chacha20poly1305(key, nonce).encrypt(plain.subarray(from, to), out.subarray(place, place + to - from + TAG));
  }
  return out;
}

/** Open what `sealRecords` sealed; `Malformed` if it was altered. The arguments are the same. */
export function openRecords(key, counter, last, sealed) {
  const count = Math.max(1, Math.ceil(sealed.length / (RECORD + TAG)));
  const parts = [];
  for (let record = 0; record < count; record += 1) {
    const part = sealed.subarray(record * (RECORD + TAG), (record + 1) * (RECORD + TAG));
    if (part.length < TAG || (part.length === TAG && counter + record > 0)) throw new Malformed("age: is cut off");
    try {
      parts.push(chacha20poly1305(key, nonceOf(counter + record, last && record === count - 1)).decrypt(part));
    } catch {
      throw new Malformed(`age: record ${counter + record} was altered, or the file is cut off`);
    }
  }
  return concat(...parts);
}

/**
 * A small file, sealed to an `age1…`.
 * @param {Uint8Array} plain
 * @param {string} recipient
 * @param {import("../core/entropy.js").Entropy} entropy
 */
export function encrypt(plain, recipient, entropy) {
  const { header, key } = begin(recipient, entropy);
  return concat(header, sealRecords(key, 0, true, plain));
}

/**
 * A passphrase that scrypt has made a key of, for one file: its salt is the file's own.
 * @typedef {{ key: Uint8Array, salt: Uint8Array, workFactor: number }} Stretched
 */

/**
 * A small file, sealed with a passphrase (scrypt). Takes about a second and 256 MiB: on a worker.
 * @param {Uint8Array} plain
 * @param {string} passphrase
 * @param {import("../core/entropy.js").Entropy} entropy
 */
export function encryptPassphrase(plain, passphrase, entropy, workFactor = WORK_FACTOR) {
  const salt = entropy.bytes(16);
  return encryptStretched(plain, { key: stretched(passphrase, salt, workFactor), salt, workFactor }, entropy);
}

/**
 * A small file, sealed with a passphrase that was stretched before; takes no time.
 * @param {Uint8Array} plain
 * @param {Stretched} stretched not used for another file
 * @param {import("../core/entropy.js").Entropy} entropy
 */
export function encryptStretched(plain, { key: wrapping, salt, workFactor }, entropy) {
  const fileKey = entropy.bytes(16);
  const body = chacha20poly1305(wrapping, NO_NONCE).encrypt(fileKey);
  const stanza = `-> scrypt ${base64nopad.encode(salt)} ${workFactor}\n${base64nopad.encode(body)}\n`;
  const { header, key } = headed(fileKey, stanza, entropy);
  return concat(header, sealRecords(key, 0, true, plain));
}

/** The key that scrypt makes of a passphrase. @param {string} passphrase @param {Uint8Array} salt @param {number} workFactor */
export function stretched(passphrase, salt, workFactor) {
  const salted = concat(utf8("age-encryption.org/v1/scrypt"), salt);
  return scrypt(utf8(passphrase), salted, { N: 2 ** workFactor, r: 8, p: 1, dkLen: 32 });
}

/** A small file, opened with an `AGE-SECRET-KEY-1…`. Throws `Malformed`. @param {Uint8Array} file @param {string} identity */
export const decrypt = (file, identity) => openWhole(file, (stanzas) => unwrap(stanzas, identity));

/** A small file, opened with a passphrase. Throws `Malformed`, `WrongPassphrase`. @param {Uint8Array} file @param {string} passphrase */
export const decryptPassphrase = (file, passphrase) =>
  openWhole(file, (stanzas) => unwrapPassphrase(stanzas, passphrase));

/** One recipient stanza of a header. @typedef {{ type: string, args: string[], body: Uint8Array }} Stanza */

/** The stanzas of a file. Throws `Malformed`. @param {Uint8Array} prefix the file, or its first 8 KiB @returns {Stanza[]} */
export const stanzasOf = (prefix) => parseHeader(prefix).stanzas;

/**
 * A small file whose stanzas were made elsewhere, of its file key.
 * @param {Uint8Array} plain
 * @param {Uint8Array} fileKey 16 bytes, of this file alone
 * @param {Stanza[]} stanzas
 * @param {import("../core/entropy.js").Entropy} entropy
 */
export function encryptWith(plain, fileKey, stanzas, entropy) {
  const { header, key } = headed(fileKey, stanzas.map(written).join(""), entropy);
  return concat(header, sealRecords(key, 0, true, plain));
}

function written({ type, args, body }) {
  const text = base64nopad.encode(body);
  const full = text.match(/.{64}/g) ?? [];
  return `${["->", type, ...args].join(" ")}\n${[...full, text.slice(64 * full.length)].join("\n")}\n`;
}

/** A small file, opened with its file key. Throws `Malformed`. @param {Uint8Array} file @param {Uint8Array} fileKey */
export const decryptWith = (file, fileKey) => openWhole(file, () => fileKey);

function openWhole(file, unwrapKey) {
  const { key, size } = openHeader(file, unwrapKey);
  return openRecords(key, 0, true, file.subarray(size));
}

/**
 * The key that a file's records are sealed with, by its identity, and where they begin. Throws `Malformed`.
 * @param {Uint8Array} prefix the file, or its first 8 KiB
 * @param {string} identity
 */
export const openedBy = (prefix, identity) => openHeader(prefix, (stanzas) => unwrap(stanzas, identity));

function openHeader(prefix, unwrapKey) {
  const { stanzas, covered, mac, size } = parseHeader(prefix);
  const fileKey = unwrapKey(stanzas);
  if (!same(macOf(fileKey, covered), mac)) throw new Malformed("age: the header was altered");
  const nonce = prefix.subarray(size, size + 16);
  if (nonce.length !== 16) throw new Malformed("age: ends in the nonce");
  return { key: derive(fileKey, nonce, "payload"), size: size + 16 };
}

function parseHeader(prefix) {
  const lines = headerLines(prefix);
  if (`${lines.next().value?.text}\n` !== VERSION) throw new Malformed("age: does not begin with the age v1 line");
  const stanzas = [];
  for (;;) {
    const { text, start, end } = nextLine(lines);
    if (text.startsWith("--- ")) {
      const mac = unpadded(text.slice(4));
      if (mac.length !== 32 || !stanzas.length) throw new Malformed("age: the header's last line is broken");
      return { stanzas, covered: prefix.subarray(0, start + 3), mac, size: end };
    }
    stanzas.push(stanza(text, lines));
  }
}

function* headerLines(prefix) {
  let start = 0;
  for (;;) {
    const end = prefix.indexOf(10, start);
    if (end < 0 || end >= MAX_HEADER) throw new Malformed("age: the header does not end");
    const text = String.fromCharCode(...prefix.subarray(start, end));
    if (!/^[ -~]*$/.test(text)) throw new Malformed("age: a sign that cannot stand in a header");
    yield { text, start, end: end + 1 };
    start = end + 1;
  }
}

const nextLine = (lines) => lines.next().value;

function stanza(text, lines) {
  const [arrow, type, ...args] = text.split(" ");
  if (arrow !== "->" || !type || args.includes("")) throw new Malformed("age: a stanza that is none");
  const body = [];
  for (;;) {
    const line = nextLine(lines).text;
    if (line.length > 64) throw new Malformed("age: a stanza's line is too long");
    body.push(unpadded(line));
    if (line.length < 64) return { type, args, body: concat(...body) };
  }
}

function unpadded(text) {
  try {
    return base64nopad.decode(text);
  } catch {
    throw new Malformed("age: not canonical base64");
  }
}

function unwrap(stanzas, identity) {
  const secret = identityBytes(identity);
  const publicKey = x25519.getPublicKey(secret);
  for (const { type, args, body } of stanzas) {
    if (type !== "X25519") continue;
    const share = unpadded(args[0] ?? "");
    if (args.length !== 1 || share.length !== 32 || body.length !== 32) {
      throw new Malformed("age: the X25519 stanza is not well-formed");
    }
    try {
      return chacha20poly1305(wrappingKey(secret, share, share, publicKey), NO_NONCE).decrypt(body);
    } catch {
      continue; // another's stanza, or a point of small order
    }
  }
  throw new Malformed("age: not sealed to this key");
}

function unwrapPassphrase(stanzas, passphrase) {
  const [{ type, args, body }] = stanzas;
  if (type !== "scrypt" || stanzas.length !== 1 || args.length !== 2) {
    throw new Malformed("age: not sealed with a passphrase");
  }
  const [salt, factor] = [unpadded(args[0]), Number(args[1])];
  if (salt.length !== 16 || !/^[1-9][0-9]?$/.test(args[1]) || factor > MAX_WORK_FACTOR || body.length !== 32) {
    throw new Malformed("age: the scrypt stanza is not well-formed, or asks for too much work");
  }
  const key = stretched(passphrase, salt, factor);
  try {
    return chacha20poly1305(key, NO_NONCE).decrypt(body);
  } catch {
    throw new WrongPassphrase("age: the passphrase is not this file's");
  }
}
