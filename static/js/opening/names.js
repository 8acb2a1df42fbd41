/** Who stands behind a number of a draw (`expert-names/v1`, docs/spec/draw.md); the rules of `bidding/experts/names.py`. */

import { ecb, gcm } from "@noble/ciphers/aes.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { hex, lp, same, sha, text, unb64, unhex, utf8 } from "../core/bytes.js";
import { array, constants, exactly, identifier, loads, textOf } from "../core/canonical.js";
import { Malformed, Refused } from "../core/refused.js";
import { publicKey } from "../core/signing.js";
import { trusteeOf } from "../sealing/dealing.js";
import { parsePanel } from "../sealing/panel.js";
import { multiply, pointOf } from "../sealing/ristretto.js";

const KEY = 32;
/** Every key here encrypts one text and is never used again. */
const NONCE = new Uint8Array(12);

/** @typedef {"centre" | "supervisor" | "list"} Holder */
/** @typedef {{ h: string, salt: string, expert: string, phone: string }} Named `expert` is the JCS text behind `h` */

/** The seats each key is sealed to. Throws `Refused`. @param {import("../sealing/panel.js").Panel} panel @param {Holder} holder */
function seatsOf({ seats }, holder) {
  const of = (role) => seats.filter((seat) => seat.role === role);
  if (holder !== "centre") return of("supervisor");
  const [administrators, centre] = [of("administrator"), of("centre")];
  return administrators.length ? administrators : centre;
}

/**
 * The key sealed for `holder`, by the trustee's seed. Throws `Malformed`, `Refused` for a key without that seat.
 * @param {any} names as `names.seal_keys` made them
 * @param {import("../sealing/panel.js").Panel} panel
 * @param {string} spec the hash of the specification in hex
 * @param {Holder} holder
 * @param {import("../trustee/key.js").Key} own
 */
export function openKey(names, panel, spec, holder, own) {
  const trustee = trusteeOf(own.seed);
  const sign = publicKey(trustee.signSeed);
  const seat = seatsOf(panel, holder).find((each) => same(each.sign, sign));
  if (!seat) throw new Refused("draw.no_seat", { name: own.name }, "key");
  constants(exactly(names, "v keys", "names"), { v: 1 }, "names");
  for (const item of array(names.keys, "names: keys")) {
    const { for: whose, i, E, c } = exactly(item, "for i E c", "names: keys");
    if (whose !== holder || i !== seat.i) continue;
    const point = pointOf(E, "names: E");
    const context = sha(
      lp("expert-names/v1 key", unhex(panel.hash, 32, "panel"), unhex(spec, 32, "spec"), holder, point.toBytes(), seat.pub),
    );
    const wrapping = hkdf(sha256, multiply(trustee.x, point).toBytes(), context, utf8("expert-names/v1/key"), KEY);
    const sealed = unhex(c, KEY + 16, "names: c");
    return opened(wrapping, sealed, "names: this key was not sealed to this seat for this list");
  }
  throw new Malformed(`names: nothing is sealed to ${seat.name} for this any more`);
}

function opened(key, sealed, wrong) {
  try {
    return gcm(key, NONCE).decrypt(sealed);
  } catch {
    throw new Malformed(wrong);
  }
}

/** One holder's half of the key of a leaf: AES-256 of either half of `h`. @param {Uint8Array} key @param {string} h */
export const half = (key, h) => ecb(key, { disablePadding: true }).encrypt(unhex(h, KEY, "h"));

/**
 * Who stands behind `h`, by both halves in either order. Throws `Malformed`.
 * @param {string} pool the name of the pool
 * @param {string} h
 * @param {Uint8Array} sealed
 * @param {Uint8Array} one
 * @param {Uint8Array} other
 * @returns {Named}
 */
