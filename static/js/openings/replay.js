/**
 * Replaying every draw of a log: what may stand where, and what came of it (protocol §4, §7).
 *
 * The shape of each event was checked when the log was (`opening/events.js`). That a quorum saw the parties closed before
 * anything was revealed `draws.js` asks of the checkpoints; a draw says the two indexes.
 */

import { hex, unhex } from "../core/bytes.js";
import { identifier, integer } from "../core/canonical.js";
import { Malformed } from "../core/refused.js";
import { isAcceptableKey, verifyObject } from "../core/signing.js";
import { checkDealing, checkShare, combine } from "../sealing/dealing.js";
import { seatAt } from "../sealing/panel.js";
import { H, multiplyBasePublic, multiplyPublic, scalarOf } from "../sealing/ristretto.js";
import { contribution, draw, drawSeed, partyCtx, specHash } from "../verifying/draw.js";
import { CallOut } from "./calling.js";

const ORDER_TAG = "expert-draw/v1 order";
const DEAL_TAG = "expert-draw/v1 deal";

/**
 * One draw as its log tells it. `seed` stands once every party is opened; then `results` and `calling`, unless the pool
 * proved too small for this seed.
 * @typedef {{
 *   id: string, spec: Record<string, any>, hash: Uint8Array, ordered: string[],
 *   deals: Map<string, { dealing: Record<string, any>, ctx: Uint8Array }>, parties: string[],
 *   closed: number | null, revealed: number | null,
 *   values: Map<string, Uint8Array>, byTrustees: string[], seed: Uint8Array | null,
 *   results: ReturnType<typeof draw>, calling: CallOut | null, tooSmall: boolean,
 * }} Draw `closed` and `revealed` are the indexes of `draw-closed` and of the first `draw-reveal`
 */

/** The draws of one project's log, event by event. */
export class Replay {
  #panel;
  /** In order of their `draw-spec`. @type {Map<string, Draw>} */
  draws = new Map();
  #takers = {
    "draw-spec": this.#spec,
    "draw-deal": this.#deal,
    "draw-closed": this.#closed,
    "draw-reveal": this.#reveal,
    "draw-call": this.#call,
  };

  /** @param {import("../sealing/panel.js").Panel} panel */
  constructor(panel) {
    this.#panel = panel;
  }

  /** Whether an event is of a draw. @param {{ type: string }} event */
  takes({ type }) {
    return Object.hasOwn(this.#takers, type);
  }

  /** Check the next event of a draw and add it; `Malformed` names the leaf. @param {number} index @param {Record<string, any>} event */
  take(index, event) {
    try {
      this.#takers[event.type].call(this, event, index);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      throw new Malformed(`leaf ${index}: ${event.type}: ${error.message}`);
    }
  }

  #draw(id) {
    const found = this.draws.get(id);
    if (!found) throw new Malformed(`no draw ${id} stands before it`);
    return found;
  }

  #spec({ order, sig }) {
    const { panel, spec, parties, after, reason } = order;
    this.#ours(panel);
    checkSpec(spec);
    for (const party of parties) if (!this.#seat(party)) throw new Malformed(`${party} has no seat in the panel`);
    if (parties.length < 2 || !ascending(parties)) throw new Malformed("parties: not two or more names, sorted, each once");
    if ((after === null) !== (reason === null)) {
      throw new Malformed("a further draw names the one before and the reason; a first draw neither");
    }
    if (reason === "") throw new Malformed("reason: empty");
    const supervisor = this.#panel.seats.find(({ role }) => role === "supervisor");
    if (!verifyObject(supervisor.sign, ORDER_TAG, order, sig)) throw new Malformed("the signature is not the supervisor seat's");
    if (this.draws.has(spec.id)) throw new Malformed(`a draw ${spec.id} stands before it`);
    const last = [...this.draws.keys()].at(-1) ?? null;
    if (after !== last) throw new Malformed(`after is ${after}, but the draw before it is ${last}`);
    this.draws.set(spec.id, {
      id: spec.id,
      spec,
      hash: specHash(spec),
      ordered: parties,
      deals: new Map(),
      parties: [],
      closed: null,
      revealed: null,
      values: new Map(),
      byTrustees: [],
      seed: null,
      results: [],
      calling: null,
      tooSmall: false,
    });
  }

  #deal({ deal, sig }) {
    const found = this.#open(deal.draw);
    const { party, dealing } = deal;
    this.#ours(deal.panel);
    if (deal.spec !== hex(found.hash)) throw new Malformed("deals for another specification");
    const key = unhex(deal.sign_pub, 32, "sign_pub");
    const seat = this.#seat(party);
    if (seat && hex(seat.sign) !== deal.sign_pub) throw new Malformed(`${party} has a seat, but sign_pub is not the seat's key`);
    if (!isAcceptableKey(key) || !verifyObject(key, DEAL_TAG, deal, sig)) throw new Malformed(`the signature is not ${party}'s`);
    const { hash, k, seats } = this.#panel;
    const ctx = partyCtx(unhex(hash, 32, "panel"), found.hash, party);
    const pubs = seats.map(({ pub }) => pub);
    checkDealing(ctx, k, pubs, dealing);
    if (found.deals.has(party)) throw new Malformed(`${party} has dealt before`);
    found.deals.set(party, { dealing, ctx });
  }

  #closed({ draw: id, spec, parties }, index) {
    const found = this.#open(id);
    if (spec !== hex(found.hash)) throw new Malformed("names another specification");
    const dealt = [...found.deals.keys()].sort(); // identifiers: ASCII, so this is the order of their bytes
    if (parties.join() !== dealt.join()) throw new Malformed("parties are not exactly those who dealt, sorted");
    const absent = found.ordered.filter((party) => !found.deals.has(party));
    if (absent.length) throw new Malformed(`${absent.join(", ")} of the order did not deal`);
    Object.assign(found, { closed: index, parties });
  }

  #reveal({ draw: id, party, a0, shares }, index) {
    const found = this.#draw(id);
    if (found.closed === null) throw new Malformed("the draw is not closed yet");
    const dealt = found.deals.get(party);
    if (!dealt) throw new Malformed(`${party} has not dealt`);
    if (found.values.has(party)) throw new Malformed(`${party} is opened already`);
    const secret = a0 === null ? this.#opened(dealt, shares) : revealed(a0, dealt.dealing);
    found.values.set(party, contribution(secret, dealt.ctx));
    if (a0 === null) found.byTrustees.push(party);
    found.revealed ??= index;
    if (found.parties.every((each) => found.values.has(each))) settle(found);
  }

  /** The secret of a party that did not reveal, from exactly k trustees' shares. */
  #opened({ dealing, ctx }, shares) {
    if (shares.length !== this.#panel.k) throw new Malformed(`${shares.length} shares, not exactly ${this.#panel.k}`);
    for (const share of shares) {
      const { i, pub } = seatAt(this.#panel, share.i);
      checkShare(ctx, i, pub, unhex(dealing.E[i - 1], 32, "E"), share);
    }
    return combine(shares);
  }

  #call(event) {
    const { calling } = this.#draw(event.draw);
    if (calling === null) throw new Malformed("nobody is drawn yet");
    if (event.reason === "") throw new Malformed("reason: empty");
    calling.take(event);
  }

  /** A draw that parties may still join. */
  #open(id) {
    const found = this.#draw(id);
    if (found.closed !== null) throw new Malformed(`the draw was closed at leaf ${found.closed}`);
    return found;
  }

  #seat(name) {
    return this.#panel.seats.find((seat) => seat.name === name);
  }

  #ours(panel) {
    if (panel !== this.#panel.hash) throw new Malformed("names another panel");
  }
}

