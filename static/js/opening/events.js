/**
 * The exact shape of every event that a leaf commits to (protocol §4). What is checked here is form: key sets and
 * primitive types; whether an event may stand where it stands `record.js` knows.
 */

import { unhex } from "../core/bytes.js";
import { array, boolean, dumps, exactly, identifier, integer, isObject, textOf } from "../core/canonical.js";
import { Malformed } from "../core/refused.js";

/** @typedef {(value: any, what: string) => unknown} Check */

/** Types without the server's stamp. */
const UNDATED = ["panel", "cover"];
/** Types of the centre's log only. */
const OF_CENTRE = ["enrol", "genesis", "final"];

const version = (value, what) => integer(value, what, 1, 1);
const hexOf = (size) => (value, what) => unhex(value, size, what);
const orNull = (check) => (value, what) => (value === null ? null : check(value, what));
const list = (check) => (value, what) => array(value, what).forEach((item, place) => check(item, `${what}[${place}]`));

/** @param {...string} values */
const oneOf =
  (...values) =>
  (value, what) => {
    if (!values.includes(textOf(value, what))) throw new Malformed(`${what}: not one of ${values.join(", ")}`);
  };

/** @param {Record<string, Check>} fields */
const object = (fields) => (value, what) => {
  const found = exactly(value, Object.keys(fields).join(" "), what);
  for (const [name, check] of Object.entries(fields)) check(found[name], `${what}.${name}`);
};

const typed = (name, fields) => object({ v: version, type: oneOf(name), ...fields });

function anyObject(value, what) {
  if (!isObject(value)) throw new Malformed(`${what}: not an object`);
}

const HASH = hexOf(32);
const UID = hexOf(16);
const SIG = hexOf(64);
const SIGS = list(object({ i: integer, sig: SIG }));
const DEALING = object({ C: list(HASH), E: list(HASH), c: HASH, z: list(HASH) });
const MANIFEST = typed("bid", {
  project: identifier,
  lot: identifier,
  panel: HASH,
  bid: UID,
  sign_pub: HASH,
  supersedes: orNull(UID),
  client: HASH,
  envelopes: list(
    object({
      id: identifier,
      recipient: textOf,
      dealing: DEALING,
      files: list(object({ n: integer, size: integer, sha256: HASH })),
    }),
  ),
});
const LEAF = object({ h: HASH, excl: orNull(textOf), unit: orNull(textOf) });
const STRATUM = object({ id: identifier, need: integer, backups: integer, leaves: list(LEAF) });
/** A specification's, an order's and a deal's: files carry them as events do. @type {Check} */
export const SPEC = object({ v: version, id: identifier, max_per_unit: integer, strata: list(STRATUM) });
export const ORDER = typed("draw-order", {
  panel: HASH,
  spec: SPEC,
  parties: list(identifier),
  after: orNull(identifier),
  reason: orNull(textOf),
});
export const DEAL = typed("draw-deal", {
  panel: HASH,
  draw: identifier,
  spec: HASH,
  party: identifier,
  sign_pub: HASH,
  dealing: DEALING,
});

/** The further fields of every event, beside `v`, `type` and (unless undated) `at`. @type {Record<string, Record<string, Check>>} */
const SHAPES = {
  panel: {
    project: identifier,
    suite: textOf,
    k: integer,
    min_bids: integer,
    policy: textOf,
    trustees: list(object({ i: integer, role: textOf, name: identifier, org: textOf, pub: HASH, sign: HASH })),
    envelopes: list(object({ id: identifier, public: boolean, stage: integer })),
  },
  schedule: {
    project: identifier,
    panel: HASH,
    n: integer,
    closes_at: integer,
    opens: list(object({ stage: integer, at: integer })),
    reason: orNull(textOf),
    sigs: SIGS,
  },
  notice: { kind: textOf, sha256: HASH },
  bid: { manifest: MANIFEST, sig: SIG, supersedes_sig: orNull(SIG) },
  withdraw: { withdrawal: typed("withdrawal", { project: identifier, panel: HASH, bid: UID }), sig: SIG },
  override: { order: typed("override", { project: identifier, panel: HASH, bid: UID, reason: textOf }), sigs: SIGS },
  paper: { panel: HASH, lot: identifier, bag: UID, holder: HASH, copies: integer },
  "paper-back": { bag: UID },
  "paper-double": { bag: UID, bid: UID },
  "paper-sheet": {
    bag: UID,
    tenderer: object({ name: textOf, uscc: textOf }),
    salt: HASH,
    fields: orNull(anyObject),
    void: orNull(oneOf("empty", "unsigned", "unreadable", "tampered", "double")),
  },
  cover: {},
  attempt: { code: textOf },
  hold: { on: boolean, reason: textOf },
  close: { closes_at: integer, count: integer, size: integer, root: HASH, clock: anyObject },
  failed: { lot: identifier, reason: textOf },
  shares: { i: integer, stage: integer, public: boolean, sha256: HASH },
  opened: {
    stage: integer,
    sheets: list(object({ bid: UID, envelope: identifier, sha256: HASH })),
    verdicts: list(
      object({
        bid: UID,
        envelope: identifier,
        verdict: oneOf("platform", "tenderer", "trustees"),
        evidence: () => {}, // takes the form its verdict needs
      }),
    ),
  },
  objection: { sha256: HASH },
  award: { lot: identifier, sha256: HASH },
  note: { kind: textOf, data: anyObject },
  "draw-spec": { order: ORDER, sig: SIG },
  "draw-deal": { deal: DEAL, sig: SIG },
  "draw-closed": { draw: identifier, spec: HASH, parties: list(identifier) },
  "draw-reveal": {
    draw: identifier,
    party: identifier,
    a0: orNull(HASH),
    shares: orNull(list(object({ i: integer, S: HASH, c: HASH, z: HASH }))),
  },
  "draw-call": {
    draw: identifier,
    stratum: identifier,
    h: HASH,
    answer: oneOf("accept", "decline", "no-answer", "absent", "recused", "skip"),
    reason: orNull(textOf),
    record: orNull(HASH),
  },
  enrol: { name: identifier, pub: HASH, sign: HASH, sig: SIG },
  genesis: { project: identifier, origin: textOf, panel: HASH },
  final: { project: identifier, checkpoint: textOf },
};

/** The type of an event that is shaped exactly as protocol §4 says; else `Malformed`. @param {any} event @returns {string} */
export function checkEvent(event) {
  if (!isObject(event)) throw new Malformed("event: not an object");
  const kind = textOf(event.type, "event.type");
  if (!Object.hasOwn(SHAPES, kind)) throw new Malformed("event.type: not known");
  const dated = UNDATED.includes(kind) ? {} : { at: integer };
  object({ v: version, type: oneOf(kind), ...SHAPES[kind], ...dated })(event, kind);
  if (kind === "draw-reveal" && (event.a0 === null) === (event.shares === null)) {
    throw new Malformed("draw-reveal: exactly one of a0 and shares is null");
  }
  dumps(event); // free parts too hold nothing that JCS as restricted here cannot write
  return kind;
}

/** Whether an event of this type may stand at `index` of a project's log; else `Malformed`. @param {string} kind @param {number} index */
export function checkPlace(kind, index) {
  if (OF_CENTRE.includes(kind)) throw new Malformed(`${kind}: an event of the centre's log only`);
  if ((kind === "panel") !== (index === 0)) throw new Malformed("panel: leaf 0, and nowhere else");
  if (index === 1 && kind !== "schedule") throw new Malformed(`${kind}: leaf 1 is the first schedule`);
}
