/**
 * What a project's log says, event by event: the rules of protocol §4 and what follows from them.
 *
 * Draw events are passed through. Dealings, the slow part of a bid, are checked apart (`batches.js`, on workers).
 */

import { hex, unhex } from "../core/bytes.js";
import { Malformed } from "../core/refused.js";
import { checkManifest, checkOverride, checkSupersedesSig, checkWithdrawal } from "../sealing/manifest.js";
import { parsePanel, seatAt } from "../sealing/panel.js";
import { Tree } from "../verifying/merkle.js";
import { Afterwards, PREFIX as AFTER } from "./afterwards.js";
import { isOfASitting, readBack, Sitting } from "./ceremony.js";
import { checkEvent, checkPlace } from "./events.js";
import { ALLOWED, checkOfflineTimes, DOUBLE, OFFLINE, readOffline, readPaperSheet } from "./paper.js";
import { checkReview, REVIEW } from "./review.js";
import { checkSchedule } from "./schedule.js";
import { Extras } from "./withdrawal.js";

/**
 * A bid by its leaf; one on paper has a `holder` and no envelopes; `end` says how it ceased to be effective.
 * @typedef {{ index: number, uid: string, lot: string, manifest: Record<string, any>, end: string | null, endIndex: number, onPaper: boolean, holder: string | null }} LoggedBid
 * @typedef {{ index: number, at: number, closesAt: number, count: number, head: import("../verifying/note.js").Head }} Close
 * @typedef {{ index: number, at: number, sheets: Map<string, string>, verdicts: Map<string, any> }} OpenedStage by `bid/envelope`
 */

