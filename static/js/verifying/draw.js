/** Replaying an expert draw (protocol §7): the same ranking on any machine from the frozen spec and the contributions. */

import { hkdf } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { lp, sha, utf8 } from "../core/bytes.js";
import { dumps } from "../core/canonical.js";
import { Malformed } from "../core/refused.js";

/** The 32 bytes that name a specification. @param {object} spec */
export const specHash = (spec) => sha("expert-draw/v1 spec", dumps(spec));

/** What a party's dealing is bound to (§7.2). @param {Uint8Array} panelHash @param {Uint8Array} spec @param {string} party */
export const partyCtx = (panelHash, spec, party) => sha(lp("expert-draw/v1 party", panelHash, spec, party));

/** What a party gives to the seed, from its opened secret (§7.3). @param {Uint8Array} secret @param {Uint8Array} ctx */
export const contribution = (secret, ctx) => hkdf(sha256, secret, ctx, utf8("expert-draw/v1/contribution"), 32);

/** The seed from every party's contribution (§7.4). @param {Uint8Array} spec @param {Record<string, Uint8Array>} given */
export function drawSeed(spec, given) {
  const names = Object.keys(given).sort(); // identifiers: ASCII, so this is the order of their bytes
  return sha("expert-draw/v1 seed", lp(spec, ...names.flatMap((name) => [name, given[name]])));
}

/** One block of a stratum's stream (§7.5). @param {Uint8Array} seed @param {string} stratum @param {number} counter */
export function block(seed, stratum, counter) {
  const number = new Uint8Array(8);
  new DataView(number.buffer).setBigUint64(0, BigInt(counter));
  return hmac(sha256, seed, lp("expert-draw/v1 stream", stratum, number));
}

/** Numbers uniform on [0, n): what would favour the low ones is rejected. */
function stream(seed, stratum) {
  let [counter, place, current] = [0, 32, new Uint8Array(0)];
  const next = () => {
    if (place === 32) {
      current = block(seed, stratum, counter);
      [counter, place] = [counter + 1, 0];
    }
    place += 8;
    return new DataView(current.buffer, current.byteOffset).getBigUint64(place - 8);
  };
  return (n) => {
    const size = BigInt(n);
    const limit = 2n ** 64n - (2n ** 64n % size);
    let x = next();
    while (x >= limit) x = next();
    return Number(x % size);
  };
}

/** The permutation of leaves by forward Fisher–Yates (§7.6). @param {Uint8Array} seed @param {string} stratum @param {string[]} leaves */
export function rank(seed, stratum, leaves) {
  const order = [...leaves];
  const below = stream(seed, stratum);
  for (let i = 0; i < order.length - 1; i += 1) {
    const j = i + below(order.length - i);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

/**
 * Rank, pick and hold in reserve, stratum by stratum. Throws `Malformed` where a stratum cannot be filled.
 * @param {Uint8Array} seed
 * @param {{ max_per_unit: number, strata: { id: string, need: number, backups: number,
 *   leaves: { h: string, excl: string | null, unit: string | null }[] }[] }} spec
 * @returns {{ id: string, rank: string[], pick: string[], backup: string[], skip: [string, string][] }[]}
 */
export function draw(seed, spec) {
  const [taken, ofUnit] = [new Set(), new Map()];
  return spec.strata.map(({ id, need, backups, leaves }) => {
    const unitOf = new Map(leaves.filter(({ excl }) => excl === null).map(({ h, unit }) => [h, unit]));
    const result = { id, rank: rank(seed, id, [...unitOf.keys()]), pick: [], backup: [], skip: [] };
    for (const h of result.rank) {
      const unit = unitOf.get(h);
      const held = ofUnit.get(unit) ?? 0;
      if (taken.has(h)) result.skip.push([h, "already-drawn"]);
      else if (result.pick.length < need) {
        if (unit !== null && held >= spec.max_per_unit) {
          result.skip.push([h, "unit-cap"]);
          continue;
        }
        result.pick.push(h);
        if (unit !== null) ofUnit.set(unit, held + 1);
      } else if (result.backup.length < backups) result.backup.push(h);
    }
    if (result.pick.length < need) throw new Malformed(`draw: stratum ${id} cannot be filled`);
    for (const h of result.pick) taken.add(h);
    return result;
  });
}
