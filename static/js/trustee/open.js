/** Opening: packages in, every check told, one passphrase for all of them, share files out. */

import { concat, hex, utf8 } from "../core/bytes.js";
import { dumps } from "../core/canonical.js";
import { element, grouped, shanghai } from "../core/dom.js";
import { publicKey } from "../core/signing.js";
import { signBatch, wantedOf } from "../opening/batches.js";
import { trusteeOf } from "../sealing/dealing.js";
import { judge, keysOf, nextStage, readPackage } from "./checks.js";
import { Slip, actions, both, download, field, input, lamp, say, summary } from "./parts.js";
import { keyPart } from "./ring.js";
import { FINDINGS, PAGE, ROLES } from "./words.js";

const LAMPS = { holds: "ok", note: "soon", refused: "over" };
const MARKS = { holds: "holds", note: "note", refused: "fails" };
const clock = () => Math.floor(Date.now() / 1000);

/** @param {import("./ring.js").KeyRing} ring */
export function openTask(ring) {
  const files = input("open-packages", { type: "file", accept: ".json,application/json", multiple: true });
  const cards = element("div");
  /** @type {Card[]} */
  let listed = [];
  files.addEventListener("change", async () => {
    const chosen = [...files.files];
    const mine = (listed = chosen.map((file, place) => new Card(file.name, place)));
    cards.replaceChildren(...mine.map(({ root }) => root));
    for (const [place, card] of mine.entries()) {
      if (listed !== mine) return; // others were chosen meanwhile
      await card.read(new Uint8Array(await chosen[place].arrayBuffer()), ring.team);
    }
  });
  const waiting = () => listed.filter((card) => card.waits);
  const ready = async () => {
    await Promise.all(listed.map((card) => card.judge()));
    if (!waiting().length) throw new Slip("none_ready", files);
    for (const card of waiting()) card.confirmed();
  };
  const act = async (key) => {
    for (const card of waiting()) await card.open(key, ring.team);
    listed.find((card) => card.made)?.focus();
  };
  return element(
    "div",
    { "data-task": true },
    field(files, "packages", "packages_hint"),
    cards,
    keyPart(ring, "open", "open_act", ready, act, () => files),
  );
}

/** One package on its way: what was found, what is to be compared, what was made of it. */
class Card {
  made = false;
  /** @type {import("./checks.js").Read | null} */
  #read = null;
  /** @type {import("./checks.js").Finding[]} */
  #found = [];
  #judged = [];
  #heading = element("h3", { tabindex: "-1" });
  #verdict = element("p", { role: "status" });
  #facts = element("div");
  #list = element("ul", { class: "sl-list" });
  #asked = element("div", { hidden: true });
  #outcome = element("div", { role: "status" });

