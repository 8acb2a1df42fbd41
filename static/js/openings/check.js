/**
 * Checking a whole `opening.zip` (protocol §6.6): the checks of `bidding verify`, in its order and by its codes.
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { hex, same, unhex } from "../core/bytes.js";
import { dumps, exactly, identifier, integer, textOf } from "../core/canonical.js";
import { shanghai } from "../core/dom.js";
import { BadSignature, Malformed } from "../core/refused.js";
import { BY_KEY, FAILED, keyDigest } from "../opening/afterwards.js";
import { checkClose, checkCheckpoints, checkDealt, Early, lateActs, OtherHistory, quorum, sixWords, Stranger } from "../opening/batches.js";
import { checkLeaves, parseLog } from "../opening/package.js";
import { LogRecord } from "../opening/record.js";
import { batchHash, checkBatch, checkPosted, envelopeOf, headText, openEnvelope, parseBatch } from "../opening/shares.js";
import { decrypt } from "../sealing/age.js";
import { parseSheet } from "../sealing/container.js";
import { namedPanel, parseProof, readExtra, verifyReceipt } from "../verifying/receipt.js";
import { satisfied } from "../verifying/trust.js";
import { checkDraws } from "./draws.js";
import { OpeningZip, Unreadable } from "./zip.js";

/** A sheet larger than this is not read; sealed, it is a few kilobytes more. */
const MAX_SHEET = 16 * 1024 * 1024;
const MAX_SEALED = MAX_SHEET + 64 * 1024;

/**
 * `mark` is how a check ended, `code` its text in the catalogue; `detail` the technical reason, in English.
 * @typedef {{ mark: "holds" | "note" | "refused", code: string, params: Record<string, any>, detail?: string }} Finding
 * @typedef {{ lot: string, bid: string, envelope: string, tenderer: { name: string, uscc: string }, fields: Record<string, any>, sha256: string,
 *   onPaper?: boolean }} Sheet
 * @typedef {{ findings: Finding[], sheets: Sheet[], draws: import("./draws.js").Drew[], project: string | null, panel: string | null, size: number | null,
 *   words: string | null, accepted: boolean, complete: boolean }} Report `complete`: accepted, the panel was compared
 *   with the notice, and every receipt was cosigned
 */

/**
 * Check an opening. Throws `Unreadable` where there is no bundle to judge.
 * @param {{ zip: Blob, receipts?: { name: string, text: string }[], panel?: string | null, words?: string | null }} given
 *   `panel` from the printed notice, `words` from the paper record
 * @returns {Promise<Report>}
 */
export async function checkOpening({ zip, receipts = [], panel = null, words = null }) {
  const check = new Check({
    receipts,
    panel: panel?.replace(/\s/g, "").toLowerCase() || null,
    words: words?.trim().split(/\s+/).join(" ") || null,
  });
  try {
    await check.run(zip);
  } catch (error) {
    if (!(error instanceof Ended)) throw error;
  }
  return check.report();
}

/** Nothing that follows could be judged. */
class Ended extends Error {}

class Check {
  #asked;
  /** @type {Finding[]} */
  #findings = [];
  /** @type {Sheet[]} */
  #sheets = [];
  /** @type {import("./draws.js").Drew[]} */
  #draws = [];
  /** @type {OpeningZip} */
  #archive;
  #bundle;
  #record = new LogRecord();
  #checkpoints;
  #words = null;
  /** Stage → seat → shares. @type {Map<number, Map<number, import("../opening/shares.js").Shares>>} */
  #batches = new Map();

  constructor(asked) {
    this.#asked = asked;
  }

  /** @returns {Report} */
  report() {
    const accepted = !this.#findings.some(({ mark }) => mark === "refused");
    const open = this.#findings.some(({ code }) => ["panel.unknown", "receipt.unwitnessed"].includes(code));
    const { panel, size } = this.#record;
    return {
      findings: this.#findings,
      sheets: this.#sheets,
      draws: this.#draws,
      project: panel?.project ?? null,
      panel: panel?.hash ?? null,
      size: size || null,
      words: this.#words,
      accepted,
      complete: accepted && !open,
    };
  }

