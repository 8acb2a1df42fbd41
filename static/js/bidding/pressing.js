// The button "seal and submit", and what the page shows from then until the receipt.
import { stretch } from "../../vendor/bidseal.js";
import { all, mark, one, save, setLamp } from "./dom.js";
import { confirmPerson, Offline } from "./net.js";
import { Progress } from "./progress.js";
import { carry, giveUp, readOldKey, sealHere, waiting } from "./sending.js";
import * as store from "./store.js";
import { bytes, facts, Refusal, say, told } from "./words.js";

const SHORTEST = 12;
const SOON = 30; // seconds that pressing and sealing a small bid may take

export class Sending {
  constructor({ place, sheet, files, tasks }) {
    Object.assign(this, { place, sheet, files, tasks });
    this.root = one("[data-step=sending]");
    this.form = one("[data-seal]");
    this.progress = new Progress(this.root);
    this.confirmed = { left: facts.step_up.left, at: 0 }; // seconds, and when that was so
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.press();
    });
    window.addEventListener("beforeunload", (event) => this.moving && event.preventDefault());
    one("[data-again]", this.root).addEventListener("click", () => this.run());
    one("[data-give-up]", this.root).addEventListener("click", () => this.abandon());
    one("[data-save-key]", this.root).addEventListener("click", () => save(this.pending.key_file, this.pending.key_name));
    one("[data-confirm]", this.root).addEventListener("submit", (event) => {
      event.preventDefault();
      this.confirm();
    });
    for (const each of all("[data-show]", this.form)) {
      each.addEventListener("change", () => {
        document.getElementById(each.dataset.show).type = each.checked ? "text" : "password";
      });
    }
    one("#pass").addEventListener("change", (event) => event.target.value.length >= SHORTEST && this.stretch(event.target.value));
    this.offerKept();
  }

  // A passphrase takes a second or more to become a key, on purpose: that begins when it stands there, and goes on while
  // the bid is sealed.
  stretch(passphrase) {
    if (this.stretched?.passphrase === passphrase) return;
    this.stretched = { passphrase, key: stretch(passphrase) };
    this.stretched.key.catch(() => {}); // told when the button is pressed
  }

  // The key for one key file, never for two: what wraps it has no other randomness.
  takeKey() {
    this.stretch(one("#pass").value);
    const { key } = this.stretched;
    this.stretched = undefined;
    return key;
  }

  // Bytes are moving: leaving asks first, and the service room's clock does not run.
  get moving() {
    return document.documentElement.dataset.moving === "yes";
  }

  set moving(is) {
    document.documentElement.dataset.moving = is ? "yes" : "no";
  }

  // Who reads slowly is asked on the page, and not when the files are sealed already.
  askInTime() {
    const left = this.confirmed.left - (performance.now() - this.confirmed.at) / 1000;
    one("[data-step-up]").hidden = left > SOON;
  }

  // The key file of the bid to be replaced may lie on this computer already.
  async offerKept() {
    const note = one("[data-old-kept]");
    if (!note || facts.desk) return;
    this.kept = (await store.get("keys", [facts.org, facts.effective.uid]).catch(() => undefined))?.blob;
    note.hidden = !this.kept;
  }

  // The first thing that is not right with the form; everything that is not is marked.
  wrong() {
    const problems = [
      ["agree-1", (input) => !input.checked && say("agree.missing")],
      ["agree-2", (input) => !input.checked && say("agree.missing")],
      ["pass", (input) => input.value.length < SHORTEST && say("pass.short", { count: SHORTEST })],
    ];
    if (facts.effective) {
      problems.unshift(["old-pass", (input) => !input.value && say("old_pass.missing")]);
      problems.unshift(["old-key", (input) => !input.files.length && !this.kept && say("old_key.missing")]);
    }
    if (!one("[data-step-up]").hidden) problems.push(["step-up", (input) => !input.value && say("step_up.missing")]);
    const found = problems.map(([id, check]) => {
      const input = document.getElementById(id);
      const message = check(input) || "";
      mark(input, message);
      return message && input;
    });
    return found.find(Boolean);
  }

  async press() {
    this.askInTime();
    const first = this.wrong();
    if (first) return first.focus();
    const button = one("button[type=submit]", this.form);
    button.disabled = true;
    try {
      await this.prepare();
    } catch (error) {
      const field = { step_up: "step-up", old_pass: "old-pass", old_key: "old-key" }[error.field] ?? "agree-2";
      const input = document.getElementById(field);
      mark(input, error instanceof Offline ? say("line.gone_now") : told(error));
      input.focus();
      return undefined;
    } finally {
      button.disabled = false;
    }
    return this.run();
  }

  // Who it is, the old key where there is one, the seal: nothing has left this computer when this is done.
  async prepare() {
    const asked = one("[data-step-up]");
    if (!asked.hidden) {
      await confirmPerson(one("#step-up").value);
      this.confirmed = { left: facts.step_up.lasts, at: performance.now() };
      asked.hidden = true;
      one("#step-up").value = "";
    }
    let supersedes;
    if (facts.effective) supersedes = await readOldKey(one("#old-key").files[0] ?? this.kept, one("#old-pass").value);
    this.show();
    this.progress.at("seal");
    this.moving = true;
    try {
      this.pending = await sealHere({
        fields: this.sheet.values(),
        files: this.files.chosen,
        key: this.takeKey(),
        supersedes,
        onProgress: (count, total) => this.progress.moved(count, total, "sending.sealing"),
      });
    } catch (error) {
      this.moving = false;
      this.tasks.go("check");
      throw error;
    }
    this.moving = false;
    one("#pass").value = "";
    this.progress.at("key");
    save(this.pending.key_file, this.pending.key_name);
  }

  show() {
    if (location.hash !== "#sending") history.replaceState(null, "", "#sending");
    this.tasks.show({ moved: true });
    this.quiet();
  }

  // "Not submitted" stays until there is a receipt, but says how far it is.
  signed() {
    const box = one("[data-unsent]");
    if (!box) return;
    one("b", box).textContent = say("unsent.signed");
    one(".sl-s", box).textContent = say("unsent.signed_words");
  }

  quiet() {
    for (const each of all("[data-again], [data-receipt], [data-give-up], [data-confirm]", this.root)) each.hidden = true;
    this.progress.waiting("");
    one("[data-save-key]", this.root).hidden = !this.pending;
  }

  async resume() {
    this.pending = await waiting();
    if (!this.pending) {
      if (location.hash === "#sending") history.replaceState(null, "", "#tasks");
      return false;
    }
    this.show();
    this.run();
    return true;
  }

  async run() {
    this.quiet();
    one("[data-sending-title]").textContent = say("sending.title");
    const { uid } = this.pending;
    try {
      const page = await carry(this.pending, {
        at: (stage) => {
          this.moving = stage === "upload";
          if (stage === "upload") this.signed();
          this.progress.at(stage);
          one("[data-leave]").textContent = say(stage === "upload" ? "sending.may_leave" : "sending.stay");
        },
        onProgress: (count, total) => this.progress.moved(count, total, "sending.uploading"),
        onWait: (down) => this.progress.waiting(down ? say("sending.waiting") : ""),
      });
      this.moving = false;
      this.progress.done();
      one("[data-sending-title]").textContent = say("sending.submitted");
      const link = one("[data-receipt]", this.root);
      link.href = page;
      link.hidden = false;
      location.assign(page);
    } catch (error) {
      this.moving = false;
      this.stopped(error, uid);
    }
  }

  stopped(error) {
    if (error.code === "identity.step_up_needed" || error.status === 401) return this.askPerson(error);
    one("[data-sending-title]").textContent = say("sending.stopped");
    this.progress.bar.hidden = true;
    const number = error.reference ? ` ${say("number", { number: error.reference })}` : "";
    this.progress.trouble.hidden = false;
    setLamp(one("[data-lamp]", this.progress.trouble), "over", `${told(error)}${number}`);
    one("[data-leave]").textContent = say("sending.kept", { size: bytes(this.pending.total) });
    one("[data-again]", this.root).hidden = false;
    one("[data-give-up]", this.root).hidden = false;
    one("h2", this.root).focus();
    return undefined;
  }

  // More than five minutes went by, or the sign-in is over: the same person says so again, nothing is sealed anew.
  askPerson(error) {
    if (error.status === 401) {
      location.assign(`${facts.urls.sign_in}?next=${encodeURIComponent(location.pathname)}`);
      return;
    }
    const form = one("[data-confirm]", this.root);
    form.hidden = false;
    this.progress.bar.hidden = true;
    one("input", form).focus();
  }

  async confirm() {
    const input = one("[data-confirm] input", this.root);
    try {
      await confirmPerson(input.value);
      input.value = "";
      await (this.leaving ? this.abandon() : this.run());
    } catch (error) {
      mark(input, error instanceof Offline ? say("line.gone_now") : told(error));
      input.focus();
    }
  }

  async abandon() {
    this.leaving = true;
    try {
      await giveUp(this.pending);
    } catch (error) {
      if (error instanceof Refusal && error.code === "identity.step_up_needed") return this.askPerson(error);
      return this.stopped(error);
    }
    this.pending = undefined;
    this.leaving = false;
    this.tasks.go("check");
    return undefined;
  }
}
