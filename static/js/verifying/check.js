/** Checking a receipt step by step, so that a person can read what was found; nothing is thrown. */

import { hex, sha } from "../core/bytes.js";
import { dumps } from "../core/canonical.js";
import { BadSignature, Malformed, Refused } from "../core/refused.js";
import { checkManifest } from "../sealing/manifest.js";
import { parseTender } from "../sealing/tender.js";
import { leafHash, verifyInclusion } from "./merkle.js";
import { parseHead, parseNote } from "./note.js";
import { commit, entry, namedPanel, parseProof, readExtra } from "./receipt.js";
import { readCheckpoint, satisfied } from "./trust.js";

/**
 * `mark` is how a check ended, `code` its text in `words.js`; `detail` the technical reason, in English.
 * @typedef {{ mark: "holds" | "note" | "refused", code: string, params: Record<string, string | number>, detail?: string }} Finding
 * @typedef {{ name: string, text: string }} TextFile
 */

/**
 * @param {{ receipt: TextFile, tender?: TextFile | null, panel?: string | null }} given `panel` from the printed notice
 * @returns {{ findings: Finding[], facts: Record<string, any> | null, accepted: boolean, complete: boolean }}
 *   `complete` once signatures were checked and the panel compared
 */
export function checkReceipt({ receipt, tender = null, panel = null }) {
  const check = new Check();
  try {
    const read = check.contents(receipt);
    const trusted = check.trust(tender, panel);
    if (trusted) check.signatures(receipt, read, trusted);
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
  }
  return check.result();
}

/** A check failed that those after it stand on. */
class Stop extends Error {}

class Check {
  #findings = [];
  #facts = null;
  #complete = false;

  result() {
    const accepted = this.#facts !== null && !this.#findings.some(({ mark }) => mark === "refused");
    return { findings: this.#findings, facts: this.#facts, accepted, complete: accepted && this.#complete };
  }

  /** What stands in the file, and that it leads to the checkpoint it carries. */
  contents({ name, text }) {
    return this.#attempt("receipt.form", { name }, () => {
      const proof = parseProof(text);
      const { salt, event } = readExtra(proof.extra);
      const head = parseHead(parseNote(proof.note).text);
      const place = { index: proof.index, kind: event.type, size: head.size };
      this.#facts = facts(event, head);
      const leaf = leafHash(entry(commit(salt, event)));
      if (!verifyInclusion(leaf, proof.index, head.size, proof.path, head.root)) this.#refuse("receipt.path", {});
      this.#say("holds", "receipt.path", place);
      return { proof, event, place };
    });
  }

  /** The panel whose policy says which keys count. */
  trust(tender, panel) {
    if (tender === null) {
      this.#say("note", "tender.missing", {});
      return null;
    }
    const { panel: known } = this.#attempt("tender.form", { name: tender.name }, () => parseTender(tender.text));
    const notice = panel?.replace(/\s/g, "").toLowerCase();
    if (!notice) this.#say("note", "panel.unknown", { panel: known.hash });
    else if (notice === known.hash) this.#say("holds", "panel", {});
    else this.#refuse("panel.other", {}, `${known.hash} here, ${notice} in the notice`);
    this.#complete = Boolean(notice);
    return known;
  }

  signatures({ name }, { proof, event, place }, panel) {
    const named = namedPanel(event);
    if (named !== null && named !== panel.hash) this.#refuse("receipt.panel", { name }, `it names ${named}`);
    const { times } = this.#attempt("receipt.signature", { name }, () => readCheckpoint(panel.policy, proof.note));
    this.#facts.witnesses = [...times].map(([witness, at]) => ({ name: panel.policy.witnesses.get(witness).name, at: at[0] }));
    if (event.type === "bid") {
      this.#attempt("manifest", {}, () => checkManifest(event.manifest, event.sig, panel));
      this.#say("holds", "manifest", {});
    }
    const told = { name, index: place.index, kind: place.kind };
    if (satisfied(panel.policy, times.keys())) this.#say("holds", "receipt", told);
    else {
      this.#say("note", "receipt.unwitnessed", told);
      this.#complete = false;
    }
    this.#say("note", "receipt.unplaced", { name });
  }

  #attempt(code, params, act) {
    try {
      return act();
    } catch (error) {
      if (error instanceof Stop || !(error instanceof Malformed || error instanceof BadSignature || error instanceof Refused)) throw error;
      return this.#refuse(code, params, error instanceof Refused ? String(error.params.reason) : error.message);
    }
  }

  #say(mark, code, params) {
    this.#findings.push({ mark, code, params });
  }

  /** @returns {never} */
  #refuse(code, params, detail = undefined) {
    this.#findings.push({ mark: "refused", code, params, detail });
    throw new Stop(code);
  }
}

function facts(event, { origin }) {
  const body = event.manifest ?? event.withdrawal ?? event.order ?? {};
  return {
    kind: event.type,
    at: event.at ?? null,
    project: body.project ?? event.project ?? null,
    lot: body.lot ?? null,
    bid: body.bid ?? null,
    panel: namedPanel(event),
    manifest: event.manifest ? hex(sha(dumps(event.manifest))) : null,
    origin,
    witnesses: [],
  };
}
