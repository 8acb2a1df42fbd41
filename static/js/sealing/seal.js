/** A tender, an offer and files become a sealed bid: one pass over the files, nothing of them anywhere else. */

import { hex, unhex } from "../core/bytes.js";
import { systemEntropy } from "../core/entropy.js";
import { Malformed, Refused, fileRefused } from "../core/refused.js";
import { checkUscc } from "../core/uscc.js";
import { encrypt, sealedSize } from "./age.js";
import { checkName, indexBytes, padme, sheetBytes } from "./container.js";
import { Crew } from "./crew.js";
import { signManifest, signSupersede, signer } from "./manifest.js";
import { envelopeCtx } from "./panel.js";
import { readOffer, slotIn } from "./tender.js";
import { sealVolume, volumeSizes } from "./volumes.js";

const NO_HASH = "0".repeat(64);
const LONGEST_NAME = 200;

/**
 * Seal a bid. The caller must have compared the tender's panel hash with the printed notice, and must keep `bidKey`.
 *
 * Throws `Refused` for what the tenderer can put right, `AbortError` when `signal` says so, and what a sink throws.
 * @param {{
 *   tender: import("./tender.js").Tender,
 *   lot: string,
 *   tenderer: { name: string, uscc: string },
 *   fields: Record<string, string | number | null>,
 *   files: { file: Blob, name?: string, slot: string }[],
 *   client: string,
 *   supersedes?: import("./keys.js").BidKey,
 *   entropy?: import("../core/entropy.js").Entropy,
 * }} bid `client` is the bundle's SHA-256 in hex; `entropy` is for test vectors only
 * @param {{
 *   sink: (envelope: string, n: number, file: { size: number }) => import("./volumes.js").Writer | Promise<import("./volumes.js").Writer>,
 *   onProgress?: (progress: { done: number, total: number, file: string | null }) => void,
 *   signal?: AbortSignal,
 *   workers?: import("./crew.js").Program,
 * }} where
 */
export async function seal(bid, { sink, onProgress = () => {}, signal, workers = import.meta.url }) {
  const job = new Job(bid);
  const crew = Crew.start(workers);
  try {
    return await job.run(crew, sink, onProgress, signal);
  } finally {
    crew.stop();
  }
}

class Job {
  #tender;
  #tenderer;
  #fields;
  #sources;
  #entropy;
  #lot;
  #client;
  #seed;
  #supersedes;
  #bidKey;
  #manifest;
  /** The envelope of every field. @type {Map<string, string>} */
  #sheetOf;

  constructor({ tender, lot, tenderer, fields, files, client, supersedes = null, entropy = systemEntropy }) {
    const { panel, lots } = tender;
    if (!lots.has(lot)) throw new Refused("sealing.lot_unknown", { lot, lots: [...lots.keys()].join("、") }, "lot");
    this.#tender = tender;
    this.#lot = lot;
    this.#sheetOf = new Map(lots.get(lot).fields.map(({ name, envelope }) => [name, envelope]));
    this.#client = client;
    this.#fields = readOffer(lots.get(lot), fields);
    this.#tenderer = tendererOf(tenderer);
    this.#sources = sourcesOf(files, lots.get(lot));
    this.#supersedes = supersedes;
    if (supersedes && (supersedes.project !== panel.project || supersedes.lot !== lot || supersedes.panel !== panel.hash)) {
      throw new Refused("sealing.other_tender", { project: supersedes.project, lot: supersedes.lot }, "replaces");
    }
    this.#entropy = entropy;
    this.#seed = entropy.bytes(32);
  }

