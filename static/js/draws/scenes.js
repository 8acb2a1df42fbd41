/** What a draw that was checked shows to laymen: numbers, step by step. Pure: the same draw gives the same scenes. */

import { hex } from "../core/bytes.js";
import { stratumLabel } from "../opening/regions.js";
import { block } from "../verifying/draw.js";

/** So many places of a ranking are shown one by one; whoever stands behind is counted. */
export const MOST = 40;

/**
 * One exchange: the stream's number `x`, what is left of it divided by `of`, the place from which somebody comes (from 1), their
 * number, and what becomes of them. The last of all comes without a number, `x` is `null`.
 * @typedef {{ place: number, x: string | null, of: number, rest: number, from: number, number: string, moved: string, outcome: "pick" | "backup" | "already-drawn" | "unit-cap" }} Step
 * @typedef {{ number: string, answer: string, reason: string | null, name: string | null }} Answer
 * @typedef {{ id: string, label: string, need: number, backups: number, listed: number, free: string[], excluded: [string, number][], steps: Step[], further: number,
 *   calls: Answer[], serving: string[], picks: string[], reserves: string[] }} Stratum numbers are as the centre's page has them; `label` is its id with the region's name
 * @typedef {{ id: string, spec: string, seed: string | null, tooSmall: boolean, cap: number, strata: Stratum[], names: Record<string, string>,
 *   parties: { name: string, role: string | null, value: string | null, byTrustees: boolean }[] }} Scene `names` by `stratum:number`
 */

/**
 * @param {import("../openings/replay.js").Draw[]} draws
 * @param {import("../sealing/panel.js").Panel} panel
 * @param {{ draw: string, stratum: string, h: string, answer: string, reason?: string | null }[]} calls in order
 * @param {Map<string, string>} people names by h
 * @param {string[]} regions names of which some may fit ids
 * @returns {Scene[]}
 */
export const scenes = (draws, panel, calls, people, regions) =>
  draws.map((draw) => {
    const strata = draw.spec.strata.map((stratum, place) =>
      strataScene(draw, stratum, draw.results[place], calls.filter((call) => call.draw === draw.id && call.stratum === stratum.id), people),
    );
    for (const stratum of strata) stratum.label = stratumLabel(stratum.id, regions);
    return {
      id: draw.id,
      spec: hex(draw.hash),
      seed: draw.seed && hex(draw.seed),
      tooSmall: draw.tooSmall,
      cap: draw.spec.max_per_unit,
      parties: draw.parties.map((name) => ({
        name,
        role: panel.seats.find((seat) => seat.name === name)?.role ?? null,
        value: draw.values.has(name) ? hex(draw.values.get(name)) : null,
        byTrustees: draw.byTrustees.includes(name),
      })),
      strata,
      names: Object.assign({}, ...strata.map(({ names }) => names)),
    };
  });

function strataScene(draw, { id, need, backups, leaves }, result, calls, people) {
  const digits = Math.max(3, String(leaves.length).length);
  const numbers = new Map(leaves.map(({ h }, place) => [h, String(place + 1).padStart(digits, "0")]));
  const free = leaves.filter(({ excl }) => excl === null).map(({ h }) => h);
  const excluded = new Map();
  for (const { excl } of leaves) if (excl !== null) excluded.set(excl, (excluded.get(excl) ?? 0) + 1);
  const steps = result ? exchanges(draw.seed, id, free, result) : [];
  const of = (hashes) => hashes.map((h) => numbers.get(h));
  const known = [...numbers].filter(([h]) => people.has(h));
  return {
    id,
    need,
    backups,
    listed: leaves.length,
    free: of(free),
    excluded: [...excluded].sort(),
    steps: steps.map(({ h, moved, ...step }) => ({ ...step, number: numbers.get(h), moved: numbers.get(moved) })),
    further: free.length - steps.length,
    calls: calls.map(({ h, answer, reason = null }) => ({ number: numbers.get(h), answer, reason, name: people.get(h) ?? null })),
    serving: draw.calling ? of(draw.calling.serving(id)) : [],
    picks: result ? of(result.pick) : [],
    reserves: result ? of(result.backup) : [],
    names: Object.fromEntries(known.map(([h, number]) => [`${id}:${number}`, people.get(h)])),
  };
}

/** The exchanges of a ranking as far as somebody is picked, held in reserve or passed over by them. */
function exchanges(seed, id, free, { rank, pick, backup, skip }) {
  const why = new Map([...pick.map((h) => [h, "pick"]), ...backup.map((h) => [h, "backup"]), ...skip]);
  const wanted = pick.length + backup.length;
  const order = [...free];
  const next = words(seed, id);
  const steps = [];
  let found = 0;
  for (let i = 0; i < order.length && found < wanted && i < MOST; i += 1) {
    const of = order.length - i;
    const x = of > 1 ? drawn(next, of) : null;
    const rest = x === null ? 0 : Number(x % BigInt(of));
    const moved = order[i];
    [order[i], order[i + rest]] = [order[i + rest], moved];
    const h = rank[i];
    if (order[i] !== h) throw new Error("the exchanges do not give the ranking"); // the ranking was checked: ours would be wrong
    const outcome = why.get(h);
    if (outcome === "pick" || outcome === "backup") found += 1;
    steps.push({ place: i + 1, x: x === null ? null : String(x), of, rest, from: i + rest + 1, h, moved, outcome });
  }
  return steps;
}

/** The stream's next number that does not favour the low ones (protocol §7.5). */
function drawn(next, of) {
  const limit = 2n ** 64n - (2n ** 64n % BigInt(of));
  let x = next();
  while (x >= limit) x = next();
  return x;
}

function words(seed, id) {
  let [counter, place, view] = [0, 32, new DataView(new ArrayBuffer(0))];
  return () => {
    if (place === 32) {
      const { buffer, byteOffset } = block(seed, id, counter);
      [counter, place, view] = [counter + 1, 0, new DataView(buffer, byteOffset)];
    }
    place += 8;
    return view.getBigUint64(place - 8);
  };
}
