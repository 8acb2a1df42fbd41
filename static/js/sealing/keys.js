/** The bid key file: what a tenderer keeps of one bid, encrypted with a passphrase (protocol §3.6). */

import { unhex } from "../core/bytes.js";
import { array, constants, dumps, exactly, identifier, loads } from "../core/canonical.js";
import { systemEntropy } from "../core/entropy.js";
import { Malformed, Refused } from "../core/refused.js";
import { WrongPassphrase, decryptPassphrase, encryptStretched } from "./age.js";
import { recipientOf } from "./dealing.js";
import { signer } from "./manifest.js";

/** A passphrase guards a key that cannot be changed afterwards. */
export const SHORTEST_PASSPHRASE = 12;

/**
 * Needed to withdraw or replace a bid, and the fallback way to open it.
 * @typedef {{ v: 1, type: "bid-key", project: string, lot: string, panel: string, bid: string, sign_seed: string,
 *   identities: { envelope: string, identity: string }[] }} BidKey
 */

/** A bid key from its JSON. Throws `Malformed`. @param {unknown} value @returns {BidKey} */
export function parseBidKey(value) {
  const parts = exactly(value, "v type project lot panel bid sign_seed identities", "bid key");
  constants(parts, { v: 1, type: "bid-key" }, "bid key");
  for (const key of ["project", "lot"]) identifier(parts[key], key);
  unhex(parts.panel, 32, "panel");
  if (parts.bid !== signer(unhex(parts.sign_seed, 32, "sign_seed")).uid) {
    throw new Malformed("bid: not the uid of sign_seed");
  }
  for (const item of array(parts.identities, "identities")) {
    const { envelope, identity } = exactly(item, "envelope identity", "identities");
    identifier(envelope, "envelope");
    recipientOf(identity);
  }
  return parts;
}

/** The passphrase itself; `Refused` if it is too short. @param {string} passphrase */
export function checkPassphrase(passphrase) {
  const count = [...passphrase].length;
  if (count < SHORTEST_PASSPHRASE) {
    throw new Refused("sealing.passphrase_short", { least: SHORTEST_PASSPHRASE, count }, "passphrase");
  }
  return passphrase;
}

/**
 * The content of `bid-UID.key`.
 * @param {BidKey} bidKey
 * @param {import("./age.js").Stretched} stretched of this file alone
 */
export const sealBidKey = (bidKey, stretched, entropy = systemEntropy) =>
  encryptStretched(dumps(bidKey), stretched, entropy);

/**
 * The bid key of a file. Throws `Refused`.
 * @param {Uint8Array} data
 * @param {string} passphrase
 * @param {string} file the name to call it by
 */
export function unsealBidKey(data, passphrase, file) {
  try {
    return parseBidKey(loads(decryptPassphrase(data, passphrase)));
  } catch (error) {
    if (error instanceof WrongPassphrase) throw new Refused("sealing.passphrase_wrong", { file }, "passphrase");
    if (!(error instanceof Malformed)) throw error;
    throw new Refused("sealing.key_file_refused", { file, reason: error.message }, "key");
  }
}