/** Check what a specification's shape does not say: counts, names once, leaves strictly ascending (§7.1). Throws `Malformed`. */
function checkSpec({ max_per_unit: cap, strata }) {
  integer(cap, "spec: max_per_unit", 1);
  if (!strata.length) throw new Malformed("spec: strata: none");
  if (new Set(strata.map(({ id }) => id)).size !== strata.length) throw new Malformed("spec: strata: an id stands twice");
  for (const { id, need, leaves } of strata) {
    integer(need, `spec: ${id}: need`, 1);
    if (!ascending(leaves.map(({ h }) => h))) throw new Malformed(`spec: ${id}: leaves: h: not strictly ascending`);
    for (const leaf of leaves) {
      for (const key of ["excl", "unit"]) if (leaf[key] !== null) identifier(leaf[key], `spec: ${id}: ${key}`);
    }
  }
}

/** Whether ASCII texts ascend, each once. @param {string[]} texts */
const ascending = (texts) => texts.every((text, place) => place === 0 || texts[place - 1] < text);

/** `enc(a₀·G)` of a revealed a₀ that is canonical, not zero, and the one committed to; else `Malformed`. */
function revealed(a0, dealing) {
  const scalar = scalarOf(a0, "a0");
  if (scalar === 0n) throw new Malformed("a0 is zero");
  if (hex(multiplyPublic(scalar, H).toBytes()) !== dealing.C[0]) throw new Malformed("a0 is not the one that was dealt");
  return multiplyBasePublic(scalar).toBytes();
}

/** Every party is opened: who is drawn is settled. @param {Draw} found */
function settle(found) {
  found.seed = drawSeed(found.hash, Object.fromEntries(found.values));
  try {
    found.results = draw(found.seed, found.spec);
    found.calling = new CallOut(found.spec, found.results);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error; // a stratum cannot be filled: the only thing it refuses
    found.tooSmall = true;
  }
}