/** A log, event by event. */
export class LogRecord {
  /** @type {import("../sealing/panel.js").Panel} */
  panel;
  tree = new Tree();
  state = "open";
  /** @type {Record<string, any>[]} */
  schedules = [];
  /** @type {Map<string, LoggedBid>} */
  bids = new Map();
  /** Every leaf that must be shown to have been there in time. @type {{ index: number, kind: string, uid: string }[]} */
  acts = [];
  /** @type {Close | null} */
  close = null;
  /** Closes that an extension made void. @type {Close[]} */
  voided = [];
  /** Lot → index. @type {Map<string, number>} */
  failed = new Map();
  /** By `seat/stage/public`. @type {Map<string, { index: number, sha256: string }>} */
  shares = new Map();
  /** By stage. @type {Map<number, OpenedStage>} */
  opened = new Map();
  /** By stage, which bids stay sealed at it, with the reasons; the first has none. @type {Map<number, { index: number, sealed: Map<string, string> }>} */
  reviews = new Map();
  onHold = false;
  /** By stage: each opening has one of its own. @type {Map<number, Sitting>} */
  sittings = new Map();
  /** Whether the log says that no witness was reached and the words on paper stand in. */
  unwitnessed = false;
  /** Whether the tender takes bids on paper. */
  paperAllowed = false;
  /** By bag, what was read in it. @type {Map<string, { tenderer: { name: string, uscc: string }, fields: Record<string, any> | null, void: string | null, sha256: string | null }>} */
  paperSheets = new Map();
  /** By bag that does not count, the sealed bid of the same tenderer that does. @type {Map<string, string>} */
  doubles = new Map();
  /** By stage, how it was held without the server. @type {Map<number, ReturnType<typeof readOffline>>} */
  offline = new Map();
  after = new Afterwards();
  extras = new Extras();
  #takers = {
    schedule: this.#schedule,
    bid: this.#bid,
    withdraw: this.#withdraw,
    override: this.#override,
    paper: this.#paper,
    "paper-back": this.#paperBack,
    "paper-double": this.#paperDouble,
    "paper-sheet": this.#paperSheet,
    hold: this.#hold,
    close: this.#close,
    failed: this.#failed,
    shares: this.#shares,
    opened: this.#opened,
    objection: this.#objection,
    note: this.#note,
  };

  /** How many leaves there are. */
  get size() {
    return this.tree.size;
  }

  get origin() {
    return this.panel.policy.log.name;
  }

  get schedule() {
    if (!this.schedules.length) throw new Malformed("the log has no schedule yet");
    return this.schedules.at(-1);
  }

  /** The stages of opening, ascending. @returns {number[]} */
  get stages() {
    return this.schedule.opens.map(({ stage }) => stage);
  }

  /** When a stage may be opened, in Unix seconds; `Malformed` for one that the panel lacks. @param {number} stage @returns {number} */
  opensAt(stage) {
    const found = this.schedule.opens.find((each) => each.stage === stage);
    if (!found) throw new Malformed(`the panel has no stage ${stage}`);
    return found.at;
  }

  /** From when trustees can open a stage: its instant, and at a later one what was found before it. @param {number} stage @returns {number} */
  canBeginAt(stage) {
    return Math.max(this.opensAt(stage), this.reviews.get(stage)?.at ?? 0);
  }

  /** The effective bids, in order of receipt. */
  effective() {
    return [...this.bids.values()].filter(({ end }) => end === null);
  }

  /** The lots that were bid for and have fewer effective bids than are needed to open, sorted. */
  shortLots() {
    const effective = this.effective();
    const lots = [...new Set([...this.bids.values()].map(({ lot }) => lot))].sort();
    return lots.filter((lot) => effective.filter((bid) => bid.lot === lot).length < this.panel.minBids);
  }

  /** The bids to be opened, in order of receipt; none before the close. */
  toBeOpened() {
    if (this.close === null) return [];
    const short = this.shortLots();
    return this.effective().filter(({ lot }) => !short.includes(lot));
  }

  /** The envelopes of one stage and kind, in the panel's order. @param {number} stage @param {boolean} isPublic */
  envelopes(stage, isPublic) {
    return this.panel.envelopes.filter((each) => each.stage === stage && each.public === isPublic);
  }

  /** The bids that are not opened at a stage, because they did not pass before it. @param {number} stage @returns {Map<string, string>} */
  staysSealed(stage) {
    return new Map([...this.reviews].filter(([number]) => number <= stage).flatMap(([, { sealed }]) => [...sealed]));
  }

  /** Every `[bid, envelope]` that a batch of this stage and kind holds a share for, in order. */
  toBeShared(stage, isPublic) {
    const [envelopes, standing] = [this.envelopes(stage, isPublic), this.standing(stage)];
    const sealed = standing.filter(({ onPaper }) => !onPaper);
    return sealed.flatMap((bid) => envelopes.map(({ id }) => /** @type {const} */ ([bid, id])));
  }

  /** The bids to be opened at a stage, in order of receipt. @param {number} stage */
  standing(stage) {
    const sealed = this.staysSealed(stage);
    return this.toBeOpened().filter(({ uid }) => !sealed.has(uid));
  }

  /** Where the sitting of a stage stands. @param {number} stage */
  sittingOf(stage) {
    if (!this.sittings.has(stage)) this.sittings.set(stage, new Sitting());
    return this.sittings.get(stage);
  }

  /** A later stage's turn comes when the one before it is open, and was reviewed; else `Malformed`. @param {number} stage @param {string} what */
  checkTurn(stage, what) {
    const before = this.stages[this.stages.indexOf(stage) - 1];
    if (before === undefined) return;
    if (!this.opened.has(before)) throw new Malformed(`${what}: stage ${before} comes before stage ${stage} and is not open`);
    if (!this.reviews.has(stage)) {
      throw new Malformed(`${what}: the log does not say which bids stay sealed at stage ${stage}`);
    }
  }

  /** The bags to be opened, in order of receipt; none before the close. */
  bags() {
    return this.toBeOpened().filter(({ onPaper }) => onPaper);
  }

  /** The bags of which a `paper-sheet` is due: those to be opened, and doubles beside a bid to be opened. */
  bagsTold() {
    const opened = new Set(this.toBeOpened().map(({ uid }) => uid));
    const doubles = [...this.doubles].filter(([, bid]) => opened.has(bid)).map(([bag]) => this.bids.get(bag));
    return [...this.bags(), ...doubles];
  }

  /** The bid of every sheet of a stage, on paper or not, in the order in which sheets are read out. @param {number} stage */
  rows(stage) {
    const { length } = this.envelopes(stage, true);
    return this.standing(stage).flatMap(({ uid, onPaper }) => Array(onPaper ? 1 : length).fill(uid));
  }

  /** What a note about unopened envelopes or short lots has to fit. @returns {import("./afterwards.js").Facts} */
  sinceOpened() {
    const [first] = this.stages;
    const all = [...this.opened].flatMap(([stage, { verdicts }]) => [...verdicts].map(([place, item]) => ({ stage, place, item })));
    const unopened = all.filter(({ item }) => item.verdict === "trustees");
    const attached = unopened.flatMap(({ stage, item }) => this.envelopes(stage, false).map(({ id }) => `${item.bid}/${id}`));
    const typed = [...this.paperSheets].filter(([, { fields }]) => fields !== null).map(([bag]) => bag);
    const sheets = [...(this.opened.get(first)?.sheets.keys() ?? [])].map((place) => place.split("/")[0]);
    return {
      unopened: new Map(unopened.map(({ place, stage }) => [place, stage])),
      attached: new Set(attached),
      first,
      read: new Set([...typed, ...sheets]),
      waiting: new Set(this.bags().filter(({ uid }) => !this.paperSheets.has(uid)).map(({ lot }) => lot)),
      lots: new Map(this.toBeOpened().map(({ uid, lot }) => [uid, lot])),
      least: this.panel.minBids,
      opened: this.opened.has(first),
      onHold: this.onHold,
    };
  }

  /** Check the next event and take it; `Malformed` names its place. @param {any} event @param {Uint8Array} leaf its leaf hash */
  apply(event, leaf) {
    const index = this.size;
    let kind;
    try {
      kind = this.#take(index, event);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      throw new Malformed(`leaf ${index}: ${error.message}`);
    }
    this.tree.append(leaf);
    if (kind === "close") {
      const head = { origin: this.origin, size: this.size, root: this.tree.root() };
      this.close = { index, at: event.at, closesAt: event.closes_at, count: event.count, head };
      this.state = "closed";
    }
  }

  #take(index, event) {
    const kind = checkEvent(event);
    checkPlace(kind, index);
    if (kind === "panel") this.panel = parsePanel(event);
    this.#takers[kind]?.call(this, index, event);
    return kind;
  }

  #schedule(_, event) {
    checkSchedule(event, this.panel, this.schedules.at(-1) ?? null, this.#begun());
    if (this.state !== "open" && event.closes_at !== this.schedule.closes_at) {
      if (this.state === "opening") throw new Malformed("schedule: opening has begun, the deadline cannot move");
      if (this.failed.size) throw new Malformed("schedule: a lot has failed, the deadline cannot move");
      if (this.close) this.voided.push(this.close);
      this.close = null;
      this.state = "open";
      for (const uid of this.doubles.keys()) Object.assign(this.bids.get(uid), { end: null, endIndex: -1 });
      this.doubles.clear();
    }
    this.schedules.push(event);
  }

  #bid(index, event) {
    this.#inTime(event);
    const { manifest } = event;
    if (this.bids.has(manifest.bid)) throw new Malformed(`bid: ${manifest.bid} stands in the log already`);
    let old = null;
    if (manifest.supersedes !== null) {
      old = this.#standing(manifest.supersedes, "bid: supersedes");
      if (old.lot !== manifest.lot) throw new Malformed("bid: supersedes a bid for another lot");
      checkSupersedesSig(manifest, event.supersedes_sig, unhex(old.manifest.sign_pub, 32, "sign_pub"));
    } else if (event.supersedes_sig !== null) {
      throw new Malformed("bid: supersedes_sig without supersedes");
    }
    checkManifest(manifest, event.sig, this.panel, { dealings: false });
    if (old) [old.end, old.endIndex] = ["superseded", index];
    this.#stand(manifest.bid, { index, lot: manifest.lot, manifest, holder: null }, "bid");
  }

  #stand(uid, bid, kind) {
    this.bids.set(uid, { uid, end: null, endIndex: -1, onPaper: bid.holder !== null, ...bid });
    this.acts.push({ index: bid.index, kind, uid });
  }

  /** A bag: counted like a bid, opened by hands. */
  #paper(index, event) {
    this.#inTime(event);
    const { bag, lot, holder } = event;
    if (!this.paperAllowed) throw new Malformed("paper: this tender takes no bids on paper");
    if (this.bids.has(bag)) throw new Malformed(`paper: ${bag} stands in the log already`);
    if (event.panel !== this.panel.hash) throw new Malformed("paper: of another panel");
    if (event.copies < 1) throw new Malformed("paper: no copies");
    this.#stand(bag, { index, lot, manifest: { bid: bag, lot, envelopes: [] }, holder }, "paper");
  }

  #paperBack(index, event) {
    this.#inTime(event);
    const bag = this.#standing(event.bag, "paper-back", true);
    this.#end(bag, "back", { index, kind: "paper-back", uid: bag.uid });
  }

  #paperDouble(index, event) {
    if (this.state !== "closed" || this.failed.size) throw new Malformed("paper-double: not right after the close");
    const bag = this.#standing(event.bag, "paper-double", true);
    const bid = this.#standing(event.bid, "paper-double: bid");
    if (bag.lot !== bid.lot) throw new Malformed("paper-double: bag and bid are for different lots");
    [bag.end, bag.endIndex] = ["double", index];
    this.doubles.set(bag.uid, bid.uid);
  }

  #paperSheet(_, event) {
    const [first] = this.stages;
    if (!this.opened.has(first)) throw new Malformed("paper-sheet: before the sheets are open");
    if (this.onHold) throw new Malformed("paper-sheet: the opening is on hold");
    const bag = this.bagsTold().find(({ uid }) => uid === event.bag);
    if (!bag) throw new Malformed(`paper-sheet: ${event.bag} is no bag to be opened`);
    if ((bag.end === "double") !== (event.void === DOUBLE)) {
      throw new Malformed("paper-sheet: a bag is void as double if, and only if, it was said to be");
    }
    if (this.paperSheets.has(bag.uid)) throw new Malformed(`paper-sheet: ${bag.uid} was read before`);
    const [{ id: envelope }] = this.envelopes(first, true);
    const { project } = this.panel;
    this.paperSheets.set(bag.uid, readPaperSheet(event, { project, lot: bag.lot, envelope, holder: bag.holder }));
  }

  #withdraw(index, event) {
    this.#inTime(event);
    const bid = this.#standing(event.withdrawal.bid, "withdraw");
    checkWithdrawal(event.withdrawal, event.sig, unhex(bid.manifest.sign_pub, 32, "sign_pub"), this.panel);
    this.#end(bid, "withdrawn", { index, kind: "withdraw", uid: bid.uid });
  }

  #override(index, event) {
    this.#inTime(event);
    const bid = this.#standing(event.order.bid, "override");
    checkOverride(event.order, event.sigs, this.panel);
    this.#end(bid, "overridden", { index, kind: "override", uid: bid.uid });
  }

  #end(bid, end, act) {
    [bid.end, bid.endIndex] = [end, act.index];
    this.acts.push(act);
  }

  #inTime({ type, at }) {
    if (this.state !== "open") throw new Malformed(`${type}: after the close`);
    const { closes_at: closesAt } = this.schedule;
    if (at >= closesAt) throw new Malformed(`${type}: stamped ${at}, the deadline was ${closesAt}`);
  }

  #standing(uid, what, onPaper = false) {
    const bid = this.bids.get(uid);
    if (bid?.onPaper !== onPaper) throw new Malformed(`${what}: no ${onPaper ? "bag" : "bid"} ${uid} stands before it`);
    if (bid.end !== null) throw new Malformed(`${what}: ${uid} was ${bid.end} at leaf ${bid.endIndex}`);
    return bid;
  }

  #hold(_, event) {
    this.onHold = event.on;
  }

  #close(index, event) {
    const { closes_at: closesAt } = this.schedule;
    const count = this.effective().length;
    if (this.state !== "open") throw new Malformed("close: closed already");
    if (event.closes_at !== closesAt) throw new Malformed(`close: closes_at is not the one in force, ${closesAt}`);
    if (event.at < closesAt) throw new Malformed(`close: stamped ${event.at}, before the deadline ${closesAt}`);
    if (event.count !== count) throw new Malformed(`close: count is ${event.count}, effective are ${count}`);
    if (event.size !== index) throw new Malformed(`close: size is ${event.size}, not ${index}`);
    if (event.root !== hex(this.tree.root())) throw new Malformed("close: root is not that of the leaves before it");
  }

  #failed(index, { lot }) {
    this.#afterClose("failed");
    if (this.failed.has(lot)) throw new Malformed(`failed: lot ${lot} failed at leaf ${this.failed.get(lot)}`);
    const count = this.effective().filter((bid) => bid.lot === lot).length;
    if (count >= this.panel.minBids) throw new Malformed(`failed: lot ${lot} has ${count} bids, which is enough`);
    this.failed.set(lot, index);
  }

  #shares(index, { i, stage, at, public: isPublic, sha256 }) {
    this.#afterClose("shares");
    seatAt(this.panel, i);
    if (at < this.opensAt(stage)) throw new Malformed(`shares: stage ${stage} opens at ${this.opensAt(stage)}`);
    if (this.onHold) throw new Malformed("shares: the opening is on hold");
    this.checkTurn(stage, "shares");
    const key = `${i}/${stage}/${isPublic}`;
    if (this.shares.has(key)) throw new Malformed(`shares: seat ${i} gave these at leaf ${this.shares.get(key).index}`);
    this.shares.set(key, { index, sha256 });
    this.state = "opening";
  }

  #opened(index, { stage, at, sheets, verdicts }) {
    this.#afterClose("opened");
    if (at < this.opensAt(stage)) throw new Malformed(`opened: stage ${stage} opens at ${this.opensAt(stage)}`);
    if (this.opened.has(stage)) throw new Malformed(`opened: stage ${stage} was opened at leaf ${this.opened.get(stage).index}`);
    this.checkTurn(stage, "opened");
    const keyOf = ({ bid, envelope }) => `${bid}/${envelope}`;
    const wanted = this.toBeShared(stage, true).map(([{ uid }, envelope]) => keyOf({ bid: uid, envelope }));
    const shown = sheets.map(keyOf);
    if ([...shown, ...verdicts.map(keyOf)].sort().join() !== [...wanted].sort().join()) {
      throw new Malformed("opened: sheets and verdicts are not exactly the bids to be opened");
    }
    if (shown.join() !== wanted.filter((key) => shown.includes(key)).join()) {
      throw new Malformed("opened: the sheets are not in order of receipt");
    }
    this.opened.set(stage, {
      index,
      at,
      sheets: new Map(sheets.map((each) => [keyOf(each), each.sha256])),
      verdicts: new Map(verdicts.map((each) => [keyOf(each), each])),
    });
  }

  #objection(_, { sha256 }) {
    for (const sitting of this.sittings.values()) sitting.object(sha256); // at most one is under way
  }

  #note(index, { kind, data, at }) {
    if (kind === "unwitnessed") this.unwitnessed = true;
    if (kind === OFFLINE) this.#heldOffline(data, at);
    if (kind.startsWith(AFTER)) this.after.take(index, kind, data, this.sinceOpened());
    if (kind === ALLOWED) this.#paperMayCome(data);
    this.extras.take(index, kind, data);
    if (kind === REVIEW) {
      const { stage, sealed } = checkReview(data, { stages: this.stages, opened: this.opened, begun: this.#begun(), standing: (number) => this.standing(number) });
      this.reviews.set(stage, { index, at, sealed });
    }
    if (!isOfASitting(kind)) return;
    this.#sit(readBack(kind, data, this.stages), at);
    this.state = "opening";
  }

  #sit({ stage, kind, data }, at) {
    const before = this.stages[Math.max(this.stages.indexOf(stage) - 1, 0)];
    if (kind === "hall-list") this.#checkBegins(stage);
    this.sittingOf(stage).take(kind, data, {
      at,
      closed: this.close !== null,
      opensAt: this.opensAt(stage),
      onHold: this.onHold,
      toBeOpened: this.standing(before).map(({ uid }) => uid),
      rows: this.rows(stage),
      opened: this.opened.has(stage) && this.bags().every(({ uid }) => this.paperSheets.has(uid)),
    });
  }

  /** One sitting after the other, and a later one only where somebody is opened at it. */
  #checkBegins(stage) {
    for (const [other, { listed, ended }] of this.sittings) {
      if (listed && (other > stage || (other < stage && !ended))) throw new Malformed(`hall-list: beside the sitting of stage ${other}`);
    }
    this.checkTurn(stage, "hall-list");
    if (stage !== this.stages[0] && !this.standing(stage).length) throw new Malformed("hall-list: nobody is opened");
  }

  /** A bag is opened whole at the first stage, and a price on paper would be too: only where there is no other. */
  #paperMayCome(data) {
    if (this.bids.size || this.paperAllowed || Object.keys(data).length) {
      throw new Malformed(`${ALLOWED}: once, before the first bid, without data`);
    }
    if (this.stages.length > 1) throw new Malformed(`${ALLOWED}: the panel has several stages`);
    this.paperAllowed = true;
  }

  #heldOffline(data, at) {
    const said = readOffline(data);
    if (this.stages.length > 1) throw new Malformed(`${OFFLINE}: the panel has several stages`);
    if (!this.opened.has(said.stage)) throw new Malformed(`${OFFLINE}: stage ${said.stage} is not open`);
    if (this.offline.has(said.stage)) throw new Malformed(`${OFFLINE}: stage ${said.stage} was brought in already`);
    checkOfflineTimes(said, this.opensAt(said.stage), at);
    this.offline.set(said.stage, said);
  }

  /** The stages of which a share stands in the log, and later ones whose list is out. */
  #begun() {
    const listed = [...this.sittings.keys()].filter((stage) => stage !== this.stages[0] && this.sittingOf(stage).listed);
    return new Set([...[...this.shares.keys()].map((key) => Number(key.split("/")[1])), ...listed]);
  }

  #afterClose(what) {
    if (this.state === "open") throw new Malformed(`${what}: before the close`);
  }
}
