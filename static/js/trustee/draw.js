/** Expert draws: files of the draw page in, each checked and told, the step that it is for done with it (protocol §7). */

import { element, grouped } from "../core/dom.js";
import { systemEntropy } from "../core/entropy.js";
import { Malformed, Refused } from "../core/refused.js";
import { DRAW, DRAW_REFUSALS, EXCLUDED } from "./draw-words.js";
import { Slip, actions, attempt, both, chosen, download, field, form, input, lamp, say, summary } from "./parts.js";
import { newPassphrase } from "./passphrase.js";
import { keyPart } from "./ring.js";
import { ROLES, learn, refusal } from "./words.js";

learn(DRAW, DRAW_REFUSALS);

const SECRET = /^draw-secret-.*\.age$/;

/** @param {import("./ring.js").KeyRing} ring */
export function drawTask(ring) {
  const control = input("draw-files", { type: "file", accept: ".json,.age,application/json", multiple: true });
  const cards = element("div");
  control.addEventListener("click", () => (control.value = "")); // so that the same file may be chosen again
  let turn = 0;
  control.addEventListener("change", async () => {
    const mine = (turn += 1);
    const all = [...control.files];
    const secrets = all.filter(({ name }) => SECRET.test(name));
    const shown = all.filter((file) => !secrets.includes(file)).map((file, place) => new Card(file, place, secrets, ring));
    cards.replaceChildren(...shown.map(({ root }) => root));
    await ring.team.forget();
    for (const card of shown) {
      if (turn !== mine) return; // others were chosen meanwhile
      await card.read();
    }
  });
  return element("div", {}, field(control, "draw_files", "draw_files_hint"), cards);
}

/** One file on its way: what it says, what is to be compared, what was made of it. */
class Card {
  #file;
  #id;
  #secrets;
  #ring;
  #facts = null;
  #heading = element("h3", { tabindex: "-1" });
  #verdict = element("p", { role: "status" });
  #told = element("div", { class: "mb-4" });
  #asked = element("div", { "data-task": true });
  #outcome = element("div", { role: "status" });

  /** @param {File} file @param {number} id among those chosen @param {File[]} secrets chosen along with it @param {import("./ring.js").KeyRing} ring */
  constructor(file, id, secrets, ring) {
    [this.#file, this.#id, this.#secrets, this.#ring] = [file, id, secrets, ring];
    this.#heading.append(file.name);
    this.root = element("section", { class: "sl-card" }, this.#heading, this.#verdict, this.#told, this.#asked, this.#outcome);
  }

  async read() {
    this.#verdict.replaceChildren(say("draw_reading", { name: this.#file.name }), element("progress"));
    try {
      this.#facts = await this.#ring.team.read(this.#id, new Uint8Array(await this.#file.arrayBuffer()));
    } catch (error) {
      this.#refuse(error);
      return;
    }
    this.#show();
  }

  #refuse(error) {
    this.#verdict.replaceChildren(lamp("over", say("draw_refused")), ...why(error));
    this.#asked.replaceChildren();
  }

  #show() {
    const { type, isSealed } = this.#facts;
    this.#heading.replaceChildren(say(type), element("span", { class: "sl-hint sl-break d-block" }, this.#file.name));
    this.#verdict.replaceChildren(isSealed ? lamp("idle", say("draw_sealed")) : lamp("ok", say(`${type}_holds`)));
    this.#told.replaceChildren(told(this.#facts));
    if (isSealed) {
      this.#asked.replaceChildren(this.#unsealing());
      return;
    }
    const steps = {
      "draw-file": () => this.#order(),
      "draw-deal-file": () => this.#deal(),
      "draw-closed-file": () => this.#reveal(),
      "draw-share-file": () => this.#share(),
    };
    this.#asked.replaceChildren(...steps[type]());
  }