  async run(zip) {
    try {
      this.#archive = await OpeningZip.open(zip);
    } catch (error) {
      if (error instanceof Unreadable || !(error instanceof Malformed)) throw error;
      this.#end("files.extra", error);
    }
    const data = await this.#archive.bundle();
    this.#holds("files");
    this.#parse(data);
    this.#replay();
    this.#anchor();
    this.#schedules();
    await this.#notices();
    this.#witnesses();
    this.#close();
    this.#lots();
    this.#dealings();
    this.#shares();
    this.#posted();
    await this.#open();
    this.#paper();
    this.#offline();
    this.#short();
    this.#sitting();
    this.#withdrawn();
    await this.#drawn();
    this.#awards();
    for (const file of this.#asked.receipts) this.#receipt(file);
  }

  #say(mark, code, params = {}, detail = undefined) {
    this.#findings.push({ mark, code, params, ...(detail === undefined ? {} : { detail }) });
  }

  #holds(code, params) {
    this.#say("holds", code, params);
  }

  #refuse(code, params, detail) {
    this.#say("refused", code, params, detail instanceof Error ? detail.message : detail);
  }

  /** @returns {never} */
  #end(code, error, params = {}) {
    this.#refuse(code, params, error);
    throw new Ended();
  }

  /** What an act gives; what it finds wrong is handed to `otherwise`. */
  #try(act, otherwise) {
    try {
      return act();
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      return otherwise(error);
    }
  }

  get #refusals() {
    return this.#findings.filter(({ mark }) => mark === "refused").length;
  }

  // The log

  #parse(data) {
    this.#bundle = this.#try(
      () => {
        const { batches, keys, ...log } = parseLog(data);
        return { ...log, batches: batches.map(parseBatch), keys: keys.map(postedKey) };
      },
      (error) => this.#end("bundle.shape", error),
    );
    this.#holds("bundle");
  }

  /** Every leaf opened, and every event where it may stand. Dealings are told of by themselves. */
  #replay() {
    const hashes = this.#try(() => checkLeaves(this.#bundle), (error) => this.#end("leaves.open", error));
    this.#holds("leaves", { count: hashes.length });
    this.#bundle.opens.forEach(({ event }, index) => {
      this.#try(() => this.#record.apply(event, hashes[index]), (error) => this.#end("event.rule", error, { index, kind: event.type }));
    });
    if (!this.#record.size) this.#end("bundle.shape", "log: empty, not even a panel");
    this.#holds("events");
  }

  #anchor() {
    const { hash } = this.#record.panel;
    const { panel } = this.#asked;
    if (panel === null) this.#say("note", "panel.unknown", { panel: hash });
    else if (panel === hash) this.#holds("panel");
    else this.#refuse("panel.other", {}, `${hash} here, ${panel} in the notice`);
  }

  #schedules() {
    const { schedules, voided, onHold } = this.#record;
    schedules.slice(1).forEach(({ n, closes_at: closes, opens }, place) => {
      const before = schedules[place];
      const note = (code, was, now, of = {}) => this.#say("note", code, { n, ...of, was: shanghai(was), now: shanghai(now) });
      const moved = opens.flatMap(({ stage, at }, each) => (before.opens[each].at === at ? [] : [[before.opens[each].at, at, { stage }]]));
      if (closes === before.closes_at && moved.length) for (const [was, now, of] of moved) note("schedule.opening-moved", was, now, of);
      else note("schedule.moved", before.closes_at, closes);
    });
    for (const { index, closesAt } of voided) this.#say("note", "close.voided", { index, closes: shanghai(closesAt) });
    if (onHold) this.#say("note", "hold.on");
  }

  /** The text of every notice that the log tells of, against its digest there; its files are listed in the text. */
  async #notices() {
    const told = new Map();
    this.#bundle.opens.forEach(({ event: { type, kind, sha256: digest } }, index) => {
      const name = `notices/${digest}.json`;
      if (type === "notice" && !kind.endsWith("-document") && !told.has(name)) told.set(name, { index, kind });
    });
    const given = this.#archive.notices;
    if (!given.length) {
      if (told.size) this.#say("note", "notice.absent", { count: told.size });
      return;
    }
    const before = this.#refusals;
    for (const [name, place] of told) {
      if (!given.includes(name)) this.#refuse("notice.missing", place, name);
      else {
        try {
          const found = hex(sha256(await this.#archive.notice(name)));
          if (name !== `notices/${found}.json`) throw new Malformed(`${found} here, ${name} in the log`);
        } catch (error) {
          if (!(error instanceof Malformed)) throw error;
          this.#refuse("notice.other", place, error);
        }
      }
    }
    for (const name of given.filter((each) => !told.has(each)).sort()) this.#refuse("files.extra", {}, name);
    if (this.#refusals === before) this.#holds("notices", { count: told.size });
  }

  // Witnesses and times

  #witnesses() {
    const codes = [[BadSignature, "checkpoint.signature"], [OtherHistory, "checkpoint.root"], [Stranger, "checkpoint.stranger"]];
    this.#checkpoints = this.#try(
      () => checkCheckpoints(this.#record, this.#bundle.checkpoints),
      (error) => this.#end(codes.find(([type]) => error instanceof type)?.[1] ?? "checkpoint.form", error),
    );
    this.#holds("checkpoints", { count: this.#checkpoints.length });
  }

  #close() {
    const { close } = this.#record;
    if (close === null) this.#end("close.missing", undefined);
    this.#words = sixWords(close.head);
    const byWords = this.#wordsAgree();
    this.#try(
      () => {
        checkClose(this.#record, this.#checkpoints);
        this.#holds("close", { closes: shanghai(close.closesAt), count: close.count });
      },
      (error) => {
        if (error instanceof Early) this.#refuse("close.early", {}, error);
        else this.#unwitnessed(byWords, "close.witness", {}, error);
      },
    );
    this.#inTime(byWords);
    this.#last(byWords);
  }

  /** Whether the paper record's words are given, are right, and may stand in for witnesses. */
  #wordsAgree() {
    const { words } = this.#asked;
    if (words === null) return false;
    if (words !== this.#words) {
      this.#refuse("words.other", {}, `${this.#words} here, ${words} on paper`);
      return false;
    }
    this.#holds("words");
    return this.#record.unwitnessed;
  }

  #unwitnessed(byWords, code, params, detail) {
    if (!byWords) this.#refuse(code, params, detail);
    else if (!this.#findings.some((each) => each.code === "close.words")) this.#say("note", "close.words");
  }

  #inTime(byWords) {
    const late = lateActs(this.#record, this.#checkpoints);
    for (const { index, kind, uid } of late) this.#unwitnessed(byWords, "time.late", { index, kind }, `bid ${uid}`);
    if (!late.length) this.#holds("times", { count: this.#record.acts.length });
  }

  /** Whether the last checkpoint covers every leaf, with a quorum. */
  #last(byWords) {
    const last = this.#checkpoints.at(-1);
    if (last?.head.size !== this.#record.size) this.#refuse("checkpoint.last", {}, "leaves stand after it");
    else if (!quorum(this.#record.panel.policy, last)) this.#unwitnessed(byWords, "checkpoint.last", {}, "no quorum");
  }

  // Bids and shares

  #lots() {
    const { failed } = this.#record;
    const missing = this.#record.shortLots().filter((lot) => !failed.has(lot));
    for (const lot of missing) this.#refuse("lot.unfailed", { lot });
    for (const lot of [...failed.keys()].sort()) this.#say("note", "lot.failed", { lot });
    if (!missing.length) this.#holds("lots");
  }

  #dealings() {
    const { panel, bids } = this.#record;
    const keys = { hash: panel.hash, k: panel.k, pubs: panel.seats.map(({ pub }) => pub) };
    const before = this.#refusals;
    const sealed = [...bids.values()].filter(({ onPaper }) => !onPaper);
    for (const { uid, index, manifest } of sealed) {
      const dealt = manifest.envelopes.map(({ id, dealing }) => ({ uid, envelope: id, dealing, leaf: index }));
      this.#try(() => checkDealt(keys, dealt), (error) => this.#refuse("bid.dealing", { bid: uid }, error));
    }
    if (this.#refusals !== before) throw new Ended(); // shares of a dealing that does not hold mean nothing
    this.#holds("dealings", { count: sealed.length });
  }

  #shares() {
    const before = this.#refusals;
    const present = new Set();
    const given = new Set();
    for (const signed of this.#bundle.batches) {
      const { i, stage, public: isPublic } = signed.batch;
      const place = `${i}/${stage}/${isPublic}`;
      given.add(place);
      const problem = this.#batchProblem(signed, place, present);
      if (problem) {
        this.#refuse(problem[0], { seat: i }, problem[1]);
        continue;
      }
      present.add(place);
      this.#try(
        () => {
          const shares = checkBatch(this.#record, signed);
          if (!this.#batches.has(stage)) this.#batches.set(stage, new Map());
          this.#batches.get(stage).set(i, shares);
        },
        (error) => this.#refuse("batch.share", { seat: i }, error),
      );
    }
    for (const place of this.#record.shares.keys()) {
      const [seat, stage, isPublic] = place.split("/");
      if (isPublic === "true" && !given.has(place)) this.#refuse("batch.missing", { seat: Number(seat) }, `stage ${stage}`);
    }
    if (this.#refusals === before) this.#holds("batches", { count: this.#bundle.batches.length });
  }

  #batchProblem(signed, place, present) {
    const { batch } = signed;
    if (!batch.public) return ["batch.restricted", "public is false"];
    if (present.has(place)) return ["batch.twice", `stage ${batch.stage}`];
    const logged = this.#record.shares.get(place)?.sha256 ?? "nothing";
    const found = batchHash(signed);
    if (logged !== found) return ["batch.unlogged", `the log says ${logged}, this is ${found}`];
    if (batch.checkpoint !== headText(this.#record.close.head)) return ["batch.checkpoint", "its checkpoint is not the close's"];
    return null;
  }

  /** Every posted key is its bid's, and logged; every logged one of a public envelope is here. */
  #posted() {
    const before = this.#refusals;
    const { after, bids, panel } = this.#record;
    const given = new Set();
    for (const { bid, envelope, identity } of this.#bundle.keys) {
      given.add(`${bid}/${envelope}`);
      this.#try(
        () => {
          const found = bids.get(bid);
          if (!found || found.onPaper) throw new Malformed("no such sealed bid in the log");
          checkPosted(found, envelope, identity);
          if (after.keys.get(`${bid}/${envelope}`) !== keyDigest(bid, envelope, identity)) {
            this.#refuse("key.unlogged", { bid }, `envelope ${envelope}`);
          }
        },
        (error) => this.#refuse("key.other", { bid }, error),
      );
    }
    const shown = panel.envelopes.filter((each) => each.public).map(({ id }) => id);
    for (const place of after.keys.keys()) {
      const [bid, envelope] = place.split("/");
      if (shown.includes(envelope) && !given.has(place)) this.#refuse("key.missing", { bid }, `envelope ${envelope}`);
    }
    if (given.size && this.#refusals === before) this.#holds("keys", { count: given.size });
  }

  // Sheets

  async #open() {
    const before = this.#refusals;
    const record = this.#record;
    const wanted = new Set();
    for (const stage of record.stages) {
      const opened = record.opened.get(stage);
      if (opened) {
        for (const [bid, envelope] of record.toBeShared(stage, true)) {
          wanted.add(sealedName(bid, envelope));
          await this.#sheet(stage, opened, bid, envelope);
        }
        this.#typed(stage);
      } else if (record.envelopes(stage, true).length && record.standing(stage).length) {
        if (record.opened.size) this.#say("note", "stage.waiting", { stage });
        else this.#refuse("stage.unopened", {}, `stage ${stage}`);
      }
    }
    for (const name of this.#archive.sealed.filter((each) => !wanted.has(each)).sort()) this.#refuse("sealed.extra", {}, name);
    this.#sameTenderer();
    if (this.#refusals === before) this.#holds("sheets", { count: this.#sheets.length });
    this.#reviews();
  }

  /** What was found between two stages; the replay has checked that it stands before any share of the later one. */
  #reviews() {
    for (const [stage, { index, sealed }] of this.#record.reviews) {
      this.#holds("review", { stage, index });
      for (const [bid, reason] of sealed) this.#say("note", "stage.sealed", { stage, bid, reason });
    }
  }

  /** One envelope: its ciphertext, its key from the shares, what it says, and what the log says of it. */
  async #sheet(stage, opened, bid, envelope) {
    const key = `${bid.uid}/${envelope}`;
    const verdict = opened.verdicts.get(key);
    if (verdict?.verdict === "platform") {
      this.#refuse("verdict.platform", { bid: bid.uid }, JSON.stringify(verdict.evidence));
      return;
    }
    if (!(await this.#whole(bid, envelope))) return;
    const batches = this.#batchesBefore(stage, opened.index);
    if (verdict) {
      await this.#verdict(stage, opened, bid, envelope, openEnvelope(this.#record, bid, envelope, batches));
      return;
    }
    try {
      const unlocked = openEnvelope(this.#record, bid, envelope, batches);
      if (unlocked.identity === null) throw new Malformed(JSON.stringify(unlocked.evidence));
      const sheet = await this.#read(bid, envelope, unlocked.identity);
      const said = opened.sheets.get(key);
      if (sheet.sha256 === said) this.#sheets.push(sheet);
      else this.#refuse("sheet.other", { bid: bid.uid }, `${sheet.sha256} here, ${said} in the log`);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.#refuse("sheet.unopenable", { bid: bid.uid }, error);
    }
  }

  /** The checked batches that were logged before the opening: later ones opened nothing. */
  #batchesBefore(stage, index) {
    const all = [...(this.#batches.get(stage) ?? [])];
    return new Map(all.filter(([seat]) => this.#record.shares.get(`${seat}/${stage}/true`).index < index));
  }

  #key({ uid }, envelope) {
    return this.#bundle.keys.find((key) => key.bid === uid && key.envelope === envelope)?.identity ?? null;
  }

  /** Whether the ciphertext is there and is the manifest's. */
  async #whole(bid, envelope) {
    const name = sealedName(bid, envelope);
    if (!this.#archive.sealed.includes(name)) {
      this.#refuse("sealed.missing", { bid: bid.uid }, name);
      return false;
    }
    const [listed] = envelopeOf(bid, envelope).files;
    const digest = sha256.create();
    let size = 0;
    try {
      for await (const part of this.#archive.stream(name)) {
        digest.update(part);
        size += part.length;
        if (size > listed.size) break;
      }
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.#refuse("sealed.damaged", { bid: bid.uid }, error);
      return false;
    }
    if (size === listed.size && hex(digest.digest()) === listed.sha256) return true;
    this.#refuse("sealed.altered", { bid: bid.uid }, `${name} is not what the manifest lists`);
    return false;
  }

  /** @returns {Promise<Sheet>} */
  async #read(bid, envelope, identity) {
    const plain = decrypt(await this.#archive.whole(sealedName(bid, envelope), MAX_SEALED), identity);
    if (plain.length > MAX_SHEET) throw new Malformed(`sheet: larger than ${MAX_SHEET} bytes`);
    const place = { project: this.#record.panel.project, lot: bid.lot, bid: bid.uid, envelope };
    const { sheet, sha256: digest } = parseSheet(plain, place);
    return { lot: bid.lot, bid: bid.uid, envelope, tenderer: sheet.tenderer, fields: sheet.fields, sha256: digest };
  }

  /** Whether what the log says of an envelope that was not opened is borne out (protocol §6.4). */
  async #verdict(stage, opened, bid, envelope, unlocked) {
    const { verdict, evidence } = opened.verdicts.get(`${bid.uid}/${envelope}`);
    if (verdict === "trustees" && unlocked.verdict === "trustees") {
      if (this.#hadTheirTime(evidence, unlocked.evidence, stage, opened.at)) {
        this.#say("note", "verdict.trustees", { bid: bid.uid });
        await this.#openedLater(stage, bid, envelope);
      } else this.#refuse("verdict.early", { bid: bid.uid }, JSON.stringify(evidence));
    } else if (verdict === "tenderer" && (await this.#atFault(evidence, bid, envelope, unlocked))) {
      this.#say("note", "verdict.tenderer", { bid: bid.uid });
    } else {
      this.#refuse("verdict.unborne", { bid: bid.uid }, `the log says ${verdict}; found: ${unlocked.verdict ?? "it opens"}`);
    }
  }

  async #atFault(evidence, bid, envelope, unlocked) {
    if (unlocked.identity === null) {
      return unlocked.verdict === "tenderer" && same(dumps(unlocked.evidence), dumps(evidence));
    }
    try {
      await this.#read(bid, envelope, unlocked.identity);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      return evidence?.reason === "sheet";
    }
    return false;
  }

  /** Whether trustees had the time that the verdict says, from no earlier than they could begin. */
  #hadTheirTime(evidence, found, stage, at) {
    return this.#try(
      () => {
        const { reason, shares, since, seconds } = exactly(evidence, "reason shares since seconds", "evidence");
        const from = integer(since, "evidence.since", this.#record.canBeginAt(stage));
        const waited = at >= from + integer(seconds, "evidence.seconds", 1);
        return waited && same(dumps(found), dumps({ reason, shares }));
      },
      () => false,
    );
  }

  /** A sheet that opened after the trustees had failed it: by its tenderer's key, or by shares that came late. */
  async #openedLater(stage, bid, envelope) {
    const { uid } = bid;
    const key = this.#key(bid, envelope);
    const late = this.#record.after.late.get(`${uid}/${envelope}`);
    if (!late) {
      if (key !== null) this.#refuse("late.missing", { bid: uid });
      return;
    }
    const [batches, posted] = late.by === BY_KEY ? [new Map(), key] : [this.#batchesBefore(stage, late.index), null];
    try {
      const unlocked = openEnvelope(this.#record, bid, envelope, batches, posted);
      if (late.verdict !== null) await this.#lateVerdict(late, bid, envelope, unlocked);
      else if (unlocked.identity === null) throw new Malformed(JSON.stringify(unlocked.evidence));
      else await this.#readLater(late, bid, envelope, unlocked.identity);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.#refuse("sheet.unopenable", { bid: uid }, error);
    }
  }

  async #lateVerdict({ verdict, evidence }, bid, envelope, unlocked) {
    if (verdict === "platform") this.#refuse("verdict.platform", { bid: bid.uid }, JSON.stringify(evidence));
    else if (await this.#atFault(evidence, bid, envelope, unlocked)) this.#say("note", "verdict.tenderer", { bid: bid.uid });
    else this.#refuse("verdict.unborne", { bid: bid.uid }, `the log says ${verdict}`);
  }

  async #readLater({ by, sha256: said }, bid, envelope, identity) {
    const sheet = await this.#read(bid, envelope, identity);
    if (sheet.sha256 !== said) {
      this.#refuse("sheet.other", { bid: bid.uid }, `${sheet.sha256} here, ${said} in the log`);
      return;
    }
    this.#say("note", by === BY_KEY ? "sheet.posted" : "sheet.late", { bid: bid.uid });
    this.#sheets.push(sheet);
  }

  /** The figures that were typed from bags, each in its place of receipt among the sheets. */
  #typed(stage) {
    const record = this.#record;
    if (stage !== record.stages[0]) return;
    const [{ id: envelope }] = record.envelopes(stage, true);
    for (const { uid, lot } of record.bags()) {
      const typed = record.paperSheets.get(uid);
      if (!typed || typed.fields === null) continue;
      const { tenderer, fields, sha256: digest } = typed;
      this.#sheets.push({ lot, bid: uid, envelope, tenderer, fields, sha256: digest, onPaper: true });
    }
    const rows = record.rows(stage);
    const place = ({ bid }) => (rows.includes(bid) ? rows.indexOf(bid) : rows.length);
    this.#sheets.sort((one, other) => place(one) - place(other));
  }

  /** The log knows keys only; who bid twice in a lot shows in the sheets. */
  #sameTenderer() {
    const seen = new Set();
    for (const { lot, envelope, tenderer: { uscc } } of this.#sheets) {
      const place = `${lot}/${envelope}/${uscc}`;
      if (seen.has(place)) this.#say("note", "sheet.twice", { lot, uscc });
      seen.add(place);
    }
  }

  // What follows

  /** Bids on paper: what the log says of them is whole. What lay in the bags, nobody can check from here. */
  #paper() {
    const { bids, opened, paperSheets } = this.#record;
    for (const bag of [...bids.values()].filter(({ onPaper }) => onPaper)) {
      if (bag.end === "back") this.#say("note", "paper.back", { bag: bag.uid });
      else if (bag.end === "double") this.#double(bag);
    }
    const due = this.#record.bags();
    if (opened.size) for (const { uid } of due) if (!paperSheets.has(uid)) this.#say("note", "paper.waiting", { bag: uid });
    const read = due.filter(({ uid }) => paperSheets.has(uid));
    for (const { uid } of read) {
      const { void: reason } = paperSheets.get(uid);
      if (reason !== null) this.#say("note", `paper.${reason}`, { bag: uid });
    }
    if (read.length) this.#say("note", "paper.unseen", { count: read.length });
  }

  /** A bag that was left shut: once its lot is open, the sealed bid in its place must be the same tenderer's. */
  #double({ uid }) {
    const bid = this.#record.doubles.get(uid);
    const told = this.#record.paperSheets.get(uid);
    const sheet = this.#sheets.find((each) => each.bid === bid);
    if (sheet && !told) this.#refuse("paper.other", { bag: uid }, "nobody said whose it is");
    else if (sheet && told.tenderer.uscc !== sheet.tenderer.uscc) {
      this.#refuse("paper.other", { bag: uid }, `bid ${bid} is ${sheet.tenderer.uscc}'s`);
    } else this.#say("note", "paper.double", { bag: uid });
  }

  /** Stages that a laptop opened in the hall: the hours are its clock's. */
  #offline() {
    for (const [stage, { began, ended, host, supervisor }] of [...this.#record.offline].sort(([one], [other]) => one - other)) {
      this.#say("note", "opening.offline", { stage, began: shanghai(began), ended: shanghai(ended), host, supervisor });
    }
  }

  /** Lots with too few readable sheets: what was decided, or that it is still to be. */
  #short() {
    const { after } = this.#record;
    const facts = this.#record.sinceOpened();
    if (!facts.opened) return;
    for (const lot of [...new Set(facts.lots.values())].filter((each) => !facts.waiting.has(each)).sort()) {
      const readable = after.readable(lot, facts);
      const decision = after.decided.get(lot);
      if (decision) this.#say("note", decision === FAILED ? "lot.decided-failed" : "lot.goes-on", { lot, readable });
      else if (readable < facts.least) this.#say("note", "lot.short", { lot, readable });
    }
  }

  #sitting() {
    for (const stage of this.#record.stages) {
      const { ended, listed, read, objections, signed, record, unanswered } = this.#record.sittingOf(stage);
      if (ended) this.#holds("sitting", { stage, read, objections: objections.size, signed: signed.length, record });
      else if (listed) this.#say("note", "sitting.unfinished", { stage, read, unanswered });
    }
  }

  /** Scans and videos that were taken back; the replay has checked that they had been attached. */
  #withdrawn() {
    for (const { index, of } of this.#record.extras.withdrawn) {
      this.#say("note", "extra.withdrawn", { index, what: of.sha256 ?? of.camera });
    }
  }

  async #drawn() {
    const log = {
      panel: this.#record.panel,
      events: this.#bundle.opens.map(({ event }) => event),
      checkpoints: this.#checkpoints,
      names: await this.#archive.names(),
    };
    this.#draws = checkDraws(log, {
      holds: (...told) => this.#holds(...told),
      note: (...told) => this.#say("note", ...told),
      refuse: (...told) => this.#refuse(...told),
    });
  }

  /** A result of a lot that was to be opened stands after its opening, the last one where there are two. */
  #awards() {
    const { opened, close, size, stages } = this.#record;
    const last = stages.at(-1);
    const first = opened.get(last)?.index ?? size;
    const toOpen = new Set(this.#record.standing(last).map(({ lot }) => lot));
    const before = this.#refusals;
    let count = 0;
    this.#bundle.opens.forEach(({ event: { type, lot } }, index) => {
      if (type !== "award") return;
      count += 1;
      if (index < (toOpen.has(lot) ? first : close.index)) this.#refuse("award.early", { index, lot });
    });
    if (count && this.#refusals === before) this.#holds("awards", { count });
  }

  /** A receipt must name this panel, lie at its index, and have been signed over a prefix of this very log. */
  #receipt({ name, text }) {
    const { panel, bids } = this.#record;
    let proof, event;
    try {
      proof = parseProof(text);
      ({ event } = readExtra(proof.extra));
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.#refuse("receipt.form", { name }, error);
      return;
    }
    const named = namedPanel(event);
    if (named !== null && named !== panel.hash) {
      this.#refuse("receipt.panel", { name }, `it names ${named}`);
      return;
    }
    const receipt = this.#try(
      () => verifyReceipt(text, { panel }),
      (error) => this.#refuse(error instanceof BadSignature ? "receipt.signature" : "receipt.form", { name }, error),
    );
    if (!receipt || !this.#placed(receipt, name)) return;
    const { index, times } = receipt;
    const told = { name, index, kind: event.type };
    if (satisfied(panel.policy, times.keys())) this.#holds("receipt", told);
    else this.#say("note", "receipt.unwitnessed", told);
    const uid = { bid: event.manifest?.bid, paper: event.bag }[event.type];
    const end = uid ? bids.get(uid).end : null;
    if (end !== null) this.#say("note", `receipt.${end}`, { name });
  }

  #placed({ index, entry, head }, name) {
    const { leaves } = this.#bundle;
    const { size, tree } = this.#record;
    const beyond = () => this.#refuse("receipt.beyond", { name }, `size ${head.size}, the bundle has ${size}`);
    if (leaves[index] !== entry) {
      if (head.size > size && index >= leaves.length) beyond();
      else this.#refuse("receipt.leaf", { name }, `leaf ${index} is another`);
    } else if (head.size > size) beyond();
    else if (!same(head.root, tree.root(head.size))) this.#refuse("receipt.root", { name }, `another root at size ${head.size}`);
    else return true;
    return false;
  }
}

const sealedName = ({ uid }, envelope) => `sealed/${uid}/${envelope}.age`;

function postedKey(item, place) {
  const what = `keys[${place}]`;
  const parts = exactly(item, "bid envelope identity", what);
  unhex(parts.bid, 16, `${what}: bid`);
  identifier(parts.envelope, `${what}: envelope`);
  textOf(parts.identity, `${what}: identity`);
  return parts;
}
