/**
 * What the page of a draw offers by command and file, done in the page: the key is unlocked once, in this page's memory,
 * and locks itself; so the page is never left while names are called, its content is fetched anew instead.
 *
 * [data-names-key]            where the key is unlocked; every text is in its data-…, [role=status] is where it is said
 * [data-names-do]             a place for what the key does: `halves`, `call`, or what an act needs; data-from the file's
 *                             address, data-label the button's words, data-into the form that takes what was made
 * [data-names-hand]           the same by hand, folded away once the page can do it; both stand in a [data-names-task]
 * [data-names-stay]           a form that is sent without leaving the page
 */

import { element } from "../core/dom.js";
import { Malformed, Refused } from "../core/refused.js";
import { dumps } from "../core/canonical.js";
import { openedFile } from "../opening/names.js";
import { credentialOf } from "../trustee/passkey.js";
import { KeyRing } from "../trustee/ring.js";
import { Clerk } from "./work.js";

/** @param {HTMLElement} root whose content comes anew after every act @param {string} program */
export function mountNames(root, program) {
  if (!root.querySelector("[data-names-key]")) return;
  const clerk = new Clerk(program);
  new Desk(root, clerk, new KeyRing(clerk)).show();
}

class Desk {
  #root;
  #clerk;
  #ring;
  /** The key's panel: the same node through every fetch, for what is typed into it is typed once. */
  #panel;