  /** A list whose people only the supervisor's key lets this program look at. */
  #unsealing() {
    const act = async (own) => {
      try {
        this.#facts = await this.#ring.team.unseal(this.#id, own);
      } catch (error) {
        // Another key may do; the field where one is chosen is hidden while this one is open.
        if (error instanceof Refused && error.field === "key") throw new Refused(error.code, error.params);
        this.#refuse(error);
        return;
      }
      this.#show();
      this.#heading.focus();
    };
    return this.#keyed("draw_unseal_act", async () => {}, act);
  }

  #control = (name, attributes) => input(`draw-${name}-${this.#id}`, attributes);

  /** The panel is the trust anchor: whoever changes it can open what is dealt to it. */
  #comparing() {
    const typed = this.#control("anchor", { class: "sl-mono" });
    const same = this.#control("same", { type: "checkbox" });
    const nodes = [field(typed, "anchor_typed", "anchor_typed_hint"), ticked(same, "draw_same")];
    const check = () => {
      const notice = typed.value.replace(/\s/g, "").toLowerCase();
      if (notice && notice !== this.#facts.anchor) throw new Slip("draw_anchor_differs", typed);
      if (!same.checked) throw new Slip("draw_same_needed", same);
    };
    return { nodes, check };
  }

  #order() {
    const { namesakes, parties, seats, draw } = this.#facts;
    const comparing = this.#comparing();
    const seen = this.#control("seen", { type: "checkbox" });
    const boxes = seats.map(({ name, role, org }, place) => {
      const box = this.#control(`party-${place}`, { type: "checkbox", value: name, checked: parties.includes(name) });
      const words = ROLES[role] ?? [role, role];
      return [box, picked(box, both(words), element("span", { class: "sl-hint" }, ` ${name} · ${org}`))];
    });
    const wanted = () => boxes.map(([box]) => box).filter(({ checked }) => checked);
    const ready = async () => {
      if (namesakes.length && !seen.checked) throw new Slip("draw_namesakes_needed", seen);
      if (wanted().length < 2) throw new Slip("draw_choose_needed", boxes[0][0]);
      comparing.check();
    };
    const act = async ({ seed }) => {
      const { bytes } = await this.#made("order", { seed, parties: wanted().map(({ value }) => value) });
      this.#done("order", {}, [download(`draw-order-${draw}.json`, bytes, say("draw_save_order"))]);
    };
    return [
      namesakes.length ? alike(namesakes, seen) : element("div"),
      element("fieldset", { class: "mb-4" }, element("legend", {}, say("draw_choose")), ...boxes.map(([, row]) => row)),
      ...comparing.nodes,
      this.#keyed("draw_order_act", ready, act),
    ];
  }

  #deal() {
    const comparing = this.#comparing();
    const own = new OwnPassphrase(this.#control("retype", { class: "sl-mono" }));
    own.node.hidden = true;
    const name = this.#control("name", { class: "sl-mono" });
    const deal = async (args) => {
      const { party, dealt, secret } = await this.#made("deal", args);
      const { draw } = this.#facts;
      own.forget();
      this.#done("deal", {}, [
        download(`draw-secret-${draw}-${party}.age`, secret, say("draw_save_secret")),
        download(`draw-deal-${draw}-${party}.json`, dealt, say("draw_save_deal")),
      ]);
    };
    const keyed = this.#keyed(
      "draw_deal_act",
      async () => comparing.check(),
      async ({ seed }) => {
        const typed = this.#ring.passphrase;
        if (typed === null && own.node.hidden) {
          own.node.hidden = false;
          throw new Slip("draw_touch_needed", own.retype);
        }
        await deal({ seed, passphrase: typed ?? own.checked() });
      },
    );
    const waiting = element("div", { role: "status" });
    const bare = form(
      () =>
        attempt(
          this.#asked,
          async () => {
            comparing.check();
            const passphrase = own.checked();
            waiting.replaceChildren(say("draw_working"));
            try {
              await deal({ seed: null, party: name.value.trim(), passphrase });
            } finally {
              waiting.replaceChildren();
            }
          },
          () => name,
        ),
      field(name, "draw_name", "draw_name_hint"),
      element("div", { "data-own": true }),
      waiting,
      actions(element("button", { type: "submit", class: "btn-primary" }, say("draw_deal_act"))),
    );
    const place = element("div", {}, own.node);
    const ways = this.#ways((tenderer) => {
      [keyed.hidden, bare.hidden] = [tenderer, !tenderer];
      own.node.hidden = !tenderer;
      (tenderer ? bare.querySelector("[data-own]") : place).append(own.node);
    });
    return [...comparing.nodes, ways, place, keyed, bare];
  }

  /** Who deals: a seat, or a tenderer. @param {(tenderer: boolean) => void} show */
  #ways(show) {
    const group = `draw-who-${this.#id}`;
    const rows = ["seat", "tenderer"].map((which) => {
      const radio = this.#control(`who-${which}`, { type: "radio", name: group, checked: which === "seat" });
      radio.addEventListener("change", () => show(which === "tenderer"));
      return picked(radio, say(`draw_${which}`));
    });
    show(false);
    return element("fieldset", { class: "mb-4" }, element("legend", {}, say("draw_who")), ...rows);
  }

  #reveal() {
    const control = this.#control("secret", { type: "file", accept: ".age" });
    const along = this.#secrets.find(({ name }) => name.startsWith(`draw-secret-${this.#facts.draw}-`));
    const passphrase = this.#control("passphrase", { type: "password", autocomplete: "off" });
    const waiting = element("div", { role: "status" });
    const made = form(
      () =>
        attempt(
          this.#asked,
          async () => {
            const given = (await chosen(control)) ?? (along && { name: along.name, data: new Uint8Array(await along.arrayBuffer()) });
            if (!given) throw new Slip("draw_secret_needed", control);
            const typed = passphrase.value || this.#ring.passphrase;
            if (!typed) throw new Slip("draw_secret_passphrase_needed", passphrase);
            waiting.replaceChildren(say("draw_working"));
            try {
              const { party, bytes } = await this.#made("reveal", { data: given.data, passphrase: typed, file: given.name });
              passphrase.value = "";
              this.#done("reveal", {}, [download(`draw-reveal-${this.#facts.draw}-${party}.json`, bytes, say("draw_save_reveal"))]);
            } finally {
              waiting.replaceChildren();
            }
          },
          (name) => (name === "passphrase" ? passphrase : control),
        ),
      along ? element("p", {}, lamp("ok", along.name)) : null,
      field(control, "draw_secret", "draw_secret_hint"),
      field(passphrase, "draw_secret_passphrase"),
      waiting,
      actions(element("button", { type: "submit", class: "btn-primary" }, say("draw_reveal_act"))),
    );
    return [made];
  }

  #share() {
    const { draw, party, k } = this.#facts;
    const act = async ({ seed, name }) => {
      const { bytes } = await this.#made("partyShare", { seed });
      this.#done("share", { k }, [download(`draw-share-${draw}-${party}-${name}.json`, bytes, say("draw_save_share"))]);
    };
    return [this.#keyed("draw_share_act", async () => {}, act)];
  }

  #keyed(label, ready, act) {
    const seen = () => [...made.querySelectorAll("input, button")].find((each) => !each.closest("[hidden]"));
    const made = keyPart(this.#ring, `draw-${this.#id}`, label, ready, act, seen);
    return made;
  }

  #made = (act, args) => this.#ring.team.answer(act, { id: this.#id, ...args });

  #done(step, params, files) {
    this.#asked.hidden = true;
    this.#outcome.replaceChildren(
      element(
        "div",
        { class: "sl-done" },
        element("h4", {}, say(`draw_${step}_done`)),
        element("p", {}, say(`draw_${step}_next`, params)),
        actions(...files),
      ),
    );
    this.#heading.focus();
  }
}

