/**
 * Who does the heavy work: workers where there are any, else this very thread.
 *
 * A crew seals runs of records, hashes streams and stretches passphrases. Buffers are handed over, not copied: what
 * was given away must not be used again until it comes back.
 */

import { hex } from "../core/bytes.js";
import { Malformed, Refused } from "../core/refused.js";
import { sealRecords } from "./age.js";
import { deal, identityOf, recipientOf } from "./dealing.js";
import { newHash } from "./hash.js";
import { sealBidKey, unsealBidKey } from "./keys.js";
import { checkManifest } from "./manifest.js";

const WORKER = "bidseal";

/**
 * What workers run: the address of the bundle; the same as a classic script, for pages from the disk, where browsers
 * start no module; or `null`, for no workers.
 * @typedef {string | { classic: string } | null} Program
 */

/** The hashes that are under way, by number. */
const hashes = new Map();
let hashing = 0;

/** What a hand can be asked. */
const acts = {
  async seal({ key, counter, last, source, length }) {
    const plain = await blockOf(source, length);
    return { plain, sealed: sealRecords(key, counter, last, plain) };
  },
  async update({ id, bytes, count }) {
    if (!hashes.has(id)) hashes.set(id, await newHash());
    hashes.get(id).update(count === undefined ? bytes : bytes.subarray(0, count));
    return count === undefined ? { bytes } : {};
  },
  async digest({ id }) {
    const hash = hashes.get(id) ?? (await newHash());
    hashes.delete(id);
    return hex(hash.digest());
  },
  deal({ ctx, k, pubs, random }) {
    const { dealing, secret } = deal(ctx, k, pubs, onceFrom(random));
    const identity = identityOf(secret, ctx);
    return { dealing, identity, recipient: recipientOf(identity) };
  },
  check: ({ manifest, sig, panel }) => void checkManifest(manifest, sig, panel),
  protect: ({ bidKey, passphrase }) => sealBidKey(bidKey, passphrase),
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

/** Bytes that were drawn elsewhere, handed out once. */
function onceFrom(random) {
  let place = 0;
  return { bytes: (count) => random.subarray(place, (place += count)) };
}

/** Acts done one after the other, in the order in which they were asked for. */
function inTurn() {
  let last = Promise.resolve();
  return (act, args) => {
    const done = last.then(() => acts[act](args));
    last = done.catch(() => {});
    return done;
  };
}

/** In a worker that a crew has started, answer it. Anywhere else, nothing. */
export function serve() {
  if (typeof DedicatedWorkerGlobalScope === "undefined" || self.name !== WORKER) return;
  const ask = inTurn();
  self.onmessage = async ({ data: { act, args } }) => {
    try {
      const answer = await ask(act, args);
      self.postMessage({ answer }, blocksOf(answer));
    } catch (error) {
      const { name, message, code, params, field } = error;
      self.postMessage({ error: { name, message, code, params, field } });
    }
  };
}

/** The blocks in a question or an answer: the one thing that is handed over. */
const blocksOf = (value) =>
  ["plain", "sealed", "bytes"].filter((name) => value?.[name] instanceof Uint8Array).map((name) => value[name].buffer);

/** A page may start a worker from this code's own address or text only (Trusted Types). */
const scripts = globalThis.trustedTypes?.createPolicy(WORKER, {
  createScriptURL(url) {
    if (url !== import.meta.url && !url.startsWith("blob:")) throw new TypeError("not this program's address");
    return url;
  },
});

/** One worker, asked one thing after the other and answering in that order. */
class Hand {
  #worker;
  #waiting = [];

  constructor(program) {
    const [url, type] = typeof program === "string" ? [program, "module"] : [program.classic, "classic"];
    this.#worker = new Worker(scripts?.createScriptURL(url) ?? url, { type, name: WORKER });
    this.#worker.onmessage = ({ data }) => {
      const { resolve, reject } = this.#waiting.shift();
      if (data.error) reject(revived(data.error));
      else resolve(data.answer);
    };
    this.#worker.onerror = (event) => this.#fail(new Error(event.message || "the sealing worker did not start"));
  }

  ask(act, args) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage({ act, args }, blocksOf(args));
    });
  }

  stop() {
    this.#worker.terminate();
    this.#fail(new DOMException("stopped", "AbortError"));
  }

  #fail(error) {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}

function revived({ name, message, code, params, field }) {
  if (name === "Refused") return new Refused(code, params, field);
  if (name === "Malformed") return new Malformed(message);
  return Object.assign(new Error(message), { name });
}

/** This thread. */
class Alone {
  ask = inTurn();

  stop() {}
}

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
    if (program === null || typeof Worker === "undefined") return new Crew([new Alone()], [new Alone()]);
    const cores = navigator.hardwareConcurrency ?? 2;
    const hands = (count) => Array.from({ length: count }, () => new Hand(program));
    return new Crew(hands(cores > 3 ? 2 : 1), hands(2));
  }

  /**
   * Seal a piece of a file, zeros after it up to `length`, as records from number `counter` on: `{plain, sealed}`.
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
   * A SHA-256 that runs beside: `through(bytes)` gives the bytes back, `take(bytes, count)` keeps them, `digest()` is
   * the hash in hex.
   */
  hash() {
    hashing += 1;
    const id = hashing;
    const hand = this.#hashers[id % this.#hashers.length];
    return {
      through: async (bytes) => (await hand.ask("update", { id, bytes })).bytes,
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
  protect = (bidKey, passphrase) => this.#hashers[0].ask("protect", { bidKey, passphrase });
  open = (data, passphrase, file) => this.#hashers[0].ask("open", { data, passphrase, file });

  stop() {
    for (const hand of [...this.#sealers, ...this.#hashers]) hand.stop();
  }
}
