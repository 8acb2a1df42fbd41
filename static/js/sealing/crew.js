/**
 * Who does the heavy work: workers where there are any, else this very thread.
 *
 * A crew seals runs of records, hashes streams and stretches passphrases. Buffers are handed over, not copied: what
 * was given away must not be used again until it comes back.
 */

import { hex } from "../core/bytes.js";
import { Alone, Hand, answer } from "../core/hands.js";
import { deal, identityOf, recipientOf } from "./dealing.js";
import { newHash } from "./hash.js";
import { unsealBidKey } from "./keys.js";
import { checkManifest } from "./manifest.js";
import { sealRun } from "./records.js";
import { stretch } from "./stretch.js";

const WORKER = "bidseal";

/** @typedef {import("../core/hands.js").Program} Program */

/** The hashes that are under way, by number; and the files that what is hashed goes into, by the same. */
const hashes = new Map();
const files = new Map();
let hashing = 0;

/** What a hand can be asked. */
const acts = {
  async seal({ key, counter, last, source, length }) {
    const plain = await blockOf(source, length);
    return { plain, sealed: await sealRun(key, counter, last, plain) };
  },
  async update({ id, path, bytes, count }) {
    if (!hashes.has(id)) hashes.set(id, await newHash());
    const hash = hashes.get(id);
    if (count !== undefined) return void hash.update(bytes.subarray(0, count));
    if (path && !files.has(id)) files.set(id, await Kept.at(path));
    const file = files.get(id);
    for (const chunk of bytes) {
      hash.update(chunk);
      file?.write(chunk);
    }
    return { bytes: file ? [] : bytes };
  },
  async digest({ id }) {
    const hash = hashes.get(id) ?? (await newHash());
    hashes.delete(id);
    files.get(id)?.close(); // on the disk before anybody is told its hash
    files.delete(id);
    return hex(hash.digest());
  },
  deal({ ctx, k, pubs, random }) {
    const { dealing, secret } = deal(ctx, k, pubs, onceFrom(random));
    const identity = identityOf(secret, ctx);
    return { dealing, identity, recipient: recipientOf(identity) };
  },
  check: ({ manifest, sig, panel }) => void checkManifest(manifest, sig, panel),
  stretch: ({ passphrase }) => stretch(passphrase),
  open: ({ data, passphrase, file }) => unsealBidKey(data, passphrase, file),
};

/** The bytes of a piece of a file, zeros after its own. */
async function blockOf(source, length) {
  const data = new Uint8Array(await source.arrayBuffer());
  if (data.length !== source.size) throw new DOMException("the file was cut short", "NotReadableError");
  if (data.length === length) return data;
  const block = new Uint8Array(length);
  block.set(data);
  return block;
}

/** A new file among those that the browser keeps for this site. */
class Kept {
  #file;
  #size = 0;

  /** @param {string[]} path the folders' names, then its own */
  static async at(path) {
    let folder = await navigator.storage.getDirectory();
    for (const name of path.slice(0, -1)) folder = await folder.getDirectoryHandle(name, { create: true });
    const file = new Kept();
    file.#file = await (await folder.getFileHandle(path.at(-1), { create: true })).createSyncAccessHandle();
    file.#file.truncate(0);
    return file;
  }

  /** @param {Uint8Array} chunk */
  write(chunk) {
    const count = this.#file.write(chunk, { at: this.#size });
    if (count !== chunk.length) throw new DOMException("the disk took less than it was given", "QuotaExceededError");
    this.#size += count;
  }

  close() {
    this.#file.flush();
    this.#file.close();
  }
}

/** Bytes that were drawn elsewhere, handed out once. */
function onceFrom(random) {
  let place = 0;
  return { bytes: (count) => random.subarray(place, (place += count)) };
}

/** In a worker that a crew has started, answer it. Anywhere else, nothing. */
export const serve = () => answer(WORKER, acts);

/** A page may start a worker from this code's own address or text only (Trusted Types). */
const scripts = globalThis.trustedTypes?.createPolicy(WORKER, {
  createScriptURL(url) {
    if (url !== import.meta.url && !url.startsWith("blob:")) throw new TypeError("not this program's address");
    return url;
  },
});

/** Hands of different skills: sealing scales with the cores, a hash cannot be divided. */
export class Crew {
  #sealers;
  #hashers;
  #turn = 0;

  constructor(sealers, hashers) {
    this.#sealers = sealers;
    this.#hashers = hashers;
  }

  /** @param {Program} program */
  static start(program) {
    if (program === null || typeof Worker === "undefined") return new Crew([new Alone(acts)], [new Alone(acts)]);
    const cores = navigator.hardwareConcurrency ?? 2;
    const hands = (count) => Array.from({ length: count }, () => new Hand(program, WORKER, scripts));
    return new Crew(hands(cores > 3 ? 2 : 1), hands(2));
  }

  /** One hand, for all but sealing. @param {Program} program */
  static single(program) {
    const alone = program === null || typeof Worker === "undefined";
    return new Crew([], [alone ? new Alone(acts) : new Hand(program, WORKER, scripts)]);
  }

  /**
   * Seal a piece of a file, zeros after it up to `length`, as records from number `counter` on: `{plain, sealed}`, the
   * latter in chunks.
   * @param {Uint8Array} key
   * @param {number} counter
   * @param {boolean} last
   * @param {Blob} source
   * @param {number} length
   */
  seal(key, counter, last, source, length) {
    this.#turn = (this.#turn + 1) % this.#sealers.length;
    return this.#sealers[this.#turn].ask("seal", { key, counter, last, source, length });
  }

  /**
   * A SHA-256 that runs beside: `through(chunks)` gives the chunks back, `take(bytes, count)` keeps them, `digest()` is
   * the hash in hex. With a `path` the chunks go through into that file of the browser's own, and none comes back; the
   * digest is given once they are on the disk.
   * @param {string[]} [path]
   */
  hash(path) {
    hashing += 1;
    const id = hashing;
    const hand = this.#hashers[id % this.#hashers.length];
    return {
      through: async (chunks) => (await hand.ask("update", { id, path, bytes: chunks })).bytes,
      take: (bytes, count) => hand.ask("update", { id, bytes, count }),
      digest: () => hand.ask("digest", { id }),
    };
  }

  /** Deal a fresh secret: `{dealing, identity, recipient}`. The randomness is drawn here, in the page. */
  deal(ctx, k, pubs, entropy) {
    const random = entropy.bytes(64 * (k + pubs.length));
    return this.#hashers[0].ask("deal", { ctx, k, pubs, random });
  }

  /** `manifest.checkManifest`. */
  check = (manifest, sig, panel) => this.#hashers[0].ask("check", { manifest, sig, panel });
  /** `stretch.stretch`. */
  stretch = (passphrase) => this.#hashers[0].ask("stretch", { passphrase });
  /** `keys.unsealBidKey`. */
  open = (data, passphrase, file) => this.#hashers[0].ask("open", { data, passphrase, file });

  stop() {
    for (const hand of [...this.#sealers, ...this.#hashers]) hand.stop();
  }
}
