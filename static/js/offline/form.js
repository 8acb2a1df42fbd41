/** The form that seals a bid offline: the tender file first, then what it asks for, then two files to be kept. */

import { element, field, grouped, shanghai } from "../core/dom.js";

/**
 * @param {typeof import("../bidseal.js") & { client: string, workers: import("../sealing/crew.js").Program }} bidseal
 * @param {string} lang
 * @param {(name: string) => string} say
 */
export function sealForm(bidseal, lang, say) {
  const tenderFile = element("input", { id: "tender", type: "file", accept: ".json,application/json" });
  const rest = element("div");
  const form = element("form", { novalidate: true }, field(tenderFile, say("tender"), say("tender_hint")), rest);
  tenderFile.addEventListener("change", async () => {
    clear(form);
    const [file] = tenderFile.files;
    rest.replaceChildren();
    if (!file) return;
    try {
      const tender = bidseal.parseTender(await file.text());
      rest.replaceChildren(...asked(tender, bidseal, say), element("div", { role: "status", id: "outcome" }));
    } catch (error) {
      refuse(form, error, bidseal, lang, say);
    }
  });
  form.addEventListener("input", () => {
    const button = form.querySelector("button[type=submit]");
    if (button) button.disabled = false; // what was sealed is no longer what stands in the form
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!rest.childElementCount) return;
    clear(form);
    const button = form.querySelector("button[type=submit]");
    button.disabled = true;
    try {
      await run(form, bidseal, say);
    } catch (error) {
      document.getElementById("outcome").replaceChildren();
      refuse(form, error, bidseal, lang, say);
      button.disabled = false;
    }
  });
  return form;
}

const input = (id, attributes = {}) => element("input", { id, type: "text", autocomplete: "off", ...attributes });

/** What a tender asks for. */
function asked(tender, bidseal, say) {
  const { panel, title, closesAt, lots } = tender;
  const row = (label, value, mono) =>
    element("div", {}, element("dt", {}, label), element("dd", { class: mono ? "sl-mono sl-break" : null }, value));
  const lot = element(
    "select",
    { id: "lot" },
    ...[...lots.values()].map(({ code, name }) => element("option", { value: code }, `${code} ${name}`)),
  );
  const part = element("div", {}, ...ofLot(lots.get(lot.value), panel, bidseal, say));
  lot.addEventListener("change", () => {
    const typed = new Map([...part.querySelectorAll("input[type=text]")].map((each) => [each.id, each.value]));
    part.replaceChildren(...ofLot(lots.get(lot.value), panel, bidseal, say));
    for (const each of part.querySelectorAll("input[type=text]")) each.value = typed.get(each.id) ?? "";
  });
  return [
    element("h3", {}, title),
    element(
      "dl",
      { class: "sl-sum mb-4" },
      row(say("closes"), shanghai(closesAt)),
      row(say("anchor"), grouped(panel.hash), true),
    ),
    element("div", { class: "mb-4" }, element("label", {}, input("same", { type: "checkbox" }), say("same"))),
    field(lot, say("lot")),
    field(input("name"), say("name"), say("name_hint")),
    field(input("uscc", { class: "sl-mono" }), say("uscc")),
    part,
    element(
      "details",
      { class: "mb-4" },
      element("summary", {}, say("replace")),
      field(input("replaces", { type: "file" }), say("old_key")),
      field(input("replaces-passphrase", { type: "password" }), say("old_passphrase")),
    ),
    field(input("passphrase", { type: "password", autocomplete: "new-password" }), say("passphrase"), say("passphrase_hint")),
    field(input("again", { type: "password", autocomplete: "new-password" }), say("again")),
    element("div", { class: "sl-actions" }, element("button", { type: "submit", class: "btn-primary" }, say("act"))),
  ];
}

/** What one lot asks for, stage by stage: the fields of the sheet, then a place for the files of each slot. */
function ofLot({ fields, slots }, panel, bidseal, say) {
  const stages = [...new Set(panel.envelopes.map(({ stage }) => stage))].sort((one, other) => one - other);
  return stages.flatMap((stage) => {
    const envelopes = panel.envelopes.filter((each) => each.stage === stage).map(({ id }) => id);
    const inside = ({ envelope }) => envelopes.includes(envelope);
    const title = element("h3", { class: "sl-gap-s" }, say(stage === stages[0] ? "first_envelope" : "later_envelope"));
    return [
      ...(stages.length > 1 ? [title] : []),
      ...fields.filter(inside).map((known) => fieldOf(known, bidseal, say)),
      ...slots.filter(inside).map((slot) => slotOf(slot, say)),
    ];
  });
}

const named = ({ label, required }, say) => (required ? label : label + say("optional"));

function fieldOf(known, bidseal, say) {
  const made = field(input(`field-${known.name}`), named(known, say), say(known.kind));
  readBack(made, known, bidseal, say);
  return made;
}

function slotOf(slot, say) {
  const { code, endings, many } = slot;
  const control = input(`slot-${code}`, { type: "file", multiple: many, accept: endings.join(",") || null });
  return field(control, named(slot, say), [...endings, many ? say("many") : ""].filter(Boolean).join(" "));
}

/** A value, while it is typed, as it will be read out, and whether it is above what the notice allows. */
function readBack(made, known, bidseal, say) {
  if (known.kind === "text") return;
  const control = made.querySelector("input");
  const words = element("output", { for: control.id });
  made.append(words);
  control.addEventListener("input", () => {
    words.replaceChildren(); // what is no value is told when it is sealed
    try {
      const { [known.name]: value } = bidseal.readOffer({ fields: [known] }, { [known.name]: control.value });
      if (known.kind === "fen" && value !== null) words.append(bidseal.shown(known, value));
      const warn = (said, limit) =>
        words.append(element("span", { class: "sl-lamp is-soon d-block" }, `${say(said)}${bidseal.shown(known, limit)}`));
      if (bidseal.aboveCeiling(known, value)) warn("above", known.ceiling);
      if (bidseal.belowFloor(known, value)) warn("below", known.floor);
    } catch (error) {
      if (!(error instanceof bidseal.Refused)) throw error;
    }
  });
}

