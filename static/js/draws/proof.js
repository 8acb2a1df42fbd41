/**
 * Checking a `draw.zip` (docs/spec/draw.md): the checks of `bidding verify --draw`, in its order and by its codes.
 */

import { unhex } from "../core/bytes.js";
import { array, constants, exactly, identifier, integer, loads, textOf } from "../core/canonical.js";
import { BadSignature, Malformed } from "../core/refused.js";
import { checkCheckpoints, OtherHistory, quorum, Stranger } from "../opening/batches.js";
import { checkEvent } from "../opening/events.js";
import { replayAll, settle } from "../openings/draws.js";
import { OpeningZip, Unreadable } from "../openings/zip.js";
import { parsePanel } from "../sealing/panel.js";
import { leafHash, Tree } from "../verifying/merkle.js";
import { commit, entry } from "../verifying/receipt.js";
import { LABELS, PROOF } from "./known.js";
import { scenes } from "./scenes.js";

const LARGEST = 128 * 1024 * 1024;
const MAX_LABELS = 64 * 1024;
const TYPES = ["draw-spec", "draw-deal", "draw-closed", "draw-reveal", "draw-call"];
/** What an answer told before the opening is to the rules of calling. */
const TAKEN = { accept: ["accept", null], gone: ["decline", "untold"], skip: ["skip", null] };

/**
 * @typedef {import("../openings/check.js").Finding} Finding
 * @typedef {{ findings: Finding[], draws: import("./scenes.js").Scene[], project: string | null, panel: string | null, size: number | null,
 *   accepted: boolean, complete: boolean }} Report `complete`: accepted, with the log, and the panel was compared with the notice
 */

/** Nothing that follows could be judged. */
class Ended extends Error {}

/**
 * Check the proof of a project's draws. Throws `Unreadable` where there is nothing to judge.
 * @param {{ zip: Blob, panel?: string | null }} given `panel` from the printed notice
 * @returns {Promise<Report>}
 */
export async function checkProof({ zip, panel = null }) {
  const check = new Check(panel?.replace(/\s/g, "").toLowerCase() || null);
  try {
    await check.run(zip);
  } catch (error) {
    if (!(error instanceof Ended)) throw error;
  }
  return check.report();
}

class Check {
  /** @type {Finding[]} */
  #findings = [];
  #draws = [];
  #entries = new Set();
  #asked;
  #panel = null;
  #size = null;

  /** @param {string | null} asked the panel's hash */
  constructor(asked) {
    this.#asked = asked;
  }

  report() {
    const accepted = !this.#findings.some(({ mark }) => mark === "refused");
    const open = this.#findings.some(({ code }) => ["panel.unknown", "proof.early"].includes(code));
    const [project, panel] = [this.#panel?.project ?? null, this.#panel?.hash ?? null];
    return { findings: this.#findings, draws: this.#draws, project, panel, size: this.#size, accepted, complete: accepted && !open };
  }

  async run(zip) {
    const archive = await this.#archive(zip);
    const data = await archive.whole(PROOF, LARGEST);
    this.#say("holds", "files");
    const proof = this.#parsed(data);
    const tree = new Tree();
    for (const leaf of proof.leaves) tree.append(leafHash(leaf));
    this.#opened(proof, tree.size);
    this.#anchor();
    const checkpoints = proof.leaves.length ? this.#witnesses(proof, tree) : null;
    if (checkpoints === null) this.#say("note", "proof.early");
    const events = proof.opens.slice(1).map(({ at, event }, place) => /** @type {[number, any]} */ ([at ?? place + 1, event]));
    const say = {
      holds: (code, params) => this.#say("holds", code, params),
      note: (code, params) => this.#say("note", code, params),
      refuse: (code, params, detail) => this.#refuse(code, params, detail),
    };
    const draws = replayAll(this.#panel, events, say);
    if (draws === null) throw new Ended();
    this.#calls(proof.calls, draws);
    const people = settle(draws, this.#panel, checkpoints, await archive.names(), say);
    const regions = this.#entries.has(LABELS) ? this.#labels(await archive.whole(LABELS, MAX_LABELS)) : [];
    const calls = proof.leaves.length ? events.map(([, event]) => event).filter(({ type }) => type === "draw-call") : proof.calls;
    this.#draws = scenes(draws, this.#panel, calls, people, regions);
  }

  #say(mark, code, params = {}, detail = undefined) {
    this.#findings.push({ mark, code, params, ...(detail === undefined ? {} : { detail }) });
  }

  #refuse(code, params, detail) {
    this.#say("refused", code, params, detail instanceof Error ? detail.message : detail);
  }

  /** @returns {never} */
  #end(code, error, params = {}) {
    this.#refuse(code, params, error);
    throw new Ended();
  }

  /** What an act gives; what is malformed in it ends the check. */
  #try(act, code) {
    try {
      return act();
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      return this.#end(code(error), error);
    }
  }

  async #archive(zip) {
    try {
      return await OpeningZip.open(zip, (name) => [PROOF, "names.json", LABELS].includes(name) && this.#entries.add(name), PROOF);
    } catch (error) {
      if (error instanceof Unreadable || !(error instanceof Malformed)) throw error;
      return this.#end("files.extra", error);
    }
  }

