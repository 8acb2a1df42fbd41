/** The `.bidseal` package (protocol §3.7): a zip of stored entries, for a plain form or a USB stick. */

import { utf8 } from "../core/bytes.js";
import { dumps } from "../core/canonical.js";

const MANIFEST = "manifest.json";
const DAY_ONE = 0x0021; // 1980-01-01: a package says nothing about when it was made
/** What is gathered before it becomes a Blob: of smaller ones the browser keeps account one by one. */
const PIECE = 1024 * 1024;
const MAX16 = 0xffff;
const MAX32 = 0xffffffff;
const ZIP64 = 1;
/** CRC-32 by four bytes at a time ("slicing"). */
const TABLES = (() => {
  const tables = Array.from({ length: 4 }, () => new Uint32Array(256));
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    tables[0][byte] = crc;
  }
  for (let byte = 0; byte < 256; byte += 1) {
    for (let k = 1; k < 4; k += 1) {
      const before = tables[k - 1][byte];
      tables[k][byte] = (before >>> 8) ^ tables[0][before & 255];
    }
  }
  return tables;
})();

/** The CRC-32 of bytes that follow on those of `crc`. @param {Uint8Array} data */
export function crc32(data, crc = 0) {
  const [t0, t1, t2, t3] = TABLES;
  let c = ~crc;
  let place = 0;
  for (const end = data.length - 3; place < end; place += 4) {
    c ^= data[place] | (data[place + 1] << 8) | (data[place + 2] << 16) | (data[place + 3] << 24);
    c = t3[c & 255] ^ t2[(c >>> 8) & 255] ^ t1[(c >>> 16) & 255] ^ t0[c >>> 24];
  }
  for (; place < data.length; place += 1) c = t0[(c ^ data[place]) & 255] ^ (c >>> 8);
  return ~c >>> 0;
}

/**
 * A sink that gathers what `seal` seals, and makes a package of it.
 *
 * The manifest stands first in a package and is known last, so the sealed files wait as Blobs, which the browser
 * keeps outside of the page's memory.
 */
export class Package {
  #files = new Map();

  /** For `seal`'s `sink`. */
  sink = (envelope, n) => {
    const parts = [];
    let pieces = [];
    let [size, crc, kept] = [0, 0, 0];
    const settle = () => {
      parts.push(new Blob(pieces));
      [pieces, kept] = [[], size];
    };
    return {
      write(chunk) {
        crc = crc32(chunk, crc);
        size += chunk.length;
        pieces.push(chunk);
        if (size - kept >= PIECE) settle();
      },
      close: () => {
        settle();
        this.#files.set(`${envelope}/${n}.age`, { parts, size, crc });
      },
    };
  };

  /** One sealed file, to be sent by itself and as often as it takes. @param {string} envelope @param {number} n */
  file(envelope, n) {
    return new Blob(this.#files.get(`${envelope}/${n}.age`).parts);
  }

  /**
   * The whole package; `stream()` of it writes it out piece by piece.
   * @param {{ manifest: object, sig: string, supersedes_sig: string | null }} sealed what `seal` gave
   */
  finish({ manifest, sig, supersedes_sig }) {
    const head = dumps({ manifest, sig, supersedes_sig });
    const entries = [{ name: MANIFEST, parts: [head], size: head.length, crc: crc32(head) }];
    for (const { id, files } of manifest.envelopes) {
      for (const { n } of files) entries.push({ name: `${id}/${n}.age`, ...this.#files.get(`${id}/${n}.age`) });
    }
    const parts = [];
    let offset = 0;
    for (const entry of entries) {
      entry.offset = offset;
      const local = localHeader(entry);
      parts.push(local, ...entry.parts);
      offset += local.length + entry.size;
    }
    return new Blob([...parts, ...directory(entries, offset)], { type: "application/octet-stream" });
  }
}

/** Fields of 2, 4 or 8 bytes, little-endian, then bytes as they are. */
function record(fields, ...tails) {
  const size = fields.reduce((sum, [width]) => sum + width, 0);
  const out = new Uint8Array(size + tails.reduce((sum, tail) => sum + tail.length, 0));
  const view = new DataView(out.buffer);
  let place = 0;
  for (const [width, value] of fields) {
    if (width === 2) view.setUint16(place, value, true);
    else if (width === 4) view.setUint32(place, value, true);
    else view.setBigUint64(place, BigInt(value), true);
    place += width;
  }
  for (const tail of tails) {
    out.set(tail, place);
    place += tail.length;
  }
  return out;
}

const localHeader = ({ name, size, crc }) =>
  record(
    [[4, 0x04034b50], [2, 20], [2, 0], [2, 0], [2, 0], [2, DAY_ONE], [4, crc], [4, size], [4, size], [2, name.length], [2, 0]],
    utf8(name),
  );

function central({ name, size, crc, offset }) {
  const large = offset >= MAX32;
  const version = large ? 45 : 20;
  const extra = large ? record([[2, ZIP64], [2, 8], [8, offset]]) : new Uint8Array(0);
  return record(
    [
      [4, 0x02014b50], [2, version], [2, version], [2, 0], [2, 0], [2, 0], [2, DAY_ONE], [4, crc], [4, size], [4, size],
      [2, name.length], [2, extra.length], [2, 0], [2, 0], [2, 0], [4, (0o100600 << 16) >>> 0],
      [4, Math.min(offset, MAX32)],
    ],
    utf8(name),
    extra,
  );
}

function directory(entries, start) {
  const parts = entries.map(central);
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  const count = entries.length;
  if (start >= MAX32 || count >= MAX16) {
    parts.push(
      record([
        [4, 0x06064b50], [8, 44], [2, 45], [2, 45], [4, 0], [4, 0], [8, count], [8, count], [8, size], [8, start],
      ]),
      record([[4, 0x07064b50], [4, 0], [8, start + size], [4, 1]]),
    );
  }
  const few = Math.min(count, MAX16);
  parts.push(
    record([[4, 0x06054b50], [2, 0], [2, 0], [2, few], [2, few], [4, Math.min(size, MAX32)], [4, Math.min(start, MAX32)], [2, 0]]),
  );
  return parts;
}
