/**
 * Replaying every draw of a log: what may stand where, and what came of it (protocol §4, §7).
 *
 * The shape of each event was checked when the log was (`opening/events.js`). That a quorum saw the parties closed before
 * anything was revealed `draws.js` asks of the checkpoints; a draw says the two indexes.
 */

import { hex, unhex } from "../core/bytes.js";
import { Malformed } from "../core/refused.js";
import { checkDeal, checkOrder, revealed } from "../opening/orders.js";
import { checkShare, combine } from "../sealing/dealing.js";
import { seatAt } from "../sealing/panel.js";
import { contribution, draw, drawSeed, specHash } from "../verifying/draw.js";
import { CallOut } from "./calling.js";

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
    const { spec, parties, after } = order;
    checkOrder(order, sig, this.#panel);
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
    const ctx = checkDeal(deal, sig, found.hash, this.#panel);
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
