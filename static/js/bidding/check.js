// What is about to be bound: every figure with its capital numerals, every file, each with a way to change it.
import { lamp, make, one } from "./dom.js";
import { daxie, yuan } from "./numbers.js";
import * as store from "./store.js";
import { bytes, lasting, say } from "./words.js";

// Sealing runs at the disk's pace or the processor's; this is what a ten-year-old desktop computer does.
const SEALING = 40_000_000;
// What is decided on comes first: the price, then what binds beside it.
const ORDER = ["price", "sheet", "letter", "security", "company"];

function change(step, label) {
  return make(
    "dd",
    { class: "sl-change" },
    make("a", { href: `#${step}` }, say("change"), make("span", { class: "visually-hidden" }, ` ${label}`)),
  );
}

function fact(label, value, step) {
  return make("div", {}, make("dt", {}, label), make("dd", {}, ...[value].flat()), step ? change(step, label) : null);
}

// An amount where a person decides on it.
function amount(fen, note) {
  return [
    make("span", { class: "sl-amount" }, say("yuan", { amount: yuan(fen) })),
    make("span", { class: "sl-daxie d-block", lang: "zh-Hans" }, daxie(fen)),
    note,
  ];
}

// How the price stands to the limit that the notice sets.
function limited(input, value) {
  const { ceiling, floor } = input.dataset;
  if (floor) {
    const limit = say("yuan", { amount: yuan(Number(floor)) });
    if (value >= Number(floor)) return make("span", { class: "sl-hint" }, say("floor.within", { limit }));
    return lamp("soon", say("floor.below", { limit }));
  }
  if (!ceiling) return null;
  const limit = say("yuan", { amount: yuan(Number(ceiling)) });
  if (value <= Number(ceiling)) return make("span", { class: "sl-hint" }, say("ceiling.within", { limit }));
  return lamp("soon", say("ceiling.above", { limit }));
}

export function drawCheck(root, sheet, files) {
  const facts = sheet
    .shown()
    .filter(({ input, value }) => value !== null || "required" in input.dataset)
    .map((each) => ({ ...each, step: each.input.closest("[data-step]").dataset.step }))
    .sort((a, b) => ORDER.indexOf(a.step) - ORDER.indexOf(b.step));
  one("[data-figures]", root).replaceChildren(
    ...facts.map(({ label, value, text, input, step }) => {
      const shown = input.dataset.kind === "fen" && value !== null ? amount(value, limited(input, value)) : text;
      return fact(label, shown, step);
    }),
  );
  one("[data-papers] tbody", root).replaceChildren(
    ...files.slots.flatMap((slot) =>
      files.of(slot).map(({ file }) =>
        make(
          "tr",
          {},
          make("th", { scope: "row" }, slot.label, make("span", { class: "sl-hint d-block sl-break" }, file.name)),
          make("td", { class: "sl-num", "data-th": say("size") }, bytes(file.size)),
        ),
      ),
    ),
  );
  one("[data-papers-total]", root).textContent = say("files.count", { count: files.chosen.length });
  one("[data-papers-size]", root).textContent = bytes(files.total);
  const rate = store.speed()?.rate;
  one("[data-how-long]", root).textContent = say(rate ? "check.how_long" : "check.how_long_untried", {
    sealing: lasting(files.total / SEALING),
    sending: rate ? lasting(files.total / rate) : "",
  });
}
