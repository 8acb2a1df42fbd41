// One document for a bid in one lot: its steps are sections of it, for chosen files do not survive a navigation.
import { watch } from "./aside.js";
import { canSeal } from "./browser.js";
import { drawCheck } from "./check.js";
import { all, make, mark, one, setLamp } from "./dom.js";
import { Files } from "./files.js";
import { alone, whenFree } from "./lock.js";
import { Members } from "./members.js";
import { Sending } from "./pressing.js";
import { Sheet } from "./sheet.js";
import { lockOf } from "./sealed.js";
import * as store from "./store.js";
import { Tasks } from "./tasks.js";
import { facts, say, told } from "./words.js";

const place = [facts.org, facts.project, facts.lot];
const root = one("[data-with]");
// With two envelopes the price has a step, a sheet and files of its own.
const two = section("price") ? ["price"] : [];
// The company comes from its file: there is something to decide only where a consortium may bid.
const done = { company: facts.approved && !one("[data-consortium]"), letter: false, security: false };
let restored = false;
let saving;

const sheet = new Sheet(root, changed);
const files = new Files(root, changed);
const promise = one("#promise");
const consortium = one("[data-consortium]");
const members = consortium && new Members(consortium, one("[name=consortium]"), facts.unit.name, changed);
const tasks = new Tasks(root, states, onShow);
const sending = new Sending({ place, sheet, files, tasks, onEnd: forget });

function section(step) {
  return one(`[data-step=${step}]`, root);
}

function states() {
  const wrong = Object.fromEntries(["letter", "sheet", "security", ...two].map((step) => [step, sheet.wrong(section(step))]));
  const missing = missingIn("files");
  const found = {
    company: { done: done.company && (!members || members.complete()), words: say("hint.company", { name: facts.unit.name }) },
    letter: { done: done.letter && promise.checked && !wrong.letter.length, words: say("hint.letter") },
    sheet: { done: !wrong.sheet.length, words: sheetWords("sheet", wrong.sheet) },
    files: { done: !missing.length, words: filesWords(missing) },
    security: {
      done: done.security || !facts.needs_security,
      words: say(facts.needs_security ? "hint.security" : "hint.no_security"),
    },
    ...Object.fromEntries(two.map((step) => [step, { done: !wrong[step].length, words: sheetWords(step, wrong[step]) }])),
  };
  const ready = Object.values(found).every((state) => state.done);
  return { ...found, check: { done: false, words: say("hint.check"), why: against(ready) } };
}

// What stands against sealing now.
function against(ready) {
  if (!canSeal()) return say("why.browser");
  if (!facts.approved) return say(facts.filing === "waiting" ? "why.approved" : "why.unfiled");
  return ready ? undefined : say("why.unfinished");
}

// What of its files a step still lacks.
function missingIn(step) {
  return files.missing().filter((slot) => section(step).contains(slot.box));
}

function sheetWords(step, wrong) {
  const [price] = sheet.shown().filter(({ input }) => section(step).contains(input));
  if (two.length && step === "sheet") return say(wrong.length ? "hint.technical_left" : "hint.technical", { count: wrong.length });
  if (price?.value === null) return say(two.length ? "hint.price" : "hint.sheet");
  return wrong.length ? say("hint.sheet_left", { price: price.text, count: wrong.length }) : price.text;
}

function filesWords(missing) {
  const inside = (box) => section("files").contains(box);
  const wanted = files.slots.filter((slot) => slot.required && inside(slot.box)).length;
  if (missing.length) return say("hint.files_left", { count: wanted, labels: missing.map((slot) => slot.label).join(say("comma")) });
  return say("hint.files", { count: files.chosen.length });
}

// Every change is kept at once, on this computer alone; the desk of the service room keeps nothing.
function changed() {
  if (!restored) return;
  tasks.draw();
  if (!one("[data-errors]").hidden) showErrors(wrongIn(tasks.current), { moved: false });
  if (facts.desk) return;
  clearTimeout(saving);
  saving = setTimeout(save, 300);
}

