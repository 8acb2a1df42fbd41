/** Ed25519 as protocol §1 uses it: over `tag ‖ JCS(object)`, checked strictly. */

import { ed25519 } from "@noble/curves/ed25519.js";
import { bytesToNumberLE } from "@noble/curves/utils.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { concat, hex, same, unhex, utf8 } from "./bytes.js";
import { dumps } from "./canonical.js";

const { Point } = ed25519;
const L = Point.Fn.ORDER;

/** The 32-byte public key of a 32-byte seed. @param {Uint8Array} seed */
export const publicKey = (seed) => ed25519.getPublicKey(seed);

/** A public key that is a canonical point and not of small order, or `null`. @param {Uint8Array} key */
function point(key) {
  try {
    const found = Point.fromBytes(key, false);
    return found.isSmallOrder() ? null : found;
  } catch {
    return null;
  }
}

/** Whether 32 bytes are a key that a signature can be believed by. @param {Uint8Array} key */
export const isAcceptableKey = (key) => point(key) !== null;

/**
 * Whether the signature holds: cofactorless, S < L, canonical points, no key of small order.
 *
 * noble's `verify` multiplies by the cofactor and so takes signatures that OpenSSL, the server's, does not; here R
 * is computed anew and compared as it is written.
 * @param {Uint8Array} key
 * @param {Uint8Array} message
 * @param {Uint8Array} signature
 */
export function verifyBytes(key, message, signature) {
  const signer = point(key);
  if (signature.length !== 64 || signer === null) return false;
  const [r, s] = [signature.subarray(0, 32), bytesToNumberLE(signature.subarray(32))];
  if (s >= L) return false;
  const challenge = bytesToNumberLE(sha512(concat(r, key, message))) % L;
  const found = Point.BASE.multiplyUnsafe(s).subtract(signer.multiplyUnsafe(challenge));
  return same(found.toBytes(), r);
}

/** Hex signature over `tag ‖ JCS(value)`. @param {Uint8Array} seed @param {string} tag @param {unknown} value */
export const signObject = (seed, tag, value) => hex(ed25519.sign(concat(utf8(tag), dumps(value)), seed));

/**
 * Whether `signature` (lower-case hex, 64 bytes) is the key's over `tag ‖ JCS(value)`.
 * @param {Uint8Array} key
 * @param {string} tag
 * @param {unknown} value
 * @param {unknown} signature
 */
export function verifyObject(key, tag, value, signature) {
  let raw;
  try {
    raw = unhex(signature, 64, "signature");
  } catch {
    return false;
  }
  return verifyBytes(key, concat(utf8(tag), dumps(value)), raw);
}