  /** @param {string} name of the file @param {number} place among those chosen, for the ids of controls */
  constructor(name, place) {
    this.name = name;
    this.anchor = input(`open-anchor-${place}`, { class: "sl-mono" });
    this.words = input(`open-words-${place}`, { class: "sl-mono" });
    this.same = input(`open-same-${place}`, { type: "checkbox" });
    this.stage = element("select", { id: `open-stage-${place}` });
    this.#heading.append(name);
    this.#asked.append(
      field(this.anchor, "anchor_typed", "anchor_typed_hint"),
      field(this.words, "words_typed"),
      element("div", { class: "mb-4" }, this.same, element("label", { for: this.same.id }, say("same"))),
    );
    for (const control of [this.anchor, this.words, this.stage]) control.addEventListener("change", () => this.judge());
    this.root = element(
      "section",
      { class: "sl-card" },
      this.#heading,
      this.#verdict,
      this.#facts,
      this.#list,
      this.#asked,
      this.#outcome,
    );
  }

  /** Whether it may be opened and was not. */
  get waits() {
    return this.#read !== null && !this.made && !this.#all.some(({ mark }) => mark === "refused");
  }

  get #all() {
    return [...this.#found, ...this.#judged];
  }

  focus() {
    this.#heading.focus();
  }

  confirmed() {
    if (!this.same.checked) throw new Slip("same_needed", this.same);
  }

  async read(data, team) {
    const bar = element("progress", { max: "1", value: "0" });
    this.#verdict.replaceChildren(say("checking", { name: this.name }), bar);
    await new Promise((resolve) => setTimeout(resolve)); // let it be seen: what follows takes a while
    const { findings, read } = await readPackage(data, team, (share) => bar.setAttribute("value", String(share)));
    [this.#found, this.#read] = [findings, read];
    if (read) {
      const { record } = read;
      this.#heading.replaceChildren(say("project"), ` ${record.panel.project}`);
      const stages = record.stages.map((stage) => element("option", { value: String(stage) }, String(stage)));
      this.stage.replaceChildren(...stages);
      this.stage.value = String(nextStage(record));
      if (stages.length > 1) this.#asked.prepend(field(this.stage, "stage_of"));
      this.#asked.hidden = false;
      this.#facts.replaceChildren(facts(read));
    }
    await this.judge();
  }

  /** Ask again what hangs on the clock and on what was typed. */
  async judge() {
    if (this.#read && !this.made) {
      const given = { stage: Number(this.stage.value), now: clock(), anchor: this.anchor.value, words: this.words.value };
      this.#judged = await judge(this.#read, given);
    }
    this.#show();
  }

  #show() {
    if (!this.#all.length) return;
    const refused = this.#all.some(({ mark }) => mark === "refused");
    this.#verdict.replaceChildren(refused ? lamp("over", say("not_opened")) : lamp("ok", say("all_hold")));
    this.#list.replaceChildren(...this.#all.map((finding) => element("li", {}, ...line(finding))));
  }

  /** @param {import("./key.js").Key} key @param {import("./work.js").Team} team */
  async open({ seed }, team) {
    const { record } = this.#read;
    const trustee = trusteeOf(seed);
    const sign = hex(publicKey(trustee.signSeed));
    const seat = record.panel.seats.find((each) => hex(each.pub) === hex(trustee.pub) && hex(each.sign) === sign);
    if (!seat) {
      this.#judged.push({ mark: "refused", code: "seat", params: {} });
      this.#show();
      this.focus();
      return;
    }
    this.#judged.push({ mark: "holds", code: "seat", params: { seat: seat.i, role: seat.role } });
    this.#show();
    const bar = element("progress", { max: "1", value: "0" });
    this.#outcome.replaceChildren(say("sharing"), bar);
    const stage = Number(this.stage.value);
    const saved = [];
    for (const isPublic of [true, false]) {
      if (!record.envelopes(stage, isPublic).length) continue;
      const dealt = wantedOf(record, stage, isPublic);
      const shares = await team.share(keysOf(record.panel), seat.i, seed, dealt, (part) => bar.setAttribute("value", String(part)));
      const signed = signBatch(record, { i: seat.i, signSeed: trustee.signSeed, stage, isPublic, shares });
      const name = `shares-${record.panel.project}-${seat.i}-${stage}-${isPublic ? "public" : "files"}.json`;
      saved.push(download(name, concat(dumps(signed), utf8("\n")), say(isPublic ? "save_public" : "save_files")));
    }
    this.made = true;
    this.#asked.hidden = true;
    this.#outcome.replaceChildren(
      element("div", { class: "sl-done" }, element("h4", {}, say("shared")), element("p", {}, say("shared_next")), actions(...saved)),
    );
  }
}

/** What is about to be opened, and what to hold against notice and paper record. @param {import("./checks.js").Read} read */
function facts({ record, checkpoints, words }) {
  const { panel, close } = record;
  const opening = record.toBeOpened().filter(({ uid }) => !record.staysSealed(nextStage(record)).has(uid));
  const lots = [...new Set([...record.bids.values()].map(({ lot }) => lot))].sort();
  const rows = lots.map((lot) => {
    const count = opening.filter((bid) => bid.lot === lot).length;
    return element("span", { class: "d-block" }, count ? say("lot_opens", { lot, count }) : say("lot_failed", { lot }));
  });
  const cosigned = [...(checkpoints.at(-1)?.times ?? [])].map(([name, at]) =>
    element("span", { class: "d-block" }, `${name} ${shanghai(Math.max(...at))}`),
  );
  return summary([
    [say("anchor"), element("span", { class: "sl-mono" }, grouped(panel.hash))],
    [say("closes"), close && shanghai(close.closesAt)],
    [say("lots"), close && element("span", {}, ...rows)],
    [say("cosigned"), cosigned.length ? element("span", {}, ...cosigned) : null],
    [say("six"), words && element("b", { class: "sl-mono" }, words)],
  ]);
}

/** One finding: mark, words, and the technical reason for whoever looks into it. */
function line({ mark, code, params, detail }) {
  const told = { ...params };
  for (const name of ["opens", "now", "closesAt"]) if (name in told) told[name] = shanghai(told[name]);
  const role = ROLES[params.role] ?? [params.role, params.role];
  const places = [0, 1].map((place) => ({ ...told, role: role[place] }));
  return [
    lamp(LAMPS[mark], both(PAGE[MARKS[mark]])),
    " ",
    both(FINDINGS[mark][code], places),
    detail ? element("span", { class: "sl-hint d-block sl-break sl-detail", lang: "en" }, detail) : null,
  ].filter(Boolean);
}
