/**
 * A passphrase made into a key, ahead of the file that it will wrap: the second that scrypt takes is spent beside the
 * sealing.
 */

import { systemEntropy } from "../core/entropy.js";
import { WORK_FACTOR, stretched } from "./age.js";

/**
 * For one file, with a fresh salt. Takes 256 MiB: on a worker.
 * @param {string} passphrase
 * @returns {import("./age.js").Stretched}
 */
export function stretch(passphrase, entropy = systemEntropy, workFactor = WORK_FACTOR) {
  const salt = entropy.bytes(16);
  return { key: stretched(passphrase, salt, workFactor), salt, workFactor };
}
