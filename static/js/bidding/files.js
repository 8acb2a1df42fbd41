// Files by slot: chosen or dropped, checked at once, and told what to do where one cannot be taken.
import { all, icon, lamp, make, one, setLamp } from "./dom.js";
import * as store from "./store.js";
import { bytes, facts, lasting, say } from "./words.js";

// A bare file name, as bidding/sealing/container.py and the opening take it.
const UNSAFE = /[/\\\u0000-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

export class Files {
  // root holds a <section data-slot> for every slot, with an input, a list and a place for errors.
  constructor(root, onChange) {
    this.root = root;
    this.onChange = onChange;
    this.chosen = []; // {slot, file, remembered}
    this.slots = all("[data-slot]", root).map((box) => ({
      box,
      code: box.dataset.slot,
      label: box.dataset.label,
      required: "required" in box.dataset,
      many: "many" in box.dataset,
      endings: box.dataset.endings ? box.dataset.endings.split(" ") : [],
      documents: [], // remembered on this computer
      lost: [], // names that were chosen before the page was loaded again
    }));
    for (const slot of this.slots) this.listen(slot);
  }

  listen(slot) {
    const input = one("input[type=file]", slot.box);
    input.addEventListener("change", () => {
      this.take(slot, [...input.files]);
      input.value = ""; // the same file, corrected, may be chosen again
    });
    const target = one("[data-drop]", slot.box);
    for (const name of ["dragenter", "dragover"]) {
      target.addEventListener(name, (event) => {
        event.preventDefault();
        target.classList.add("is-over");
      });
    }
    for (const name of ["dragleave", "drop"]) target.addEventListener(name, () => target.classList.remove("is-over"));
    target.addEventListener("drop", (event) => {
      event.preventDefault();
      this.take(slot, [...event.dataTransfer.files]);
    });
  }

  of(slot) {
    return this.chosen.filter((item) => item.slot === slot.code);
  }

  get total() {
    return this.chosen.reduce((sum, item) => sum + item.file.size, 0);
  }

  // Why a file cannot be taken into a slot; null where it can.
  problem(slot, file) {
    const name = file.name;
    const lower = name.toLowerCase();
    if (slot.endings.length && !slot.endings.some((ending) => lower.endsWith(ending))) {
      return say("file.ending", { file: name, endings: slot.endings.join(" ") });
    }
    if (!file.size) return say("file.empty", { file: name });
    if (file.size > facts.limits.file) {
      return say("file.large", { file: name, size: bytes(file.size), limit: bytes(facts.limits.file) });
    }
    if (this.total + file.size > facts.limits.bid) {
      return say("files.large", { file: name, limit: bytes(facts.limits.bid), left: bytes(facts.limits.bid - this.total) });
    }
    if (name.length > 200 || UNSAFE.test(name) || !name.replace(/[. ]/g, "")) return say("file.name", { file: name });
    return null;
  }

  take(slot, files, { remembered = false } = {}) {
    const problems = [];
    for (const file of slot.many ? files : files.slice(-1)) {
      // What has the same name is the same paper, newer; what takes one file takes the last.
      const others = this.chosen.filter((item) => item.slot !== slot.code || (slot.many && item.file.name !== file.name));
      const before = this.chosen;
      this.chosen = others;
      const problem = this.problem(slot, file);
      if (problem) {
        this.chosen = before;
        problems.push(problem);
      } else {
        this.chosen = [...others, { slot: slot.code, file, remembered }];
        slot.lost = slot.lost.filter((lost) => lost.name !== file.name && slot.many);
      }
    }
    const place = one("[data-error]", slot.box);
    place.replaceChildren(...problems.map((text) => make("p", { class: "sl-field-msg mb-1" }, text)));
    slot.box.classList.toggle("sl-field-error", problems.length > 0);
    this.draw();
    this.onChange();
  }

  remove(item) {
    const slot = this.slots.find((each) => each.code === item.slot);
    this.chosen = this.chosen.filter((other) => other !== item);
    this.draw();
    this.onChange();
    one("input[type=file]", slot.box).focus();
  }

  // Remembered documents come back by themselves; other files must be chosen again, and the page says which.
  async restore(names) {
    const documents = facts.desk ? [] : await store.all("documents", [facts.org]);
    for (const slot of this.slots) {
      const before = names.filter((item) => item.slot === slot.code);
      for (const item of before) {
        const kept = documents.find((each) => each.slot === slot.code && each.name === item.name);
        if (kept) this.take(slot, [new File([kept.blob], kept.name, { type: kept.type })], { remembered: true });
        else slot.lost.push(item);
      }
      slot.documents = documents.filter((each) => each.slot === slot.code);
    }
    this.draw();
  }

  // What was remembered at an earlier bid and is not chosen now, a button each.
  offer(slot) {
    const chosen = this.of(slot).map(({ file }) => file.name);
    one("[data-remembered]", slot.box).replaceChildren(
      ...slot.documents.filter((each) => !chosen.includes(each.name)).map((each) => {
        const label = say("file.reuse", { file: each.name, size: bytes(each.blob.size), day: each.day });
        const button = make("button", { type: "button", class: "btn btn-secondary" }, icon("file"), label);
        button.addEventListener("click", () => {
          this.take(slot, [new File([each.blob], each.name, { type: each.type })], { remembered: true });
        });
        return button;
      }),
    );
  }

  names() {
    return [
      ...this.chosen.map(({ slot, file }) => ({ slot, name: file.name, size: file.size })),
      ...this.slots.flatMap((slot) => slot.lost),
    ];
  }

  missing() {
    return this.slots.filter((slot) => slot.required && !this.of(slot).length);
  }

  draw() {
    for (const slot of this.slots) {
      const chosen = this.of(slot);
      one("[data-chosen]", slot.box).replaceChildren(
        ...chosen.map((item) => this.row(item)),
        ...slot.lost.map((lost) =>
          make("li", { class: "sl-row" }, make("span", {}, lost.name), lamp("soon", say("file.again"))),
        ),
      );
      this.offer(slot);
      const state = one("[data-state]", slot.box);
      if (chosen.length) setLamp(state, "done", say("files.chosen", { count: chosen.length }));
      else if (slot.lost.length) setLamp(state, "soon", say("file.again"));
      else setLamp(state, "idle", slot.required ? say("file.wanted") : say("file.optional"));
    }
    const total = one("[data-total]", this.root);
    const rate = store.speed()?.rate;
    const time = rate ? say("files.time", { time: lasting(this.total / rate) }) : say("files.untried");
    total.textContent = this.chosen.length
      ? say("files.total", { count: this.chosen.length, size: bytes(this.total), time })
      : say("files.none");
  }

  row(item) {
    const name = item.file.name;
    const remove = make("button", { type: "button", class: "btn btn-link p-0", "aria-label": say("file.remove", { file: name }) }, say("remove"));
    remove.addEventListener("click", () => this.remove(item));
    return make(
      "li",
      { class: "sl-row sl-picked" },
      make("span", { class: "sl-break" }, name),
      make("span", { class: "sl-num" }, bytes(item.file.size)),
      this.rememberer(item),
      remove,
    );
  }

  // A tick that keeps this very file on this computer for the next bid; never at the service room's desk.
  rememberer(item) {
    if (facts.desk) return null;
    const box = make("input", { type: "checkbox", class: "form-check-input", checked: item.remembered });
    const key = [facts.org, item.slot, item.file.name];
    box.addEventListener("change", async () => {
      item.remembered = box.checked;
      const day = new Date().toISOString().slice(0, 10);
      const kept = { slot: item.slot, name: item.file.name, type: item.file.type, blob: item.file, day };
      await (box.checked ? store.put("documents", key, kept) : store.drop("documents", key));
    });
    return make("label", { class: "form-check mb-0" }, box, " ", say("file.remember"));
  }
}