  /** Deal every envelope's key, and write the manifest with places for the hashes. */
  async #deal(crew) {
    const { panel } = this.#tender;
    const { signPub, uid } = signer(this.#seed);
    const place = { project: panel.project, lot: this.#lot, panel: panel.hash, bid: uid };
    const pubs = panel.seats.map(({ pub }) => pub);
    const [identities, envelopes] = [[], []];
    for (const { id, public: isPublic } of panel.envelopes) {
      const ctx = envelopeCtx(panel.hash, uid, id);
      const { dealing, identity, recipient } = await crew.deal(ctx, panel.k, pubs, this.#entropy);
      identities.push({ envelope: id, identity });
      envelopes.push({ id, recipient, dealing, files: isPublic ? [] : this.#places(id) });
    }
    this.#bidKey = { v: 1, type: "bid-key", ...place, sign_seed: hex(this.#seed), identities };
    this.#manifest = {
      v: 1,
      type: "bid",
      ...place,
      sign_pub: signPub,
      supersedes: this.#supersedes?.bid ?? null,
      client: this.#client,
      envelopes,
    };
  }

  #sourcesIn(envelope) {
    return this.#sources.filter((each) => each.envelope === envelope);
  }

  /** The volumes' places in the manifest; the index's, number 0, is taken when its size is known. */
  #places(envelope) {
    const sizes = this.#sourcesIn(envelope).flatMap(({ sizes: volumes }) => volumes.map((size) => sealedSize(padme(size))));
    return [{ n: 0, size: 0, sha256: NO_HASH }, ...sizes.map((size, place) => ({ n: place + 1, size, sha256: NO_HASH }))];
  }

  async run(crew, sink, onProgress, signal) {
    await this.#deal(crew);
    const total = this.#sources.reduce((sum, { file }) => sum + file.size, 0);
    const progress = { done: 0, total, file: null };
    const tell = (file, count) => {
      Object.assign(progress, { done: progress.done + count, file });
      onProgress({ ...progress });
    };
    const sheets = {};
    for (const [place, envelope] of this.#manifest.envelopes.entries()) {
      if (this.#tender.panel.envelopes[place].public) sheets[envelope.id] = await this.#writeSheet(envelope, crew, sink);
      else await this.#writeFiles(envelope, crew, sink, signal, tell);
    }
    const manifest = this.#manifest;
    const sig = signManifest(this.#seed, manifest);
    const old = this.#supersedes;
    // What the server will check is checked here, where the tenderer can still do something about it.
    await crew.check(manifest, sig, this.#tender.panel);
    return {
      manifest,
      sig,
      supersedes_sig: old && signSupersede(unhex(old.sign_seed, 32, "sign_seed"), manifest),
      uid: manifest.bid,
      sheets,
      bidKey: this.#bidKey,
    };
  }

  /** The sheet's hash, as it will be read out. */
  async #writeSheet(envelope, crew, sink) {
    const { project, lot, bid } = this.#manifest;
    const { plain, sha256 } = sheetBytes({
      project,
      lot,
      bid,
      envelope: envelope.id,
      tenderer: this.#tenderer,
      fields: Object.fromEntries(Object.entries(this.#fields).filter(([name]) => this.#sheetOf.get(name) === envelope.id)),
    });
    await this.#writeSmall(envelope, plain, crew, sink);
    return sha256;
  }

  /** A small file as number 0 of its envelope. */
  async #writeSmall(envelope, plain, crew, sink) {
    const sealed = encrypt(plain, envelope.recipient, this.#entropy);
    const size = sealed.length;
    const writer = await sink(envelope.id, 0, { size });
    const hash = crew.hash(writer.path);
    for (const chunk of await hash.through([sealed])) await writer.write(chunk);
    envelope.files[0] = { n: 0, size, sha256: await hash.digest() };
    await writer.close();
  }

  async #writeFiles(envelope, crew, sink, signal, tell) {
    const entries = [];
    let n = 1;
    for (const { file, name, slot, sizes } of this.#sourcesIn(envelope.id)) {
      const hash = crew.hash();
      const first = n;
      let start = 0;
      for (const size of sizes) {
        const written = envelope.files[n];
        const writer = await sink(envelope.id, n, { size: written.size });
        written.sha256 = await sealVolume({
          source: { file, name, hash },
          start,
          size,
          recipient: envelope.recipient,
          writer,
          crew,
          entropy: this.#entropy,
          signal,
          onBytes: (count) => tell(name, count),
        });
        await writer.close();
        start += size;
        n += 1;
      }
      const volumes = sizes.map((_, place) => first + place);
      entries.push({ name, slot, size: file.size, sha256: await hash.digest(), volumes });
    }
    await this.#writeSmall(envelope, indexBytes(this.#manifest.bid, envelope.id, entries), crew, sink);
  }
}

function tendererOf({ name, uscc }) {
  const trimmed = name.trim();
  if (!trimmed || [...name].length > LONGEST_NAME) throw new Refused("sealing.tenderer_name", {}, "name");
  return { name: trimmed, uscc: checkUscc(uscc) };
}

function sourcesOf(files, lot) {
  const names = new Set();
  return files.map(({ file, name = file.name, slot }) => {
    const { envelope } = slotIn(lot, slot);
    try {
      checkName(name, "name");
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      throw fileRefused(name, "file.name");
    }
    const place = `${slot}/${name}`; // a name has no slash: two slots may have papers of one name
    if (names.has(place)) throw fileRefused(name, "file.twice");
    names.add(place);
    return { file, name, slot, envelope, sizes: volumeSizes(file.size) };
  });
}
