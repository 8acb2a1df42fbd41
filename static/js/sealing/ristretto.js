/** The group ristretto255 (RFC 9496): points, and scalars as bigint mod L. */

import { ristretto255, ristretto255_hasher } from "@noble/curves/ed25519.js";
import { bytesToNumberLE, numberToBytesLE } from "@noble/curves/utils.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { hex, lp, unhex, utf8 } from "../core/bytes.js";
import { Malformed } from "../core/refused.js";

/** @typedef {InstanceType<typeof ristretto255.Point>} Point */

const { Point } = ristretto255;
const { Fn } = Point;

/** The order of the group. */
export const L = Fn.ORDER;
export const ZERO = Point.ZERO;

/** A second generator of which nobody knows the logarithm (protocol §1). */
export const H = ristretto255_hasher.deriveToCurve(sha512(utf8("bidseal/v1 generator H"))).precompute(6);
if (hex(H.toBytes()) !== "e405107f3b01259f440fbbc140ebc4fdf28e65e07c566e04236956e37ef4ac29") {
  throw new Error("the generator H does not come out as protocol §1 has it");
}

/** @param {bigint} scalar */
export const reduce = (scalar) => Fn.create(scalar);
/** @param {bigint} scalar */
export const invert = (scalar) => Fn.inv(scalar);
/** 32 bytes, little-endian. @param {bigint} scalar */
export const scalarBytes = (scalar) => numberToBytesLE(reduce(scalar), 32);
/** 64 uniform bytes as a little-endian integer mod L, without noticeable bias. @param {Uint8Array} data */
export const wideScalar = (data) => reduce(bytesToNumberLE(data));
/** A scalar from 64 fresh bytes. @param {import("../core/entropy.js").Entropy} entropy */
export const randomScalar = (entropy) => wideScalar(entropy.bytes(64));
/** `h2s` of protocol §1. @param {string} tag @param {...Uint8Array} parts */
export const hashToScalar = (tag, ...parts) => wideScalar(sha512(lp(tag, ...parts)));

/** A scalar from hex; `Malformed` unless it is below L. @param {unknown} value @param {string} what */
export function scalarOf(value, what) {
  const scalar = bytesToNumberLE(unhex(value, 32, what));
  if (scalar >= L) throw new Malformed(`${what}: not below the group order`);
  return scalar;
}

/**
 * A point from its 32 canonical bytes, or `Malformed`. The identity passes only on request.
 * @param {Uint8Array} data
 * @param {string} what
 */
export function pointFrom(data, what, identity = false) {
  let point;
  try {
    point = Point.fromBytes(data);
  } catch {
    throw new Malformed(`${what}: not a canonical ristretto255 point`);
  }
  if (!identity && point.is0()) throw new Malformed(`${what}: the identity`);
  return point;
}

/** The same from hex. @param {unknown} value @param {string} what */
export const pointOf = (value, what, identity = false) => pointFrom(unhex(value, 32, what), what, identity);

/** `scalar · point` in constant time, for secret scalars. @param {bigint} scalar @param {Point} point */
export const multiply = (scalar, point) => (scalar === 0n ? ZERO : point.multiply(scalar));
/** `scalar · G` in constant time. @param {bigint} scalar */
export const multiplyBase = (scalar) => multiply(scalar, Point.BASE);
/** `scalar · point` in varying time: for what is public anyway. @param {bigint} scalar @param {Point} point */
export const multiplyPublic = (scalar, point) => (scalar === 0n ? ZERO : point.multiplyUnsafe(scalar));
/** `scalar · G` in varying time. @param {bigint} scalar */
export const multiplyBasePublic = (scalar) => multiplyPublic(scalar, Point.BASE);
