/** Sealing and opening files volume after volume, never holding more of one than a few blocks. */

import { Malformed, fileRefused } from "../core/refused.js";
import { RECORD, begin, openRecords, openedBy } from "./age.js";
import { VOLUME, padme, volumeCount } from "./container.js";

/** Of 4 MiB: every piece that is read, handed over or kept is a question to the browser's other processes. */
const BLOCK = 64 * RECORD;
const SEALED_BLOCK = 16 * (RECORD + 16);
/** How many blocks are on their way at once: enough that no hand waits, few enough that memory stays flat. */
const WINDOW = 3;

/** The plain size of every volume of a file of `size` bytes, before padding. @param {number} size */
export const volumeSizes = (size) =>
  Array.from({ length: volumeCount(size) }, (_, place) => Math.min(VOLUME, size - place * VOLUME));

/**
 * Seal one volume of a file into a writer; its hash (hex).
 * @param {{
 *   source: { file: Blob, name: string, hash: { take: Function } },
 *   start: number, size: number, recipient: string, writer: Writer,
 *   crew: import("./crew.js").Crew, entropy: import("../core/entropy.js").Entropy,
 *   signal?: AbortSignal, onBytes: (count: number) => void,
 * }} job `hash` is of the whole plaintext file and runs on from volume to volume
 * @typedef {{ write(chunk: Uint8Array): unknown, close?(): unknown, path?: string[] }} Writer with a `path`, in the browser's
 *   own files, nothing is given to `write`: the hand that hashes has written it there
 */
export async function sealVolume({ source, start, size, recipient, writer, crew, entropy, signal, onBytes }) {
  const { header, key } = begin(recipient, entropy);
  const hash = crew.hash(writer.path);
  for (const chunk of await hash.through([header])) await writer.write(chunk);
  const padded = padme(size);
  const window = [];
  let [posted, written] = [Promise.resolve(), Promise.resolve()];
  try {
    for (let from = 0; from < padded; from += BLOCK) {
      signal?.throwIfAborted();
      const length = Math.min(BLOCK, padded - from);
      const own = Math.max(0, Math.min(length, size - from));
      const piece = source.file.slice(start + from, start + from + own);
      const sealing = crew.seal(key, from / RECORD, from + length === padded, piece, length);
      // Blocks are hashed in their order, whichever is sealed first; and written in their order, once hashed.
      posted = Promise.all([sealing, posted]).then(([{ plain, sealed }]) => ({
        hashed: Promise.all([hash.through(sealed), source.hash.take(plain, own)]),
      }));
      written = Promise.all([posted, written])
        .then(([{ hashed }]) => hashed)
        .then(async ([sealed]) => {
          for (const chunk of sealed) await writer.write(chunk);
          onBytes(own);
        });
      window.push(written);
      if (window.length >= WINDOW) await window.shift();
    }
    await written;
  } catch (error) {
    if (error.name !== "NotReadableError") throw error; // a sink's, or the crew's
    throw fileRefused(source.name, "file.changed");
  } finally {
    for (const each of window) each.catch(() => {}); // the first that fails is the one that is told
  }
  return hash.digest();
}

/**
 * The plaintext of an age file, block after block. Throws `Malformed`; what came before is genuine and not whole.
 * @param {Blob} file
 * @param {string} identity
 */
export async function* opened(file, identity) {
  const { key, size } = openedBy(new Uint8Array(await file.slice(0, 8192).arrayBuffer()), identity);
  for (let from = size, counter = 0; from === size || from < file.size; from += SEALED_BLOCK, counter += 16) {
    const block = new Uint8Array(await file.slice(from, from + SEALED_BLOCK).arrayBuffer());
    yield openRecords(key, counter, from + SEALED_BLOCK >= file.size, block);
  }
}

/**
 * One of the tenderer's files from its sealed volumes, without padding, as a Blob; checked against the index.
 * @param {Blob[]} volumes
 * @param {string} identity
 * @param {import("./container.js").IndexEntry} entry
 * @param {import("./crew.js").Crew} crew
 */
export async function openFile(volumes, identity, entry, crew) {
  const hash = crew.hash();
  const parts = [];
  let left = entry.size;
  for (const volume of volumes) {
    const size = Math.min(left, VOLUME);
    let place = 0;
    for await (const block of opened(volume, identity)) {
      const own = Math.max(0, Math.min(block.length, size - place));
      if (block.subarray(own).some((byte) => byte !== 0)) throw unpadded(entry);
      place += block.length;
      parts.push(new Blob([block.subarray(0, own)]));
      await hash.take(block, own);
    }
    if (place !== padme(size)) throw unpadded(entry);
    left -= size;
  }
  if (left || (await hash.digest()) !== entry.sha256) {
    throw new Malformed(`${entry.name}: size or hash is not the index's`);
  }
  return new Blob(parts);
}

const unpadded = (entry) => new Malformed(`${entry.name}: a volume is not padded as it should be`);
