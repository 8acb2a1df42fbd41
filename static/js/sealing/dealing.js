/**
 * Publicly verifiable secret sharing (Schoenmakers 1999), tenderer to trustees (protocol §3).
 *
 * The tenderer deals a secret to n public keys; anybody can check that any k of their holders recover it; the secret
 * is the key of an ordinary age identity.
 */

import { x25519 } from "@noble/curves/ed25519.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bech32 } from "@scure/base";
import { concat, hex, utf8 } from "../core/bytes.js";
import { array, exactly, integer } from "../core/canonical.js";
import { Malformed } from "../core/refused.js";
import {
  H,
  ZERO,
  hashToScalar,
  invert,
  multiply,
  multiplyBase,
  multiplyBasePublic,
  multiplyPublic,
  pointFrom,
  pointOf,
  randomScalar,
  reduce,
  scalarBytes,
  scalarOf,
  wideScalar,
} from "./ristretto.js";

const IDENTITY_PREFIX = "AGE-SECRET-KEY-";
/** The size of the tables that make one key's multiplications quick: 30 ms to build, then eight times as fast. */
const WINDOW = 6;

/**
 * What a trustee's 32-byte seed stands for (protocol §2): the scalar x with its inverse, Y, and the key that signs.
 * @typedef {{ x: bigint, inverse: bigint, pub: Uint8Array, signSeed: Uint8Array }} Trustee
 * @param {Uint8Array} seed
 * @returns {Trustee}
 */
export function trusteeOf(seed) {
  const x = wideScalar(hkdf(sha256, seed, undefined, utf8("bidseal/v1/trustee-x"), 64));
  const signSeed = hkdf(sha256, seed, undefined, utf8("bidseal/v1/trustee-ed25519"), 32);
  return { x, inverse: invert(x), pub: multiplyBase(x).toBytes(), signSeed };
}

/**
 * The dealing (as JSON) of a fresh secret to `pubs`, of whom any `k` recover it; and the secret S.
 * @param {Uint8Array} ctx the 32 bytes that the dealing is bound to
 * @param {number} k
 * @param {Uint8Array[]} pubs
 * @param {import("../core/entropy.js").Entropy} entropy
 */
export function deal(ctx, k, pubs, entropy) {
  const keys = keysOf(k, pubs);
  const coefficients = Array.from({ length: k }, () => randomScalar(entropy));
  const commitments = coefficients.map((a) => multiply(a, H).toBytes());
  const values = pubs.map((_, place) =>
    coefficients.reduceRight((total, a) => reduce(total * BigInt(place + 1) + a), 0n),
  );
  const shares = keys.map((key, place) => multiply(values[place], key).toBytes());
  const nonces = pubs.map(() => randomScalar(entropy));
  const announced = keys.map((key, place) =>
    concat(multiply(nonces[place], H).toBytes(), multiply(nonces[place], key).toBytes()),
  );
  const c = challenge(ctx, k, commitments, pubs, shares, announced);
  const dealing = {
    C: commitments.map(hex),
    E: shares.map(hex),
    c: hex(scalarBytes(c)),
    z: nonces.map((w, place) => hex(scalarBytes(w - c * values[place]))),
  };
  return { dealing, secret: multiplyBase(coefficients[0]).toBytes() };
}

/**
 * The keys of one panel with tables, for whoever checks many dealings to it. Throws `Malformed`.
 * @param {number} k
 * @param {Uint8Array[]} pubs
 */
export const tabledKeys = (k, pubs) => keysOf(k, pubs).map((key) => key.precompute(WINDOW));

/**
 * Check that any `k` of `pubs` recover what was dealt under `ctx` ("Verify dealing"). Throws `Malformed`.
 * @param {Uint8Array} ctx
 * @param {number} k
 * @param {Uint8Array[]} pubs
 * @param {unknown} dealing
 * @param keys of the same `pubs`, if they were made before
 */
export function checkDealing(ctx, k, pubs, dealing, keys = keysOf(k, pubs)) {
  const n = pubs.length;
  const parts = exactly(dealing, "C E c z", "dealing");
  for (const [name, count] of [["C", k], ["E", n], ["z", n]]) {
    const found = array(parts[name], `dealing: ${name}`).length;
    if (found !== count) throw new Malformed(`dealing: ${name} has ${found} entries, not ${count}`);
  }
  const commitments = parts.C.map((value, j) => pointOf(value, `dealing: C[${j}]`, j > 0));
  const shares = parts.E.map((value, i) => pointOf(value, `dealing: E[${i}]`));
  const c = scalarOf(parts.c, "dealing: c");
  const answers = parts.z.map((value, i) => scalarOf(value, `dealing: z[${i}]`));
  const scaled = commitments.map((point) => multiplyPublic(c, point)); // c·X_i = Σ i^j·(c·C_j): k products, not n
  const announced = keys.map((key, place) => {
    const x = scaled.reduceRight((total, point) => multiplyPublic(BigInt(place + 1), total).add(point), ZERO);
    const z = answers[place];
    return concat(
      multiplyPublic(z, H).add(x).toBytes(),
      multiplyPublic(z, key).add(multiplyPublic(c, shares[place])).toBytes(),
    );
  });
  const bytes = (points) => points.map((point) => point.toBytes());
  if (challenge(ctx, k, bytes(commitments), pubs, bytes(shares), announced) !== c) {
    throw new Malformed("dealing: the proof does not hold for these trustees and this bid");
  }
}