/** A passphrase that the program picks: noted by hand, and typed once from the note. */
class OwnPassphrase {
  #made = newPassphrase(systemEntropy);

  /** @param {HTMLInputElement} retype */
  constructor(retype) {
    this.retype = retype;
    this.node = element(
      "div",
      {},
      element("p", { class: "mb-1" }, element("b", {}, say("draw_passphrase"))),
      element("p", { class: "sl-hint" }, say("draw_passphrase_lead")),
      element(
        "output",
        { class: "sl-pass mb-4" },
        element("span", { lang: "zh-Hans", class: "d-block" }, this.#made.shown),
        element("b", { class: "sl-mono sl-break d-block" }, this.#made.typed),
      ),
      field(retype, "retype"),
    );
  }

  /** Throws `Slip`. */
  checked() {
    if (this.retype.value.trim() !== this.#made.typed) throw new Slip("retype_differs", this.retype);
    return this.#made.typed;
  }

  forget() {
    this.node.replaceChildren();
    this.retype.value = "";
  }
}

/** A box or a dot, and its words beside it. */
const picked = (box, ...words) => element("div", { class: "sl-pick" }, box, element("label", { for: box.id }, ...words));
const ticked = (box, label) => element("div", { class: "mb-4" }, picked(box, say(label)));

/** Why a file is refused, and what to do: what a person can put right in words, what a forged file gives as it is. */
function why(error) {
  if (!(error instanceof Malformed)) return [element("span", { class: "d-block" }, both(refusal(error)))];
  return [element("span", { class: "sl-detail sl-break d-block", lang: "en" }, error.message), say("draw_refused_next")];
}

/** Who may be one person under two ids. */
const alike = (namesakes, seen) =>
  element(
    "div",
    { class: "sl-inset mb-4" },
    element("p", {}, lamp("soon", say("draw_namesakes"))),
    element("ul", {}, ...namesakes.map((who) => element("li", {}, who))),
    ticked(seen, "draw_namesakes_seen"),
  );

/** In plain words what stands in a file. */
function told({ type, draw, project, anchor, hash, cap, strata, people, parties, closed, after, reason, party }) {
  const named = type === "draw-file" ? null : (closed ?? parties).join(", ");
  return summary([
    [say("draw_id"), draw],
    [say("project"), project],
    [say("draw_opened_party"), party ?? null],
    [say("anchor"), element("span", { class: "sl-mono" }, grouped(anchor))],
    [say("draw_hash"), element("span", { class: "sl-mono" }, grouped(hash))],
    [say("draw_people"), people === undefined ? null : say("draw_people_count", { count: people })],
    ...strata.map((stratum) => [say("draw_stratum", { id: stratum.label }), stratumLine(stratum)]),
    [say("draw_cap"), String(cap)],
    [say("draw_parties"), named],
    [say("draw_after"), after],
    [say("reason"), reason],
  ]);
}

function stratumLine({ excluded, label: _label, ...numbers }) {
  const reasons = Object.entries(excluded).sort(([one], [other]) => (one < other ? -1 : 1));
  const total = reasons.reduce((sum, [, count]) => sum + count, 0);
  return element(
    "span",
    {},
    say("draw_stratum_line", { ...numbers, excluded: total }),
    ...reasons.map(([code, count]) => element("span", { class: "sl-hint d-block" }, both(EXCLUDED[code] ?? [code, code]), ` ${count}`)),
  );
}