/** A mistake on this page, told at its field. */
class Slip extends Error {
  constructor(name, at) {
    super(name);
    this.at = at;
  }
}

async function run(form, bidseal, say) {
  const { client, workers } = bidseal;
  const value = (id) => form.querySelector(`#${CSS.escape(id)}`).value;
  const filesOf = (id) => [...form.querySelector(`#${id}`).files];
  if (!form.querySelector("#same").checked) throw new Slip("same_needed", "same");
  if (value("passphrase") !== value("again")) throw new Slip("again_differs", "again");
  bidseal.checkPassphrase(value("passphrase"));
  const tender = bidseal.parseTender(await filesOf("tender")[0].text());
  const lot = tender.lots.get(value("lot"));
  const fields = Object.fromEntries(lot.fields.map(({ name }) => [name, value(`field-${name}`)]));
  const files = lot.slots.flatMap(({ code }) => filesOf(`slot-${code}`).map((file) => ({ file, name: file.name, slot: code })));
  const values = bidseal.readOffer(lot, fields);
  bidseal.checkFiles(lot, files);
  const [oldKey] = filesOf("replaces");
  const supersedes =
    oldKey &&
    (await bidseal.openBidKey(
      new Uint8Array(await oldKey.arrayBuffer()),
      value("replaces-passphrase"),
      oldKey.name,
      workers,
    ));
  const bar = element("progress", { max: "1", value: "0" });
  const stage = element("p", {}, say("sealing"));
  const outcome = form.querySelector("#outcome");
  outcome.replaceChildren(stage, bar);
  const pack = new bidseal.Package();
  const bid = { tender, lot: lot.code, tenderer: { name: value("name"), uscc: value("uscc") }, fields, files, client, supersedes };
  const onProgress = ({ done, total }) => bar.setAttribute("value", String(total ? done / total : 1));
  const [stretched, sealed] = await Promise.all([
    bidseal.stretch(value("passphrase"), workers),
    bidseal.seal(bid, { sink: pack.sink, onProgress, workers }),
  ]);
  const key = bidseal.protectBidKey(sealed.bidKey, stretched);
  const { project } = sealed.manifest;
  outcome.replaceChildren(
    ...kept(
      [
        [`${project}-${lot.code}-${sealed.uid.slice(0, 8)}.bidseal`, pack.finish(sealed), say("save_package")],
        [`bid-${sealed.uid}.key`, new Blob([key], { type: "application/octet-stream" }), say("save_key")],
      ],
      lot.fields.map((field) => [field.label, bidseal.shown(field, values[field.name])]),
      sealed,
      say,
    ),
  );
  outcome.querySelector("h3").focus();
}

/** What was made, and the sheet as it will be read out: label and value. */
function kept(files, rows, { uid, sheets }, say) {
  const row = ([label, value]) => element("div", {}, element("dt", {}, label), element("dd", { class: "sl-break" }, value));
  const print = ([envelope, sheet], _, all) => row([all.length > 1 ? `${say("sheet")} (${envelope})` : say("sheet"), sheet]);
  return [
    element(
      "div",
      { class: "sl-done" },
      element("h3", { tabindex: "-1" }, say("done")),
      element("p", {}, say("done_hint")),
      element(
        "div",
        { class: "sl-actions" },
        ...files.map(([name, blob, words]) =>
          element("a", { class: "btn", href: URL.createObjectURL(blob), download: name }, words),
        ),
      ),
    ),
    element("h3", { class: "sl-gap-s" }, say("sheet_read")),
    element("dl", { class: "sl-sum" }, ...rows.map(row), row([say("bid"), uid]), ...Object.entries(sheets).map(print)),
  ];
}

/** The control that a refusal's field is about. */
const CONTROLS = { tender: "tender", lot: "lot", name: "name", uscc: "uscc", replaces: "replaces", key: "replaces" };

function refuse(form, error, bidseal, lang, say) {
  const [words, at] =
    error instanceof Slip
      ? [say(error.message), error.at]
      : error instanceof bidseal.Refused
        ? [bidseal.said(error, lang), CONTROLS[error.field] ?? controlOf(error)]
        : [say("failed") + error.message, "tender"];
  const control = form.querySelector(`#${CSS.escape(at)}`) ?? form.querySelector("#tender");
  const message = element("p", { class: "sl-field-msg", id: "problem" }, say("wrong"), words);
  control.closest("details")?.setAttribute("open", "");
  control.closest(".mb-4").classList.add("sl-field-error");
  control.setAttribute("aria-invalid", "true");
  control.before(message);
  control.focus();
}

/** A passphrase of which file, a slot, or else a field of the sheet. */
function controlOf(error) {
  if (error.field === "passphrase") return wrongPassphrase(error);
  if (error.field === "file") return document.querySelector("input[id^=slot-]").id;
  return error.field.startsWith("slot-") ? error.field : `field-${error.field}`;
}

const wrongPassphrase = ({ code }) => (code === "sealing.passphrase_wrong" ? "replaces-passphrase" : "passphrase");

function clear(form) {
  form.querySelector("#problem")?.remove();
  for (const each of form.querySelectorAll(".sl-field-error")) each.classList.remove("sl-field-error");
  for (const each of form.querySelectorAll("[aria-invalid]")) each.removeAttribute("aria-invalid");
}
