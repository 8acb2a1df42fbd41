/** Inclusion in Merkle trees (RFC 9162 §2.1, SHA-256). */

import { same, sha } from "../core/bytes.js";

const HASH = 32;

/** The hash of a leaf; the prefix keeps a leaf from passing for a node. @param {Uint8Array | string} entry */
export const leafHash = (entry) => sha(Uint8Array.of(0), entry);

const nodeHash = (left, right) => sha(Uint8Array.of(1), left, right);
const half = (number) => Math.floor(number / 2); // sizes outgrow 32 bits, which `>>` would cut off

/**
 * Whether the leaf hash stands at `index` of the tree of `size` with that root (RFC 9162 §2.1.3.2).
 *
 * The lengths are checked first: an empty "root" equal to an empty "leaf" must not pass.
 * @param {Uint8Array} leaf
 * @param {number} index
 * @param {number} size
 * @param {Uint8Array[]} proof
 * @param {Uint8Array} root
 */
export function verifyInclusion(leaf, index, size, proof, root) {
  if (!(index >= 0 && index < size) || [leaf, root, ...proof].some((part) => part.length !== HASH)) return false;
  let [number, last, node] = [index, size - 1, leaf];
  for (const part of proof) {
    if (last === 0) return false;
    if (number % 2 === 1 || number === last) {
      node = nodeHash(part, node);
      while (number && number % 2 === 0) [number, last] = [half(number), half(last)];
    } else {
      node = nodeHash(node, part);
    }
    [number, last] = [half(number), half(last)];
  }
  return last === 0 && same(node, root);
}

/** Leaf hashes with every complete subtree above them: a root at any earlier size then takes O(log n) hashes. */
export class Tree {
  /** @type {Uint8Array[][]} */
  #levels = [[]];

  get size() {
    return this.#levels[0].length;
  }

  /** @param {Uint8Array} leaf a leaf hash */
  append(leaf) {
    let [node, height] = [leaf, 0];
    this.#levels[0].push(node);
    while (this.#levels[height].length % 2 === 0) {
      node = nodeHash(this.#levels[height].at(-2), node);
      height += 1;
      this.#levels[height] ??= [];
      this.#levels[height].push(node);
    }
  }

  /** The root of the first `size` leaves (RFC 9162 §2.1.1). @param {number} [size] */
  root(size = this.size) {
    if (size === 0) return sha();
    const peaks = [];
    for (let [start, left] = [0, size]; left > 0; ) {
      const height = 31 - Math.clz32(left);
      peaks.push(this.#levels[height][start / 2 ** height]);
      [start, left] = [start + 2 ** height, left - 2 ** height];
    }
    return peaks.reduceRight((right, node) => nodeHash(node, right));
  }
}
