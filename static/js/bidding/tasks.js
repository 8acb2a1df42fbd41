// The sections of the document, one at a time by the address's hash: the back button and a reload work.
import { all, icon, make, one, setLamp } from "./dom.js";
import { say } from "./words.js";

export class Tasks {
  // states(): {step: {done, words, why}} for every step; why: what stands against beginning it.
  constructor(root, states, onShow) {
    this.sections = new Map(all("[data-step]", root).map((section) => [section.dataset.step, section]));
    this.items = new Map(all("[data-task]", root).map((item) => [item.dataset.task, item]));
    this.root = root;
    this.states = states;
    this.onShow = onShow;
    this.title = document.title;
    this.main = make("a", { class: "btn btn-primary" });
    this.action = make("div", { class: "sl-slots-do" }, this.main);
    window.addEventListener("hashchange", () => this.show({ moved: true }));
  }

  get current() {
    const asked = location.hash.slice(1);
    if (!this.sections.has(asked)) return "tasks";
    return this.states()[asked]?.why ? "tasks" : asked;
  }

  go(step) {
    if (location.hash === `#${step}`) this.show({ moved: true });
    else location.hash = step;
  }

  // The first step that is not done, or the last.
  get next() {
    const states = this.states();
    return [...this.items.keys()].find((step) => !states[step].done) ?? "check";
  }

  show({ moved = false } = {}) {
    const step = this.current;
    this.draw();
    for (const [name, section] of this.sections) section.hidden = name !== step;
    this.onShow(step);
    const heading = one("h2", this.sections.get(step));
    document.title = step === "tasks" ? this.title : `${heading.textContent} - ${this.title}`;
    if (!moved) return;
    heading.setAttribute("tabindex", "-1");
    heading.focus({ preventScroll: true });
    window.scrollTo({ top: Math.max(0, heading.getBoundingClientRect().top + scrollY - 96) });
  }

  draw() {
    const states = this.states();
    const steps = [...this.items.keys()];
    const done = steps.filter((step) => states[step].done).length;
    one("[data-count-done]", this.root).textContent = say("tasks.count", { of: steps.length, done });
    const next = this.next;
    for (const [step, item] of this.items) {
      const { done: ready, words, why } = states[step];
      const locked = Boolean(why);
      item.classList.toggle("is-next", step === next && !locked);
      item.classList.toggle("is-locked", locked);
      if (step === next && !locked) item.setAttribute("aria-current", "step");
      else item.removeAttribute("aria-current");
      one("[data-link]", item).hidden = locked;
      one("[data-plain]", item).hidden = !locked;
      one("[data-hint]", item).textContent = why ?? words;
      const lamp = one("[data-lamp]", item);
      if (locked) setLamp(lamp, "stop", say("task.locked"));
      else if (ready) setLamp(lamp, "done", say("task.done"));
      else if (step === next) setLamp(lamp, "now", say("task.next"));
      else setLamp(lamp, "idle", say("task.idle"));
      if (step === next && !locked) {
        this.main.href = `#${step}`;
        this.main.replaceChildren(icon(step === "check" ? "seal" : "right"), say(`do.${step}`));
        item.append(this.action);
      }
    }
    if (states[next].why) this.action.remove();
  }
}