/**
 * A trustee's decrypted share of `e` with its proof (protocol §3, "Share").
 *
 * The dealing must have been checked under `ctx` before: otherwise a share copied from another tender would be opened
 * here. Fresh randomness is mixed with the key, so that a broken generator leaks nothing.
 * @param {Uint8Array} ctx
 * @param {number} i
 * @param {Trustee} trustee
 * @param {Uint8Array} e
 * @param {import("../core/entropy.js").Entropy} entropy
 */
export function makeShare(ctx, i, { x, inverse, pub }, e, entropy) {
  const share = multiply(inverse, pointFrom(e, `E of trustee ${i}`));
  const w = reduce(randomScalar(entropy) + hashToScalar("bidseal/v1/nonce", scalarBytes(x), ctx, e));
  const announced = [multiplyBase(w).toBytes(), multiply(w, share).toBytes()];
  const c = hashToScalar("bidseal/v1/open", ctx, Uint8Array.of(i), pub, e, share.toBytes(), ...announced);
  return { i, S: hex(share.toBytes()), c: hex(scalarBytes(c)), z: hex(scalarBytes(w - c * x)) };
}

/**
 * Check that `share` is what trustee `i` with key `pub` decrypts from `e`; else `Malformed`.
 * @param {Uint8Array} ctx
 * @param {number} i
 * @param {Uint8Array} pub
 * @param {Uint8Array} e
 * @param {unknown} share
 */
export function checkShare(ctx, i, pub, e, share) {
  const parts = exactly(share, "i S c z", "share");
  if (integer(parts.i, "share: i") !== i) throw new Malformed(`share: is trustee ${parts.i}'s, not trustee ${i}'s`);
  const [key, sealed] = [pointFrom(pub, `key of trustee ${i}`), pointFrom(e, `E of trustee ${i}`)];
  const point = pointOf(parts.S, "share: S");
  const [c, z] = [scalarOf(parts.c, "share: c"), scalarOf(parts.z, "share: z")];
  const first = multiplyBasePublic(z).add(multiplyPublic(c, key));
  const second = multiplyPublic(z, point).add(multiplyPublic(c, sealed));
  const found = [pub, e, point.toBytes(), first.toBytes(), second.toBytes()];
  if (hashToScalar("bidseal/v1/open", ctx, Uint8Array.of(i), ...found) !== c) {
    throw new Malformed(`share: trustee ${i}'s proof does not hold`);
  }
}

/**
 * The secret S of k checked shares of distinct trustees, by Lagrange at 0. Throws `Malformed`.
 * @param {{ i: number, S: string }[]} shares
 */
export function combine(shares) {
  const points = new Map();
  for (const share of shares) {
    if (points.has(share.i)) throw new Malformed(`shares: two of trustee ${share.i}`);
    points.set(share.i, pointOf(share.S, `share of trustee ${share.i}`));
  }
  let secret = ZERO;
  for (const [i, point] of points) {
    let weight = 1n;
    for (const j of points.keys()) {
      if (j !== i) weight = reduce(weight * BigInt(j) * invert(reduce(BigInt(j - i))));
    }
    secret = secret.add(multiply(weight, point));
  }
  return secret.toBytes();
}

/**
 * The age identity that a dealt secret stands for under `ctx` (protocol §3.3).
 * @param {Uint8Array} secret
 * @param {Uint8Array} ctx
 */
export const identityOf = (secret, ctx) =>
  bech32.encodeFromBytes(IDENTITY_PREFIX, hkdf(sha256, secret, ctx, utf8("bidseal/v1/age-identity"), 32)).toUpperCase();

/** The 32 bytes of an `AGE-SECRET-KEY-1…`; else `Malformed`. @param {unknown} identity */
export const identityBytes = (identity) => keyBytes(identity, IDENTITY_PREFIX, "not an age identity");

/** The 32 bytes of an `age1…`; else `Malformed`. @param {unknown} recipient @param {string} what */
export const recipientBytes = (recipient, what) => keyBytes(recipient, "age", `${what}: not an age recipient`);

/** The recipient `age1…` of an age identity. Throws `Malformed`. @param {unknown} identity */
export const recipientOf = (identity) => bech32.encodeFromBytes("age", x25519.getPublicKey(identityBytes(identity)));

/** @param {unknown} text @param {string} prefix @param {string} reason */
function keyBytes(text, prefix, reason) {
  let found;
  try {
    found = bech32.decodeToBytes(text);
  } catch {
    throw new Malformed(reason);
  }
  const written = prefix === IDENTITY_PREFIX ? String(text).toUpperCase() : String(text).toLowerCase();
  if (text !== written || found.prefix.toLowerCase() !== prefix.toLowerCase() || found.bytes.length !== 32) {
    throw new Malformed(reason);
  }
  return found.bytes;
}

/** @param {number} k @param {Uint8Array[]} pubs */
function keysOf(k, pubs) {
  const n = pubs.length;
  if (!(k >= 1 && k <= n && n <= 255)) throw new Malformed(`dealing: ${k} of ${n} is not a threshold`);
  if (new Set(pubs.map(hex)).size !== n) throw new Malformed("dealing: two trustees have one key");
  return pubs.map((pub, place) => pointFrom(pub, `key of trustee ${place + 1}`));
}

/**
 * @param {Uint8Array} ctx
 * @param {number} k
 * @param {Uint8Array[]} commitments
 * @param {Uint8Array[]} pubs
 * @param {Uint8Array[]} shares
 * @param {Uint8Array[]} announced
 */
const challenge = (ctx, k, commitments, pubs, shares, announced) =>
  hashToScalar(
    "bidseal/v1/deal",
    ctx,
    Uint8Array.of(k, pubs.length),
    ...commitments,
    ...pubs,
    ...shares,
    ...announced,
  );
