/** The opening package: `bundle.json` without batches, which trustees work from (protocol §6.2, §6.5). */

import { unhex } from "../core/bytes.js";
import { array, exactly, loads, textOf } from "../core/canonical.js";
import { Malformed } from "../core/refused.js";
import { leafHash } from "../verifying/merkle.js";
import { commit, entry } from "../verifying/receipt.js";
import { checkEvent } from "./events.js";
import { LogRecord } from "./record.js";

/** Larger than any opening thought of. */
const LARGEST = 128 * 1024 * 1024;

/** @typedef {{ checkpoints: string[], leaves: string[], opens: { salt: Uint8Array, event: any }[] }} Package */

/** A package of which the shape of every object holds; else `Malformed`. @param {Uint8Array} data @returns {Package} */
export function parsePackage(data) {
  const { batches, keys, ...pack } = parseLog(data);
  if (batches.length || keys.length) {
    throw new Malformed("package: holds batches or keys already, so it is a bundle, which trustees do not work on");
  }
  return pack;
}

/** A package with its batches and keys, whose own shapes are not looked at; else `Malformed`. @param {Uint8Array} data */
export function parseLog(data) {
  if (data.length > LARGEST) throw new Malformed(`bundle: larger than ${LARGEST} bytes`);
  const parts = exactly(loads(data), "v checkpoints leaves opens batches keys", "bundle");
  if (parts.v !== 1) throw new Malformed("bundle: v is not 1");
  const leaves = array(parts.leaves, "leaves").map((leaf, place) => textOf(leaf, `leaf ${place}`));
  const opens = array(parts.opens, "opens").map(openedLeaf);
  if (leaves.length !== opens.length) throw new Malformed(`bundle: ${leaves.length} leaves, but ${opens.length} are opened`);
  return {
    checkpoints: array(parts.checkpoints, "checkpoints").map((note, place) => textOf(note, `checkpoint ${place}`)),
    leaves,
    opens,
    batches: array(parts.batches, "batches"),
    keys: array(parts.keys, "keys"),
  };
}

function openedLeaf(item, index) {
  const what = `leaf ${index}`;
  const pair = array(item, what);
  if (pair.length !== 2) throw new Malformed(`${what}: not a salt and an event`);
  const salt = unhex(pair[0], 32, `${what}: salt`);
  try {
    checkEvent(pair[1]);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new Malformed(`${what}: ${error.message}`);
  }
  return { salt, event: pair[1] };
}

/** The leaf hashes, once every leaf was found to open to its event; else `Malformed`, which names the leaf. @param {Package} pack */
export const checkLeaves = ({ leaves, opens }) =>
  opens.map(({ salt, event }, index) => {
    if (leaves[index] !== entry(commit(salt, event))) {
      throw new Malformed(`leaf ${index}: does not open to the event given for it`);
    }
    return leafHash(leaves[index]);
  });

/** What the log of a package says, by the hashes that `checkLeaves` gave. Throws `Malformed`. @param {Package} pack @param {Uint8Array[]} hashes */
export function replay({ opens }, hashes) {
  const record = new LogRecord();
  opens.forEach(({ event }, index) => record.apply(event, hashes[index]));
  if (!record.size) throw new Malformed("log: empty, not even a panel");
  return record;
}
