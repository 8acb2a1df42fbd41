// Long work: what is being done, how much is left, and whether one may go away.
import { all, one, setLamp } from "./dom.js";
import { bytes, lasting, say } from "./words.js";

const STATES = { done: "task.done", now: "task.now", todo: "task.idle", stop: "sending.stopped" };

export class Progress {
  constructor(root) {
    this.root = root;
    this.steps = new Map(all("[data-stage]", root).map((item) => [item.dataset.stage, item]));
    this.order = [...this.steps.keys()];
    this.bar = one("progress", root);
    this.words = one("[data-progress]", root);
    this.trouble = one("[data-trouble]", root);
    this.since = 0;
    this.drawn = 0;
  }

  // stage: seal, key, arm, upload or verify; the ones before it are done.
  at(stage, words = "") {
    const place = this.order.indexOf(stage);
    this.order.forEach((name, index) => {
      const item = this.steps.get(name);
      const state = index < place ? "done" : index === place ? "now" : "todo";
      item.className = state === "todo" ? "" : `is-${state}`;
      if (state === "now") item.setAttribute("aria-current", "step");
      else item.removeAttribute("aria-current");
      one("[data-stage-state]", item).textContent = say(STATES[state]);
    });
    this.words.textContent = words;
    this.bar.removeAttribute("value");
    this.bar.hidden = false;
    this.since = performance.now();
    this.from = null;
    this.drawn = 0;
  }

  done() {
    this.at("verify");
    for (const item of this.steps.values()) {
      item.className = "is-done";
      item.removeAttribute("aria-current");
      one("[data-stage-state]", item).textContent = say(STATES.done);
    }
    this.bar.hidden = true;
    this.words.textContent = "";
  }

  // Bytes of a total; the words change at most four times a second, and screen readers hear of whole tenths.
  moved(count, total, code) {
    const at = performance.now();
    this.from ??= { count, at }; // what lay there before this page began says nothing of the speed
    this.bar.max = total || 1;
    this.bar.value = count;
    if (at - this.drawn < 250 && count < total) return;
    this.drawn = at;
    const seconds = (at - this.from.at) / 1000;
    const rate = (count - this.from.count) / seconds;
    const left = seconds > 1 && rate > 0 ? say("sending.left", { time: lasting((total - count) / rate) }) : "";
    this.words.textContent = `${say(code, { done: bytes(count), of: bytes(total) })} ${left}`;
    const tenth = Math.floor((count / (total || 1)) * 10);
    if (tenth !== this.tenth) one("[data-told]", this.root).textContent = say("sending.tenth", { percent: tenth * 10 });
    this.tenth = tenth;
  }

  // The line is gone, or comes back: said without alarm, for nothing is lost.
  waiting(words) {
    this.trouble.hidden = !words;
    if (words) setLamp(one("[data-lamp]", this.trouble), "soon", words);
  }
}