  #labels(data) {
    return this.#try(
      () => parseLabels(data),
      () => "proof.shape",
    );
  }

  #parsed(data) {
    const proof = this.#try(
      () => {
        const parsed = parseProof(data);
        this.#panel = parsePanel(parsed.opens[0].event);
        return parsed;
      },
      () => "proof.shape",
    );
    this.#say("holds", "proof");
    return proof;
  }

  /** Every opened leaf is the one that was committed to. */
  #opened({ leaves, opens }, size) {
    if (!leaves.length) return;
    const other = opens.find(({ at, salt, event }) => leaves[at] !== entry(commit(salt, event)));
    if (other) this.#end("leaves.open", `leaf ${other.at}: does not open to the event given for it`);
    this.#size = size;
    this.#say("holds", "proof.leaves", { count: opens.length, size });
  }

  #anchor() {
    const { hash } = this.#panel;
    if (this.#asked === null) this.#say("note", "panel.unknown", { panel: hash });
    else if (this.#asked === hash) this.#say("holds", "panel");
    else this.#refuse("panel.other", {}, `${hash} here, ${this.#asked} in the notice`);
  }

  /** Checkpoints, of which the last covers every leaf and has a quorum. */
  #witnesses({ checkpoints: notes }, tree) {
    const codes = [[BadSignature, "checkpoint.signature"], [OtherHistory, "checkpoint.root"], [Stranger, "checkpoint.stranger"]];
    const checkpoints = this.#try(
      () => checkCheckpoints({ panel: this.#panel, size: tree.size, tree }, notes),
      (error) => codes.find(([type]) => error instanceof type)?.[1] ?? "checkpoint.form",
    );
    this.#say("holds", "checkpoints", { count: checkpoints.length });
    const last = checkpoints.at(-1);
    if (last?.head.size !== tree.size) this.#refuse("checkpoint.last", {}, "leaves stand after it");
    else if (!quorum(this.#panel.policy, last)) this.#refuse("checkpoint.last", {}, "no quorum");
    return checkpoints;
  }

  /** Calls that are told without their reasons, against the same rules as those of a log. */
  #calls(calls, draws) {
    calls.forEach(({ draw, stratum, h, answer: told }, place) => {
      const number = place + 1;
      const calling = draws.find(({ id }) => id === draw)?.calling;
      if (!calling) this.#end("proof.call", `nobody is drawn in ${draw}`, { number });
      const [answer, reason] = TAKEN[told];
      try {
        calling.take({ stratum, h, answer, reason, record: reason });
      } catch (error) {
        if (!(error instanceof Malformed)) throw error;
        this.#end("proof.call", error, { number });
      }
    });
  }
}

/** `draw.json` taken apart, the shape of every object in it checked; else `Malformed`. @param {Uint8Array} data */
export function parseProof(data) {
  const parts = exactly(loads(data), "v type checkpoints leaves opens calls", "proof");
  constants(parts, { v: 1, type: "draw-proof" }, "proof");
  const texts = (name, what) => array(parts[name], name).map((item, place) => textOf(item, `${what} ${place}`));
  const proof = {
    checkpoints: texts("checkpoints", "checkpoint"),
    leaves: texts("leaves", "leaf"),
    opens: array(parts.opens, "opens").map(openedLeaf),
    calls: array(parts.calls, "calls").map(toldCall),
  };
  checkPlaces(proof);
  return proof;
}

/** The names of `labels.json`, else `Malformed`. @param {Uint8Array} data */
function parseLabels(data) {
  const { v, regions } = exactly(loads(data), "v regions", "labels");
  constants({ v }, { v: 1 }, "labels");
  return array(regions, "labels: regions").map((item) => textOf(item, "labels: region"));
}

function openedLeaf(item, place) {
  const what = `opens[${place}]`;
  const triple = array(item, what);
  if (triple.length !== 3) throw new Malformed(`${what}: not an index, a salt and an event`);
  const [at, salt, event] = triple;
  if (at !== null) integer(at, `${what}: index`);
  const raw = unhex(salt, 32, `${what}: salt`);
  checkEvent(event);
  if (!(place === 0 ? ["panel"] : TYPES).includes(event.type)) throw new Malformed(`${what}: ${event.type} does not belong there`);
  return { at, salt: raw, event };
}

function toldCall(item, place) {
  const what = `calls[${place}]`;
  const { draw, stratum, h, answer } = exactly(item, "draw stratum h answer", what);
  unhex(h, 32, `${what}: h`);
  if (typeof answer !== "string" || !Object.hasOwn(TAKEN, answer)) throw new Malformed(`${what}: answer: not known`);
  return { draw: identifier(draw, `${what}: draw`), stratum: identifier(stratum, `${what}: stratum`), h, answer };
}

/** One form or the other, and nothing between. */
function checkPlaces({ checkpoints, leaves, opens, calls }) {
  if (opens.length < 2) throw new Malformed("proof: no draw in it");
  if (leaves.length) {
    let before = -1;
    for (const { at } of opens) {
      if (at === null || at <= before || at >= leaves.length) throw new Malformed("opens: index: not ascending among the leaves");
      before = at;
    }
    if (opens[0].at !== 0) throw new Malformed("opens[0]: index: not the first leaf");
    if (calls.length) throw new Malformed("proof: with a log, calls are in it");
  } else if (checkpoints.length || opens.some(({ at }) => at !== null)) {
    throw new Malformed("proof: checkpoints or indexes without a log");
  } else if (opens.some(({ event }) => event.type === "draw-call")) {
    throw new Malformed("proof: without a log, calls are told by themselves");
  }
}
