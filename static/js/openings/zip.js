/** Reading an `opening.zip` from a file, entry by entry: nothing but the entry that is read is in memory. */

import { Malformed } from "../core/refused.js";

/** Not a whole zip, or no bundle in it: there is nothing that could be judged. */
export class Unreadable extends Malformed {
  name = "Unreadable";
}

const BUNDLE = "bundle.json";
const NAMES = "names.json";
const SEALED = /^sealed\/([0-9a-f]{32})\/([A-Za-z0-9][A-Za-z0-9._-]{0,63})\.age$/;
const NOTICE = /^notices\/[0-9a-f]{64}\.json$/;
const OF_OPENING = (name) => name === BUNDLE || name === NAMES || SEALED.test(name) || NOTICE.test(name);
const MAX_ENTRIES = 100_000;
const MAX_BUNDLE = 128 * 1024 * 1024;
const MAX_NAMES = 16 * 1024 * 1024;
const MAX_NOTICE = 8 * 1024 * 1024;
const [STORED, DEFLATED] = [0, 8];
const [END, CENTRAL, LOCAL] = [0x06054b50, 0x02014b50, 0x04034b50];
const [END_SIZE, CENTRAL_SIZE, LOCAL_SIZE] = [22, 46, 30];
const CHUNK = 1024 * 1024;

/** @typedef {{ name: string, method: number, crc: number, packed: number, size: number, offset: number }} Entry */

/** An `opening.zip`, or another that `belongs` and `needed` describe, and no other file in it. Sizes in it are not believed. */
export class OpeningZip {
  #file;
  /** @type {Map<string, Entry>} */
  #entries = new Map();

  /** @param {Blob} file @param {Entry[]} entries */
  constructor(file, entries) {
    this.#file = file;
    for (const entry of entries) this.#entries.set(entry.name, entry);
  }

  /**
   * `Unreadable` for what is no zip with the file it hangs on, `Malformed` for files that do not belong in it.
   * @param {Blob} file
   */
  static async open(file, belongs = OF_OPENING, needed = BUNDLE) {
    const entries = await directory(file);
    if (entries.length > MAX_ENTRIES) throw new Malformed(`zip: more than ${MAX_ENTRIES} entries`);
    const seen = new Set();
    for (const { name, method, encrypted } of entries) {
      if (!belongs(name)) {
        throw new Malformed(`zip: ${name.slice(0, 100)} does not belong in it`);
      }
      if (seen.has(name)) throw new Malformed(`zip: ${name} stands twice`);
      if (encrypted || (method !== STORED && method !== DEFLATED)) {
        throw new Malformed(`zip: ${name} is encrypted, or packed in a way not known`);
      }
      seen.add(name);
    }
    if (!seen.has(needed)) throw new Unreadable(`zip: no ${needed} in it`);
    return new OpeningZip(file, entries);
  }

