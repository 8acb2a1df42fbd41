/** Bytes: how text, hex and base64 become them, and the two ways of hashing parts together (protocol §1). */

import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { base64nopad } from "@scure/base";
import { Malformed } from "./refused.js";

export const hex = bytesToHex;
export const concat = concatBytes;
export const utf8 = utf8ToBytes;

/** Padded base64, of the alphabet that age files need as well: one table in every program. @param {Uint8Array} data */
export function b64(data) {
  const text = base64nopad.encode(data);
  return text + "=".repeat(-text.length & 3);
}

const raw = (part) => (typeof part === "string" ? utf8(part) : part);

/**
 * Lower-case hex of exactly `size` bytes; else `Malformed`.
 * @param {unknown} value
 * @param {number} size
 * @param {string} what
 */
export function unhex(value, size, what) {
  if (typeof value !== "string" || value.length !== 2 * size || !/^[0-9a-f]*$/.test(value)) {
    throw new Malformed(`${what}: not ${size} bytes of lower-case hex`);
  }
  return hexToBytes(value);
}

/**
 * Standard, padded, canonical base64; else `Malformed`.
 * @param {unknown} value
 * @param {string} what
 */
export function unb64(value, what) {
  try {
    const data = base64nopad.decode(value.replace(/=+$/, ""));
    if (b64(data) === value) return data;
  } catch {
    throw new Malformed(`${what}: not base64`);
  }
  throw new Malformed(`${what}: base64 is not canonical`);
}

/** The text of bytes that are UTF-8; else `Malformed`. @param {Uint8Array} data @param {string} what */
export function text(data, what) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    throw new Malformed(`${what}: not UTF-8`);
  }
}

/**
 * Every part prefixed by its length as u32 big-endian: an injective concatenation.
 * @param {...(Uint8Array | string)} parts
 */
export function lp(...parts) {
  return concat(
    ...parts.map(raw).flatMap((part) => {
      const length = new Uint8Array(4);
      new DataView(length.buffer).setUint32(0, part.length);
      return [length, part];
    }),
  );
}

/** SHA-256 of the parts, simply concatenated. @param {...(Uint8Array | string)} parts */
export const sha = (...parts) => sha256(concat(...parts.map(raw)));

/** Whether two strings of bytes are the same. @param {Uint8Array} one @param {Uint8Array} other */
export const same = (one, other) => one.length === other.length && one.every((byte, place) => byte === other[place]);
