/** The key, unlocked once and kept in this page's memory: one passphrase serves all of a day's closed tenders. */

import { element } from "../core/dom.js";
import { Slip, actions, attempt, both, button, chosen, field, form, input, lamp, say } from "./parts.js";
import { barredFor, credentialOf, unwrap } from "./passkey.js";
import { refusal } from "./words.js";

/** How long an unlocked key waits for its next use, in milliseconds. */
const IDLE = 15 * 60 * 1000;
/** As much of a file as tells what opens it. */
const HEADER = 8192;

export class KeyRing {
  /** @type {import("./key.js").Key | null} */
  #key = null;
  #timer = 0;
  #listeners = [];
  /** Whether it was unlocked by a touch rather than by a passphrase. */
  byTouch = false;
  /** What unlocked it, while it is unlocked: a draw's secret is kept under the same. @type {string | null} */
  passphrase = null;

  /** @param {import("./work.js").Team} team */
  constructor(team) {
    this.team = team;
  }

  /** The key, or `null` while it is locked. Asking for it is using it. */
  get key() {
    if (this.#key) this.#wait();
    return this.#key;
  }

  get locked() {
    return this.#key === null;
  }

  /** @param {() => void} listener called whenever the key is unlocked or locked */
  watch(listener) {
    this.#listeners.push(listener);
  }

  /** Throws `Refused`. @param {{ name: string, data: Uint8Array }} file @param {string} passphrase not used for a copy that a touch opens */
  async unlock({ name, data }, passphrase) {
    const byTouch = credentialOf(data) !== null;
    this.#key = await (byTouch ? unwrap(data, name) : this.team.unprotect(data, passphrase, name));
    this.byTouch = byTouch;
    this.passphrase = byTouch ? null : passphrase;
    this.#wait();
    this.#tell();
  }

  lock() {
    this.#key?.seed.fill(0);
    this.#key = null;
    this.passphrase = null;
    clearTimeout(this.#timer);
    this.#tell();
  }

  #wait() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.lock(), IDLE);
  }

  #tell() {
    for (const listener of this.#listeners) listener();
  }
}

/**
 * The end of every task: the key if it is locked, and the button that uses it.
 * @param {KeyRing} ring
 * @param {string} id of the task, for the ids of controls
 * @param {string} label of the button
 * @param {() => Promise<void>} ready throws what stands in the way, before the key is asked for
 * @param {(key: import("./key.js").Key) => Promise<void>} act
 * @param {(field: string | undefined) => HTMLElement} controlOf a refusal's field, where it is not the key's
 */
export function keyPart(ring, id, label, ready, act, controlOf) {
  const file = input(`${id}-key`, { type: "file", accept: ".age" });
  const passphrase = input(`${id}-passphrase`, { type: "password", autocomplete: "off" });
  const typed = field(passphrase, "passphrase");
  const instead = element("div", { role: "status" });
  const locked = element("div", {}, field(file, "key", "key_hint"), typed, instead);
  const open = element("div", { class: "mb-4" });
  const waiting = element("div", { role: "status" });
  const made = form(
    () =>
      attempt(
        made.closest("[data-task]"),
        async () => {
          await ready();
          if (ring.locked) await unlock();
          await act(ring.key);
        },
        (name) => ({ key: file, passphrase })[name] ?? controlOf(name),
      ),
    locked,
    open,
    waiting,
    actions(element("button", { type: "submit", class: "btn-primary" }, say(label))),
  );

  file.addEventListener("change", async () => {
    const credential = await credentialGiven();
    const refused = credential && (await barredFor(credential));
    typed.hidden = credential !== null;
    instead.replaceChildren();
    if (refused) instead.append(element("p", {}, lamp("over", both(refusal(refused)))));
    else if (credential) instead.append(element("p", {}, lamp("ok", say("touch_instead"))));
  });

  async function credentialGiven() {
    const [given] = file.files;
    return given ? credentialOf(new Uint8Array(await given.slice(0, HEADER).arrayBuffer())) : null;
  }

  async function unlock() {
    const given = await chosen(file);
    if (!given) throw new Slip("key_needed", file);
    const byTouch = (await credentialGiven()) !== null;
    if (!byTouch && !passphrase.value) throw new Slip("passphrase_needed", passphrase);
    waiting.replaceChildren(say(byTouch ? "touch_now" : "unlocking"));
    try {
      await ring.unlock(given, passphrase.value);
      passphrase.value = "";
    } finally {
      waiting.replaceChildren();
    }
  }

  ring.watch(() => {
    locked.hidden = !ring.locked;
    open.replaceChildren();
    if (ring.locked) return;
    open.append(
      element("p", { class: "mb-1" }, lamp("ok", say("unlocked", { name: ring.key.name }))),
      element("p", { class: "sl-hint" }, say("unlocked_hint")),
      button("lock", () => {
        ring.lock();
        file.focus();
      }),
    );
  });
  return made;
}