async function save() {
  const steps = Object.values(states());
  const draft = {
    typed: sheet.typed(),
    done: { ...done },
    promise: promise.checked,
    members: members?.saved(),
    files: files.names(),
    ready: steps.filter((step) => step.done).length,
    of: steps.length,
    at: Date.now(),
  };
  try {
    await store.put("drafts", place, draft);
    const time = new Date(draft.at).toLocaleTimeString(document.documentElement.lang, { timeStyle: "short" });
    one("[data-saved]").textContent = say("draft.saved", { time });
  } catch (error) {
    one("[data-saved]").textContent = say("draft.unsaved", { reason: error.message });
  }
}

async function restore() {
  const draft = facts.desk ? undefined : await store.get("drafts", place).catch(() => undefined);
  if (draft) {
    Object.assign(done, draft.done);
    promise.checked = draft.promise;
    sheet.restore(draft.typed);
    if (members && draft.members) members.restore(draft.members);
  }
  await files.restore(draft?.files ?? []);
  restored = true;
}

async function forget() {
  clearTimeout(saving);
  await store.drop("drafts", place).catch(() => {});
}

// Everything that is not right in a step now: [{id, text}].
function wrongIn(step) {
  const problems = sheet.wrong(section(step)).map((input) => ({ id: input.id, text: told(sheet.read(input).refusal) }));
  if (step === "letter" && !promise.checked) problems.push({ id: "promise", text: say("promise.missing") });
  if (step === "company" && members && !members.complete()) {
    problems.push({ id: (one("[aria-invalid]", consortium) ?? one("[data-members] input", consortium)).id, text: say("member.incomplete") });
  }
  if (step !== "tasks") {
    problems.push(...missingIn(step).map((slot) => ({ id: `file-${slot.code}`, text: say("slot.missing", { label: slot.label }) })));
  }
  return problems;
}

// A step is left forwards only when it is right; everything wrong is told at once, at its field.
function leave(step) {
  for (const input of sheet.wrong(section(step))) sheet.check(input);
  if (step === "letter") mark(promise, promise.checked ? "" : say("promise.missing"));
  members?.complete({ marking: step === "company" });
  const problems = wrongIn(step);
  showErrors(problems);
  if (problems.length) return;
  if (step in done) done[step] = true;
  changed();
  const next = tasks.next;
  tasks.go(states()[next].why ? "tasks" : next);
}

// The summary shrinks as its fields are put right; it takes the focus only when it is new.
function showErrors(problems, { moved = true } = {}) {
  const box = one("[data-errors]");
  box.hidden = !problems.length;
  if (!problems.length) return;
  one("h2", box).textContent = say("errors.count", { count: problems.length });
  one("ul", box).replaceChildren(
    ...problems.map(({ id, text }) => {
      const link = make("a", { href: `#${id}` }, text);
      link.addEventListener("click", (event) => {
        event.preventDefault();
        document.getElementById(id).focus();
      });
      return make("li", {}, link);
    }),
  );
  if (moved) box.focus();
}

function onShow(step) {
  showErrors([]);
  if (step !== "check") return;
  drawCheck(section("check"), sheet, files);
  sending.askInTime();
}

async function others() {
  for (const element of all("[data-lot]")) {
    const draft = await store.get("drafts", [facts.org, facts.project, element.dataset.lot]).catch(() => undefined);
    const lampOf = one(".sl-lamp", element);
    if (draft && lampOf.classList.contains("is-idle")) setLamp(lampOf, "now", say("lot.preparing", { done: draft.ready, of: draft.of }));
  }
}

async function begin() {
  one("[data-without]").hidden = true;
  root.hidden = false;
  watch();
  const mine = await alone(lockOf(place));
  one("[data-busy]").hidden = mine;
  if (!mine) {
    for (const each of all("[data-step]")) each.hidden = true;
    whenFree(lockOf(place), () => location.reload());
    return;
  }
  await restore();
  for (const each of all("[data-step]", root)) {
    one("[data-save]", each)?.addEventListener("click", () => leave(each.dataset.step));
  }
  promise.addEventListener("change", () => {
    if (promise.checked) mark(promise, "");
    changed();
  });
  one("[data-wipe]").addEventListener("click", async () => {
    await forget();
    await store.dropAll("documents", [facts.org]).catch(() => {});
    location.hash = "";
    location.reload();
  });
  if (facts.desk) one("[data-saved]").textContent = say("desk.unsaved");
  others();
  if (await sending.resume()) return;
  tasks.show();
}

begin();