export function openLeaf(pool, h, sealed, one, other) {
  const plain = opened(
    one.map((byte, place) => byte ^ other[place]),
    sealed,
    `names: the halves do not open ${h}`,
  );
  const salt = plain.subarray(0, KEY);
  const [card, rest] = part(plain.subarray(KEY));
  const [phone, padding] = part(rest);
  if (padding.some((byte) => byte !== 0) || hex(sha("expert-draw/v1 leaf", lp(pool, salt, card))) !== h) {
    throw new Malformed(`names: what was sealed is not the person behind ${h}`);
  }
  return { h, salt: hex(salt), expert: text(card, "names: expert"), phone: text(phone, "names: phone") };
}

function part(data) {
  const size = data.length < 4 ? NaN : new DataView(data.buffer, data.byteOffset).getUint32(0);
  if (!(data.length >= 4 + size)) throw new Malformed("names: a part is cut short");
  return [data.subarray(4, 4 + size), data.subarray(4 + size)];
}

/** A `draw-names` file as the page gives it. Throws `Malformed`. @param {unknown} value */
function read(value) {
  const parts = exactly(value, "v type panel pool_id draws", "names file");
  constants(parts, { v: 1, type: "draw-names" }, "names file");
  const draws = array(parts.draws, "names file: draws").map((item) => {
    const draw = exactly(item, "draw spec names leaves", "names file: draws");
    const leaves = array(draw.leaves, "names file: leaves").map((leaf) => exactly(leaf, "h sealed half", "names file: leaves"));
    return { ...draw, draw: identifier(draw.draw, "names file: draw"), leaves };
  });
  return { panel: parsePanel(parts.panel), pool: textOf(parts.pool_id, "names file: pool_id"), draws };
}

/** The supervisor's halves of the leaves in a file, as the page takes them. @param {unknown} file @param {import("../trustee/key.js").Key} own */
export function makeHalves(file, own) {
  const { panel, draws } = read(file);
  const made = draws.map(({ draw, spec, names, leaves }) => {
    const key = openKey(names, panel, spec, "supervisor", own);
    return { draw, halves: leaves.map(({ h }) => ({ h, half: hex(half(key, h)) })) };
  });
  return { v: 1, type: "draw-halves", draws: made };
}

/** Who stands behind the leaves in a file, by the centre's key. @param {unknown} file @param {import("../trustee/key.js").Key} own @returns {Named[]} */
export function openNames(file, own) {
  const { panel, pool, draws } = read(file);
  return draws.flatMap(({ draw, spec, names, leaves }) => {
    const key = openKey(names, panel, spec, "centre", own);
    return leaves.map((leaf) => {
      if (leaf.sealed === null || leaf.half === null) throw new Refused("draw.half_missing", { draw });
      const sealed = unb64(leaf.sealed, "names file: sealed");
      return openLeaf(pool, leaf.h, sealed, half(key, leaf.h), unhex(leaf.half, KEY, "names file: half"));
    });
  });
}

/** The file that lets the centre's server know people: their cards and salts, not their telephones. @param {Named[]} people */
export const openedFile = (people) => ({
  v: 1,
  type: "draw-opened",
  people: people.map(({ h, salt, expert }) => ({ h, salt, expert })),
});

/**
 * The people of a list that is to be signed, by the supervisor's key, as (`h`, `salt`, `expert`). A list of before there were
 * seals has them already. Throws `Malformed`, `Refused`.
 * @param {any} list the content of draw-list-….json
 * @param {string} spec the hash of its specification in hex
 * @param {import("../trustee/key.js").Key} own
 */
export function openList(list, spec, own) {
  if (list.names === undefined) return list.people;
  const panel = parsePanel(list.panel);
  const [centre, supervisor] = ["list", "supervisor"].map((holder) => openKey(list.names, panel, spec, holder, own));
  return array(list.people, "list: people").map((row) => {
    const { h, sealed } = exactly(row, "h sealed", "list: people");
    const found = openLeaf(list.pool_id, h, unb64(sealed, "list: sealed"), half(centre, h), half(supervisor, h));
    return { h, salt: found.salt, expert: loads(utf8(found.expert)) };
  });
}
