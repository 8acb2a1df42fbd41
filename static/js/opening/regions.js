/** What a stratum of one region is called: its id has the region's number, or what stands for its name (docs/spec/draw.md). */

import { hex, sha, utf8 } from "../core/bytes.js";

/** As `experts.rules.Place.id` makes it. @param {string} region */
function codeOf(region) {
  const key = region.normalize("NFKC").toLowerCase().replace(/[\s\x1c-\x1f\x85]/gu, "");
  return /^[0-9]{6}$/.test(key) ? key : hex(sha(utf8(key))).slice(0, 8);
}

/** The code of the specialty, and the name among `regions` that the id stands for; of no such name, the id. @param {string} id @param {Iterable<string>} regions */
export function stratumLabel(id, regions) {
  const at = id.lastIndexOf(".");
  if (at < 1) return id;
  for (const region of regions) if (codeOf(region) === id.slice(at + 1)) return `${id.slice(0, at)} · ${region}`;
  return id;
}
