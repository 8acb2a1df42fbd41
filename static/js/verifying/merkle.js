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
