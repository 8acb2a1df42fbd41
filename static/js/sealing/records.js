/**
 * Runs of age records by the browser's own ChaCha20-Poly1305, which takes a third of noble's time. Browsers have had it
 * for a short while, and only where the page came by HTTPS; everywhere else noble seals the same bytes.
 */

import { RECORD, nonceOf, sealRecords } from "./age.js";

const NAME = "ChaCha20-Poly1305";

/** The key for the browser's own cipher; `null` where it has none. @param {Uint8Array} key */
const native = (key) =>
  Promise.resolve(globalThis.crypto?.subtle?.importKey("raw-secret", key, NAME, false, ["encrypt"])).catch(() => null);

/**
 * As `age.sealRecords`, whose bytes these are, in one chunk or one for each record: what the browser gives is passed on
 * as it is, for copied away it would lie in memory until it is collected.
 * @returns {Promise<Uint8Array[]>}
 */
export async function sealRun(key, counter, last, plain) {
  const own = await native(key);
  if (!own) return [sealRecords(key, counter, last, plain)];
  const count = Math.max(1, Math.ceil(plain.length / RECORD));
  const sealOne = async (_, record) => {
    const iv = nonceOf(counter + record, last && record === count - 1);
    const data = plain.subarray(record * RECORD, (record + 1) * RECORD);
    return new Uint8Array(await crypto.subtle.encrypt({ name: NAME, iv }, own, data));
  };
  return Promise.all(Array.from({ length: count }, sealOne));
}
