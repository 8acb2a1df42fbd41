/**
 * The sealing program of the browser: one bundle, `static/vendor/bidseal.js`, built from here by `make vendor`.
 *
 *   const tender = parseTender(await (await fetch("tender.json")).text(), { panel: "hash from the notice" });
 *   const sealed = await seal(
 *     { tender, lot, tenderer: { name, uscc }, fields, files: [{ file, name, slot }], client, supersedes },
 *     { sink: (envelope, n, { size }) => ({ write(chunk) {}, close() {} }), onProgress, signal },
 *   );
 *   sealed: { manifest, sig, supersedes_sig, uid, sheets, bidKey }; sheets: the SHA-256 of each, by its envelope
 *
 *   seal            A sink gets every sealed file in chunks, in order, and is waited for. The volumes come before the
 *                   index, which is number 0; the sizes are those of the manifest. Where it gives a `path`, the file
 *                   there, of the browser's own, gets them in its stead. `client` is this bundle's SHA-256
 *                   in hex, `supersedes` the bid key of the bid to be replaced.
 *   Package         A sink that makes a `.bidseal`: `const pack = new Package()`, `seal(…, { sink: pack.sink })`,
 *                   then `pack.finish(sealed)` is a Blob, and `pack.file(envelope, n)` one sealed file of it.
 *   readOffer       (lot, fields), checkFiles (lot, files): what is wrong or missing, told before it is sealed; seal
 *                   itself asks no more of files than that their slots are known. `lot` is tender.lots.get(code).
 *   shown           (field, value) as it will be read out; aboveCeiling, belowFloor (field, value): it will be rejected.
 *   stretch         (passphrase) → what protectBidKey needs of it. Takes a second on a worker: begin it beside seal.
 *   protectBidKey   (bidKey, stretched) → bytes of `bid-UID.key`; openBidKey (bytes, passphrase, name) → bidKey.
 *   withdraw        (bidKey) → { withdrawal, sig }.
 *   openBid         ({ panel, manifest, bidKey, read: (envelope, n) => Blob }) → { sheets, files }: one's own bid.
 *   verifyReceipt   (text, { panel: tender.panel }) → { index, event, head, witnessed, … } or throws; a page calls it
 *                   before it says "submitted".
 *   checkReceipt    The same step by step, for people; mountReceiptCheck (element, lang) is its form.
 *
 * A `Refused` has a `code`, `params` and a `field`, and `said(refusal, lang)` is its sentence; everything else that is thrown is a fault or somebody's forgery.
 * Loaded as a worker by this same program, it seals and hashes.
 */

import { Malformed } from "./core/refused.js";
import { decrypt } from "./sealing/age.js";
import { parseIndex, parseSheet } from "./sealing/container.js";
import { Crew, serve } from "./sealing/crew.js";
import { checkPassphrase } from "./sealing/keys.js";
import { openFile } from "./sealing/volumes.js";

export { daxie, parseYuan, yuan } from "./core/money.js";
export { BadSignature, Malformed, Refused } from "./core/refused.js";
export { sealBidKey as protectBidKey } from "./sealing/keys.js";
export { Package } from "./sealing/package.js";
export { seal } from "./sealing/seal.js";
export { withdraw } from "./sealing/manifest.js";
export { aboveCeiling, belowFloor, checkFiles, parseTender, readOffer, shown } from "./sealing/tender.js";
export { said } from "./sealing/words.js";
export * as primitives from "./primitives.js";
export { checkReceipt } from "./verifying/check.js";
export { mountReceiptCheck } from "./verifying/desk.js";
export { verifyReceipt } from "./verifying/receipt.js";

export { checkPassphrase };

serve();

/**
 * A passphrase made ready for one key file, whichever bid's it will be. Throws `Refused`.
 * @param {string} passphrase at least 12 signs
 * @returns {Promise<import("./sealing/age.js").Stretched>}
 */
export const stretch = async (passphrase, workers = import.meta.url) =>
  withHand(workers, (crew) => crew.stretch(checkPassphrase(passphrase)));

/**
 * The bid key in a key file, this program's or the command line's. Throws `Refused`.
 * @param {Uint8Array} data
 * @param {string} passphrase
 * @param {string} file the name to call it by
 * @returns {Promise<import("./sealing/keys.js").BidKey>}
 */
export const openBidKey = async (data, passphrase, file, workers = import.meta.url) =>
  withHand(workers, (crew) => crew.open(data, passphrase, file));

/**
 * What one sealed, opened with its key: `{ sheets, files: [{ name, slot, size, file: Blob }] }`, sheets by envelope. Throws `Malformed`.
 * @param {{ panel: import("./sealing/panel.js").Panel, manifest: any, bidKey: import("./sealing/keys.js").BidKey,
 *   read: (envelope: string, n: number) => Blob | Promise<Blob> }} bid
 */
export const openBid = ({ panel, manifest, bidKey, read }, workers = import.meta.url) =>
  withHand(workers, async (crew) => {
    const { project, lot, bid } = manifest;
    const opened = { sheets: {}, files: [] };
    for (const [place, { id, files }] of manifest.envelopes.entries()) {
      const identity = bidKey.identities.find(({ envelope }) => envelope === id)?.identity;
      if (identity === undefined) throw new Malformed(`bid key: no envelope ${id}`);
      const first = decrypt(new Uint8Array(await (await read(id, 0)).arrayBuffer()), identity);
      if (panel.envelopes[place].public) {
        opened.sheets[id] = parseSheet(first, { project, lot, bid, envelope: id }).sheet;
        continue;
      }
      for (const entry of parseIndex(first, { bid, envelope: id, volumes: files.length - 1 })) {
        const volumes = await Promise.all(entry.volumes.map((n) => read(id, n)));
        opened.files.push({ ...entry, file: await openFile(volumes, identity, entry, crew) });
      }
    }
    return opened;
  });

async function withHand(workers, act) {
  const crew = Crew.single(workers);
  try {
    return await act(crew);
  } finally {
    crew.stop();
  }
}
