/** What lies inside the envelopes: sheets, indexes, volumes and their padding (protocol §3.4). */

import { concat, hex, sha, unhex } from "../core/bytes.js";
import { array, constants, dumps, exactly, integer, isObject, loads, textOf } from "../core/canonical.js";
import { Malformed } from "../core/refused.js";

/** Sheets and indexes are padded to a multiple of this. */
export const BLOCK = 4096;
/** The largest plaintext of one file of an envelope: the unit of retry. */
export const VOLUME = 256 * 1024 * 1024;

const SPACE = 0x20;
const UNSAFE = /[/\\\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

/**
 * One of the tenderer's files: its size and hash are of the whole plaintext without padding.
 * @typedef {{ name: string, slot: string, size: number, sha256: string, volumes: number[] }} IndexEntry
 */

/** The padded length of a file: at most 12 % more, and few distinct sizes (Padmé). @param {number} length */
export function padme(length) {
  if (length < BLOCK) return BLOCK;
  const exponent = bits(length) - 1;
  const step = 2 ** (exponent - bits(exponent));
  return Math.ceil(length / step) * step;
}

const bits = (number) => number.toString(2).length;

/** How many volumes a file of `size` bytes is cut into; an empty file has one. @param {number} size */
export const volumeCount = (size) => Math.max(1, Math.ceil(size / VOLUME));

/** The JCS of an object, then spaces up to the next multiple of 4096 bytes. @param {object} value */
export function padJson(value) {
  const text = dumps(value);
  return concat(text, new Uint8Array((BLOCK - (text.length % BLOCK)) % BLOCK).fill(SPACE));
}

function unpadJson(plain, what) {
  let end = plain.length;
  while (end && plain[end - 1] === SPACE) end -= 1;
  const text = plain.subarray(0, end);
  if (plain.length !== Math.ceil(end / BLOCK) * BLOCK) {
    throw new Malformed(`${what}: not padded to the next multiple of ${BLOCK} bytes`);
  }
  const value = loads(text);
  if (!isObject(value)) throw new Malformed(`${what}: not an object`);
  if (hex(dumps(value)) !== hex(text)) throw new Malformed(`${what}: not canonical JSON`);
  return { value, sha256: hex(sha(text)) };
}

/**
 * The plaintext of a sheet, padded, and its hash (hex) as it will be read out.
 * @param {{ project: string, lot: string, bid: string, envelope: string, tenderer: { name: string, uscc: string },
 *   fields: Record<string, string | number | null> }} sheet
 */
export function sheetBytes(sheet) {
  const value = { v: 1, ...sheet };
  return { plain: padJson(value), sha256: hex(sha(dumps(value))) };
}

/**
 * A sheet and its hash. Throws `Malformed` unless it is well-formed and names this very place.
 * @param {Uint8Array} plain
 * @param {{ project: string, lot: string, bid: string, envelope: string }} place
 */
export function parseSheet(plain, { project, lot, bid, envelope }) {
  const { value, sha256 } = unpadJson(plain, "sheet");
  const sheet = exactly(value, "v project lot bid envelope tenderer fields", "sheet");
  constants(sheet, { v: 1, project, lot, bid, envelope }, "sheet");
  const tenderer = exactly(sheet.tenderer, "name uscc", "sheet: tenderer");
  textOf(tenderer.name, "sheet: tenderer: name");
  textOf(tenderer.uscc, "sheet: tenderer: uscc");
  if (!isObject(sheet.fields)) throw new Malformed("sheet: fields: not an object");
  return { sheet, sha256 };
}

/**
 * The plaintext of file 0 of an envelope that is not public, padded.
 * @param {string} bid
 * @param {string} envelope
 * @param {IndexEntry[]} files
 */
export const indexBytes = (bid, envelope, files) => padJson({ v: 1, bid, envelope, files });

/**
 * The files of an envelope that holds `volumes` volumes: each volume in exactly one file, in order. Throws `Malformed`.
 * @param {Uint8Array} plain
 * @param {{ bid: string, envelope: string, volumes: number }} place
 * @returns {IndexEntry[]}
 */
export function parseIndex(plain, { bid, envelope, volumes }) {
  const parts = exactly(unpadJson(plain, "index").value, "v bid envelope files", "index");
  constants(parts, { v: 1, bid, envelope }, "index");
  const files = array(parts.files, "index: files").map((item, place) => indexEntry(item, `index: files[${place}]`));
  const taken = files.flatMap((file) => file.volumes);
  if (taken.length !== volumes || taken.some((n, place) => n !== place + 1)) {
    throw new Malformed(`index: the files do not take up the volumes 1 to ${volumes}, each once and in order`);
  }
  return files;
}

function indexEntry(item, what) {
  const parts = exactly(item, "name slot size sha256 volumes", what);
  const size = integer(parts.size, `${what}: size`);
  const volumes = array(parts.volumes, `${what}: volumes`).map((n) => integer(n, `${what}: volumes`, 1));
  if (volumes.length !== volumeCount(size)) {
    throw new Malformed(`${what}: ${size} bytes do not take ${volumes.length} volumes`);
  }
  unhex(parts.sha256, 32, `${what}: sha256`);
  const name = checkName(parts.name, `${what}: name`);
  return { name, slot: textOf(parts.slot, `${what}: slot`), size, sha256: parts.sha256, volumes };
}

/** A bare file name: no path, no control or direction signs, at most 200 signs. @param {unknown} value @param {string} what */
export function checkName(value, what) {
  const name = textOf(value, what);
  if (!/[^. ]/.test(name) || [...name].length > 200 || UNSAFE.test(name)) {
    throw new Malformed(`${what}: not a bare file name`);
  }
  return name;
}