  constructor(root, clerk, ring) {
    [this.#root, this.#clerk, this.#ring] = [root, clerk, ring];
    this.#panel = root.querySelector("[data-names-key]");
    this.#bindKey();
    root.addEventListener("submit", (event) => this.#submitted(event));
    ring.watch(() => this.#shown());
  }

  /** Offer what this page's content lets one do now. */
  show() {
    this.#panel.hidden = false;
    for (const hand of this.#root.querySelectorAll("details[data-names-hand]")) hand.open = hand.querySelector(".sl-field-error") !== null;
    for (const main of this.#root.querySelectorAll("form .btn-primary")) main.dataset.namesMain = "";
    for (const place of this.#root.querySelectorAll("[data-names-do]")) this.#offer(place);
    this.#shown();
  }

  /** One main button at a time: the first of what is to be opened and what is to be sent, in the order of the page. */
  #emphasise() {
    const all = [...this.#root.querySelectorAll("[data-names-do] > .btn-lg, [data-names-main]")];
    const next = all.find((each) => !each.closest("details:not([open])") && !each.parentElement.dataset.namesDone);
    for (const each of all) {
      each.classList.toggle("btn-primary", each === next);
      each.classList.toggle("btn-secondary", each !== next);
    }
  }

  #offer(place) {
    const { label, namesDo } = place.dataset;
    place.hidden = false;
    place.replaceChildren(element("button", { type: "button", class: "btn btn-secondary btn-lg" }, label));
    place.firstChild.addEventListener("click", () => this.#attempt(() => this.#do(place)));
    if (namesDo === "call" && !this.#ring.locked) place.firstChild.click();
  }

  async #do(place) {
    const key = this.#ring.key;
    if (!key) {
      this.#panel.scrollIntoView({ block: "center" });
      this.#panel.querySelector("input[type=file]").focus();
      throw new Said(this.#panel.dataset.first);
    }
    const file = await asked(place);
    if (place.dataset.namesDo === "halves") {
      await this.#bring(place, await this.#clerk.halves(file, key), "draw-halves.json");
      return;
    }
    const people = await this.#clerk.open(file, key);
    if (place.dataset.namesDo === "call") {
      place.replaceChildren(...people.flatMap((person) => this.#called(person, place)));
      this.#emphasise();
      if (document.activeElement === document.body) focus(place.firstChild); // it was on the button that is gone
    } else await this.#bring(place, openedFile(people), "draw-opened.json");
  }

  /** Whom to call, and where the centre sends messages a button for the one of time and place. */
  #called(person, { dataset }) {
    if (!dataset.message) return [card(person, dataset)];
    const button = element("button", { type: "button", class: "btn btn-secondary mt-3" }, dataset.messageLabel);
    const send = async () => button.replaceWith(element("p", { class: "mt-3 mb-0", role: "status" }, await sent(person, dataset)));
    button.addEventListener("click", () => this.#attempt(send));
    return [card(person, dataset), button];
  }

  /** Put what was made into the form that takes it; it is sent by its own button, with whatever else it asks. */
  async #bring(place, value, name) {
    const form = this.#root.querySelector(`form[data-names-into="${place.dataset.into}"]`);
    const carried = new DataTransfer();
    carried.items.add(new File([dumps(value)], name, { type: "application/json" }));
    form.querySelector("input[type=file]").files = carried.files;
    place.closest("[data-names-task]").querySelector("details[data-names-hand]")?.setAttribute("open", "");
    place.dataset.namesDone = "true";
    this.#emphasise();
    const asked = form.querySelector("input[type=password], input[type=checkbox]:not(:checked)");
    if (asked) asked.focus();
    else await this.#send(form, form.querySelector("[type=submit]"));
  }

  #submitted(event) {
    if (!event.target.matches("[data-names-stay]")) return;
    event.preventDefault();
    this.#attempt(() => this.#send(event.target, event.submitter));
  }

  async #send(form, button) {
    const data = new FormData(form);
    if (button?.name) data.append(button.name, button.value);
    const page = await fetched(form.action, data);
    const next = page.querySelector("#main");
    if (!next?.querySelector("[data-names-key]")) return location.assign(location.href);
    next.querySelector("[data-names-key]").replaceWith(this.#panel);
    this.#root.replaceChildren(...next.childNodes);
    this.show();
    (this.#root.querySelector("[role=alert]") ?? this.#root.querySelector("[data-names-do] button") ?? this.#root).focus();
  }

  // The key ---------------------------------------------------------------------------------------------------------

  #bindKey() {
    const form = this.#panel.querySelector("form");
    const [file, passphrase] = [form.querySelector("input[type=file]"), form.querySelector("input[type=password]")];
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#attempt(async () => {
        const [given] = file.files;
        if (!given) throw new Said(this.#panel.dataset.fileMissing);
        const data = new Uint8Array(await given.arrayBuffer());
        const byTouch = credentialOf(data) !== null;
        if (!byTouch && !passphrase.value) throw new Said(this.#panel.dataset.passphraseMissing);
        this.#say(byTouch ? this.#panel.dataset.touch : this.#panel.dataset.unlocking);
        await this.#ring.unlock({ name: given.name, data }, passphrase.value);
        passphrase.value = "";
        this.#say("");
        this.#panel.querySelector("[data-names-lock]").focus(); // the form that had the focus is hidden
        for (const place of this.#root.querySelectorAll('[data-names-do="call"] > button')) place.click();
      });
    });
    this.#panel.querySelector("[data-names-lock]").addEventListener("click", () => {
      this.#ring.lock();
      file.focus();
    });
  }

  #shown() {
    const { locked } = this.#ring;
    this.#panel.querySelector("form").hidden = !locked;
    const open = this.#panel.querySelector("[data-names-open]");
    open.hidden = locked;
    if (!locked) open.querySelector("[data-names-whose]").textContent = this.#ring.key.name;
    // a name that is on the page while the key is locked would outlast the quarter of an hour
    const calls = [...this.#root.querySelectorAll('[data-names-do="call"]')];
    if (locked) for (const place of calls.filter((each) => each.querySelector("dl"))) this.#offer(place);
    this.#emphasise();
  }

  async #attempt(act) {
    this.#say("");
    try {
      await act();
    } catch (error) {
      this.#say(words(error, this.#panel.dataset), true);
    }
  }

  #say(text, wrong = false) {
    const status = this.#panel.querySelector("[role=status]");
    status.className = wrong ? "sl-field-msg" : "sl-hint";
    status.textContent = text;
  }
}

/** Give the focus to what has none of its own. @param {HTMLElement} place */
function focus(place) {
  place.tabIndex = -1;
  place.focus();
}

/** Something that is said as it is. */
class Said extends Error {}

/** What went wrong, in the page's words. */
function words(error, said) {
  if (error instanceof Said) return error.message;
  const known = {
    "sealing.passphrase_wrong": said.wrongPassphrase,
    "draw.no_seat": said.noSeat,
    "draw.half_missing": said.halfMissing,
  };
  if (error instanceof Refused && known[error.code]) return known[error.code];
  const reason = error instanceof Refused ? (error.params.reason ?? error.code) : error.message;
  return `${error instanceof Malformed ? said.broken : said.failed} (${reason})`;
}

/** The file of a place: what names are opened from is taken by a form's rules, and written down. */
async function asked({ dataset }) {
  const post = { method: "POST", headers: { "X-CSRFToken": dataset.token, Accept: "application/json" } };
  const answer = await fetch(dataset.from, dataset.token ? post : { headers: { Accept: "application/json" } });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Said(told.text ?? `${answer.status}`);
  return told;
}

/** Time and place to one telephone; what is said of it. */
async function sent({ h, phone }, { message, token }) {
  const headers = { "X-CSRFToken": token, Accept: "application/json" };
  const answer = await fetch(message, { method: "POST", headers, body: new URLSearchParams({ h, phone }) });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Said(told.text ?? `${answer.status}`);
  return told.text;
}

/** A page as a document; nothing here writes markup. */
function fetched(url, data) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.responseType = "document";
    request.onload = () => (request.response ? resolve(request.response) : reject(new Error(String(request.status))));
    request.onerror = () => reject(new Error("no answer"));
    request.send(data);
  });
}

/** Who is to be called: on this screen, and nowhere else. */
function card({ expert, phone }, { name, unit, telephone }) {
  const { name: who, unit: where } = JSON.parse(expert);
  const rows = [[name, who], [unit, where], [telephone, phone]];
  return element(
    "dl",
    { class: "sl-sum sl-sum-tight" },
    ...rows.map(([label, value]) => element("div", {}, element("dt", {}, label), element("dd", {}, value))),
  );
}
