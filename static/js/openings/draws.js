/** The draws of a bundle: replayed, witnessed before anything was revealed, and the names that go with them (protocol §7). */

import { hex, lp, sha, unhex } from "../core/bytes.js";
import { array, constants, dumps, exactly, isObject, loads, textOf } from "../core/canonical.js";
import { Malformed } from "../core/refused.js";
import { quorum } from "../opening/batches.js";
import { Replay } from "./replay.js";

/**
 * What a draw came to: of every stratum those drawn, and who serves; names where they are out.
 * @typedef {{ id: string, seed: string | null, byTrustees: string[], strata: { id: string, picks: Drawn[], backups: Drawn[] }[] }} Drew
 * @typedef {{ h: string, name: string | null, serves: boolean }} Drawn
 * @typedef {{ holds: (code: string, params: object) => void, note: (code: string, params: object) => void,
 *   refuse: (code: string, params: object, detail: unknown) => void }} Say
 */

/** What is wrong with the names: a code of `names.…`, and the reason. */
class Misnamed extends Error {
  /** @param {string} code @param {string} detail @param {object} [params] */
  constructor(code, detail, params = {}) {
    super(detail);
    this.code = code;
    this.params = params;
  }
}

/**
 * Replay every draw of a log and check what goes with it; findings go to `say`.
 * @param {{ panel: import("../sealing/panel.js").Panel, events: Record<string, any>[], checkpoints: import("../opening/batches.js").Checked[],
 *   names: Uint8Array | null }} log all its events; `names` is `names.json`
 * @param {Say} say
 * @returns {Drew[]}
 */
export function checkDraws({ panel, events, checkpoints, names }, say) {
  const draws = replayAll(panel, events.entries(), say);
  if (!draws) return [];
  const people = settle(draws, panel, checkpoints, names, say);
  return draws.map((draw) => told(draw, people));
}

/**
 * Every draw of a log; `null` where an event breaks a rule, which `say` is told.
 * @param {import("../sealing/panel.js").Panel} panel @param {Iterable<[number, Record<string, any>]>} events with their indexes @param {Say} say
 */
export function replayAll(panel, events, say) {
  const replay = new Replay(panel);
  for (const [index, event] of events) {
    if (!replay.takes(event)) continue;
    try {
      replay.take(index, event);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      say.refuse("draw.event", { index, kind: event.type }, error);
      return null;
    }
  }
  return [...replay.draws.values()];
}

/**
 * What goes with draws that were replayed: their witnesses (`checkpoints` is `null` where there is no log to have any),
 * how they stand, the names that are out.
 * @returns {Map<string, string>} the names, by h
 */
export function settle(draws, { policy }, checkpoints, names, say) {
  const unseen = checkpoints === null ? [] : draws.filter((draw) => !witnessed(draw, policy, checkpoints));
  for (const { id, closed, revealed } of unseen) say.refuse("draw.witness", { draw: id }, `leaves ${closed} to ${revealed}`);
  for (const { id, tooSmall, calling } of draws) {
    if (tooSmall) say.note("draw.small", { draw: id });
    else if (calling === null || calling.outstanding) say.note("draw.unfinished", { draw: id });
  }
  if (draws.length && !unseen.length) say.holds("draws", { count: draws.length });
  return names === null ? new Map() : named(names, draws, say);
}

/** A quorum saw the parties closed before the first of them revealed anything. */
function witnessed({ closed, revealed }, policy, checkpoints) {
  if (revealed === null) return true;
  return checkpoints.some((each) => closed < each.head.size && each.head.size <= revealed && quorum(policy, each));
}

/** @returns {Drew} */
function told({ id, seed, byTrustees, results, calling }, people) {
  return {
    id,
    seed: seed && hex(seed),
    byTrustees,
    strata: results.map(({ id: stratum, pick, backup }) => {
      const serving = calling.serving(stratum);
      const drawn = (h) => ({ h, name: people.get(h) ?? null, serves: serving.includes(h) });
      return { id: stratum, picks: pick.map(drawn), backups: backup.map(drawn) };
    }),
  };
}

/**
 * `names.json`: those called in a draw, nobody else and nobody left out, each as committed to (protocol §7.8). A project's
 * draws may let their names out one after the other: a draw of which no name is there is only told of.
 * @returns {Map<string, string>} the names, by h
 */
function named(data, draws, say) {
  const called = draws.filter(({ calling }) => calling).map(({ id, calling }) => ({ id, wanted: calling.called }));
  try {
    const people = namesOf(data, new Set(called.flatMap(({ wanted }) => [...wanted])));
    for (const { id, wanted } of called) {
      const missing = [...wanted].filter((h) => !people.has(h)).sort();
      if (missing.length === wanted.size) say.note("names.waiting", { draw: id });
      else if (missing.length) throw new Misnamed("names.missing", `no name for ${missing[0]}`, { draw: id });
    }
    say.holds("names", { count: people.size });
    return people;
  } catch (error) {
    if (!(error instanceof Misnamed)) throw error;
    say.refuse(error.code, error.params, error.message);
    return new Map();
  }
}

/** The names by h, every one as committed to and of somebody `everybody` holds. Throws `Misnamed`. */
function namesOf(data, everybody) {
  const rows = rowsOf(data);
  const people = new Map();
  for (const { h, committed, expert } of rows) {
    if (committed !== h) throw new Misnamed("names.other", h);
    if (!everybody.has(h)) throw new Misnamed("names.uncalled", h);
    people.set(h, String(expert.name ?? ""));
  }
  return people;
}

function rowsOf(data) {
  try {
    const parts = exactly(loads(data), "v pool_id experts", "names");
    constants(parts, { v: 1 }, "names");
    const pool = textOf(parts.pool_id, "names: pool_id");
    const rows = array(parts.experts, "names: experts").map((row, place) => person(row, pool, `names: experts[${place}]`));
    if (new Set(rows.map(({ h }) => h)).size !== rows.length) throw new Malformed("somebody stands twice");
    return rows;
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new Misnamed("names.form", error.message);
  }
}

/** One line of the names, and what its salt and person commit to (§7.1). */
function person(row, pool, what) {
  const { h, salt, expert } = exactly(row, "h salt expert", what);
  unhex(h, 32, `${what}: h`);
  if (!isObject(expert)) throw new Malformed(`${what}: expert: not an object`);
  const committed = hex(sha("expert-draw/v1 leaf", lp(pool, unhex(salt, 32, `${what}: salt`), dumps(expert))));
  return { h, committed, expert };
}