  /** The names of the sealed sheets. */
  get sealed() {
    return [...this.#entries.keys()].filter((name) => SEALED.test(name));
  }

  /** The names of the notices' texts; none in a package from before they were carried. */
  get notices() {
    return [...this.#entries.keys()].filter((name) => NOTICE.test(name));
  }

  /** The bytes of one of them. Throws `Malformed`. @param {string} name */
  notice(name) {
    return this.whole(name, MAX_NOTICE);
  }

  /** The bytes of `names.json`, if it is there. Throws `Malformed`. @returns {Promise<Uint8Array | null>} */
  async names() {
    return this.#entries.has(NAMES) ? this.whole(NAMES, MAX_NAMES) : null;
  }

  /** The bytes of `bundle.json`. Throws `Unreadable`. */
  bundle() {
    return this.whole(BUNDLE, MAX_BUNDLE);
  }

  /** A whole entry of at most `limit` bytes. @param {string} name @param {number} limit */
  async whole(name, limit) {
    const parts = [];
    let size = 0;
    for await (const part of this.stream(name)) {
      size += part.length;
      if (size > limit) throw new Malformed(`zip: ${name} is larger than ${limit} bytes`);
      parts.push(part);
    }
    const out = new Uint8Array(size);
    let place = 0;
    for (const part of parts) {
      out.set(part, place);
      place += part.length;
    }
    return out;
  }

  /** An entry piece by piece; `Unreadable` where it is damaged, its checksum among that. @param {string} name */
  async *stream(name) {
    const entry = /** @type {Entry} */ (this.#entries.get(name));
    const packed = await this.#packed(entry);
    let [crc, size] = [0, 0];
    try {
      for await (const part of entry.method === STORED ? slices(packed) : inflated(packed)) {
        crc = crc32(part, crc);
        size += part.length;
        yield part;
      }
    } catch (error) {
      if (error instanceof Malformed) throw error;
      throw new Unreadable(`zip: ${name} is damaged: ${error.message}`);
    }
    if (size !== entry.size || crc !== entry.crc) throw new Unreadable(`zip: ${name} is damaged`);
  }

  async #packed({ name, offset, packed }) {
    const head = await viewOf(this.#file, offset, LOCAL_SIZE);
    if (head === null || head.getUint32(0, true) !== LOCAL) throw new Unreadable(`zip: ${name} is damaged`);
    const [nameSize, extra] = [head.getUint16(26, true), head.getUint16(28, true)];
    const start = offset + LOCAL_SIZE;
    const told = latin(await this.#file.slice(start, start + nameSize).arrayBuffer());
    const from = start + nameSize + extra;
    if (told !== name || from + packed > this.#file.size) throw new Unreadable(`zip: ${name} is damaged`);
    return this.#file.slice(from, from + packed);
  }
}

async function viewOf(file, from, size) {
  if (from < 0 || from + size > file.size) return null;
  return new DataView(await file.slice(from, from + size).arrayBuffer());
}

const latin = (buffer) => Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");

/** What the zip's directory lists. */
async function directory(file) {
  const from = Math.max(0, file.size - END_SIZE - 0xffff);
  const tail = new DataView(await file.slice(from).arrayBuffer());
  let at = tail.byteLength - END_SIZE;
  while (at >= 0 && (tail.getUint32(at, true) !== END || at + END_SIZE + tail.getUint16(at + 20, true) !== tail.byteLength)) at -= 1;
  if (at < 0) throw new Unreadable("zip: cannot be read: it has no directory");
  const [count, size, offset] = [tail.getUint16(at + 10, true), tail.getUint32(at + 12, true), tail.getUint32(at + 16, true)];
  if (count === 0xffff || offset === 0xffffffff || size === 0xffffffff) {
    throw new Unreadable("zip: larger than this page reads; use bidding verify");
  }
  if (offset + size !== from + at) throw new Unreadable("zip: cannot be read: its directory is not where it should be");
  const view = await viewOf(file, offset, size);
  if (view === null) throw new Unreadable("zip: cannot be read: its directory is cut off");
  return listed(view, count);
}

function listed(view, count) {
  const entries = [];
  let place = 0;
  while (entries.length < count) {
    if (place + CENTRAL_SIZE > view.byteLength || view.getUint32(place, true) !== CENTRAL) {
      throw new Unreadable("zip: cannot be read: its directory is damaged");
    }
    const sizes = [28, 30, 32].map((each) => view.getUint16(place + each, true));
    const end = place + CENTRAL_SIZE + sizes.reduce((total, each) => total + each);
    if (end > view.byteLength) throw new Unreadable("zip: cannot be read: its directory is damaged");
    const start = view.byteOffset + place + CENTRAL_SIZE;
    entries.push({
      name: latin(view.buffer.slice(start, start + sizes[0])),
      encrypted: (view.getUint16(place + 8, true) & 1) === 1,
      method: view.getUint16(place + 10, true),
      crc: view.getUint32(place + 16, true),
      packed: view.getUint32(place + 20, true),
      size: view.getUint32(place + 24, true),
      offset: view.getUint32(place + 42, true),
    });
    place = end;
  }
  return entries;
}

async function* slices(blob) {
  for (let place = 0; place < blob.size; place += CHUNK) {
    yield new Uint8Array(await blob.slice(place, place + CHUNK).arrayBuffer());
  }
}

async function* inflated(blob) {
  const reader = blob.stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** CRC-32 of what came before and of `data`. @param {Uint8Array} data @param {number} before */
function crc32(data, before) {
  let value = ~before;
  for (const byte of data) value = (value >>> 8) ^ TABLE[(value ^ byte) & 0xff];
  return ~value >>> 0;
}
