/** A trustee's key, the files made of it, and the answers it gives (protocol §2); the same files as `bidding trustee` makes. */

import { bech32 } from "@scure/base";
import { ed25519 } from "@noble/curves/ed25519.js";
import { hex, lp, sha, unhex } from "../core/bytes.js";
import { constants, dumps, exactly, identifier, loads, textOf } from "../core/canonical.js";
import { Malformed, Refused } from "../core/refused.js";
import { publicKey, signObject } from "../core/signing.js";
import { WORK_FACTOR, WrongPassphrase, decryptPassphrase, encryptPassphrase } from "../sealing/age.js";
import { checkDealing, makeShare, trusteeOf } from "../sealing/dealing.js";
import { checkPassphrase } from "../sealing/keys.js";

const PAPER_PREFIX = "bidseal-trustee-";
const DRILL_TAG = "bidseal/v1 drill";

/** @typedef {{ name: string, seed: Uint8Array }} Key */

/** A name that a trustee may have; else `Refused`. @param {string} name */
export function checkName(name) {
  try {
    return identifier(name, "name");
  } catch {
    throw new Refused("sealing.trustee_name", { name }, "name");
  }
}

/** The copy for the safe: upper-case Bech32 in groups of four, with check signs. @param {Key} key */
export const paperOf = ({ seed }) => bech32.encodeFromBytes(PAPER_PREFIX, seed).toUpperCase().match(/.{1,4}/g).join(" ");

/** The seed again, from its printed copy; spaces and case are forgiven. Throws `Malformed`. @param {string} text */
export function fromPaper(text) {
  let found;
  try {
    found = bech32.decodeToBytes(text.replace(/\s/g, "").toLowerCase());
  } catch {
    throw new Malformed("paper: a sign is wrong or missing");
  }
  if (found.prefix !== PAPER_PREFIX || found.bytes.length !== 32) throw new Malformed("paper: not a trustee's key");
  return found.bytes;
}

/** What every key file encrypts. @param {Key} key */
export const plainOf = ({ name, seed }) => dumps({ v: 1, type: "trustee-key", name, seed: hex(seed) });

/** The key again. Throws `Malformed`. @param {Uint8Array} plain @returns {Key} */
export function keyOf(plain) {
  const parts = exactly(loads(plain), "v type name seed", "trustee key");
  constants(parts, { v: 1, type: "trustee-key" }, "trustee key");
  return { name: identifier(parts.name, "name"), seed: unhex(parts.seed, 32, "seed") };
}

/** The content of `trustee-NAME.age`. Takes about a second: on a worker. @param {Key} key @param {string} passphrase */
export const protect = (key, passphrase, entropy, workFactor = WORK_FACTOR) =>
  encryptPassphrase(plainOf(key), checkPassphrase(passphrase), entropy, workFactor);

/** The key in a file. Throws `Refused`. @param {Uint8Array} data @param {string} passphrase @param {string} file its name @returns {Key} */
export function unprotect(data, passphrase, file) {
  try {
    return keyOf(decryptPassphrase(data, passphrase));
  } catch (error) {
    if (error instanceof WrongPassphrase) throw new Refused("sealing.passphrase_wrong", { file }, "passphrase");
    if (!(error instanceof Malformed)) throw error;
    throw new Refused("sealing.key_file_refused", { file, reason: error.message }, "key");
  }
}

/** The enrolment file that the centre takes: public keys only. @param {Key} key */
export function enrolment({ name, seed }) {
  const { pub, signSeed } = trusteeOf(seed);
  const sig = hex(ed25519.sign(lp("bidseal/v1 enrol", name, pub), signSeed));
  return { v: 1, type: "trustee", name, pub: hex(pub), sign: hex(publicKey(signSeed)), sig };
}

/** What the holder and the one who confirms compare: six groups. @param {{ name: string, pub: string, sign: string }} card */
export function fingerprint({ name, pub, sign }) {
  const digest = hex(sha(lp("bidseal/v1 trustee card", name, unhex(pub, 32, "pub"), unhex(sign, 32, "sign"))));
  return digest.slice(0, 24).match(/.{4}/g).join(" ");
}

/**
 * The answer to a key drill. The dealing is checked under the drill's own ctx before anything is multiplied: a share
 * copied from a bid is refused here. Throws `Refused`.
 * @param {Uint8Array} data of the drill file
 * @param {string} file its name
 * @param {Uint8Array} seed
 * @param {import("../core/entropy.js").Entropy} entropy
 */
export function answerDrill(data, file, seed, entropy) {
  try {
    return answered(loads(data), seed, entropy);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new Refused("sealing.drill_refused", { file, reason: error.message }, "drill");
  }
}

function answered(value, seed, entropy) {
  const parts = exactly(value, "v type drill trustee pub dealing", "drill");
  constants(parts, { v: 1, type: "drill" }, "drill");
  const name = identifier(parts.trustee, "drill: trustee");
  const trustee = trusteeOf(seed);
  if (parts.pub !== hex(trustee.pub)) throw new Malformed("drill: is for another key than this one");
  const ctx = sha(lp(DRILL_TAG, trustee.pub, textOf(parts.drill, "drill: drill")));
  checkDealing(ctx, 1, [trustee.pub], parts.dealing);
  const share = makeShare(ctx, 1, trustee, unhex(parts.dealing.E[0], 32, "drill: E"), entropy);
  const answer = { v: 1, type: "drill-answer", drill: parts.drill, trustee: name, share };
  return { answer, sig: signObject(trustee.signSeed, DRILL_TAG, answer) };
}
