/** The form that gives away an envelope's key offline: the key file first, then which envelopes, then a file to be posted. */

import { element, field } from "../core/dom.js";

/**
 * @param {typeof import("../bidseal.js") & { workers: import("../sealing/crew.js").Program }} bidseal
 * @param {string} lang
 * @param {(name: string) => string} say
 */
export function revealForm(bidseal, lang, say) {
  const file = element("input", { id: "reveal-file", type: "file", accept: ".key" });
  const passphrase = element("input", { id: "reveal-pass", type: "password", autocomplete: "off" });
  const button = element("button", { type: "submit" }, say("reveal_open"));
  const outcome = element("div", { role: "status", id: "reveal-outcome" });
  const form = element(
    "form",
    { novalidate: true },
    field(file, say("reveal_file"), say("reveal_file_hint")),
    field(passphrase, say("reveal_pass")),
    element("div", { class: "sl-actions" }, button),
    outcome,
  );
  form.addEventListener("input", ({ target }) => {
    if (target === file || target === passphrase) outcome.replaceChildren();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const [chosen] = file.files;
    if (!chosen) return tell(outcome, say("wrong") + say("reveal_none"), file);
    button.disabled = true;
    outcome.replaceChildren(element("p", {}, say("reveal_opening")));
    try {
      const bytes = new Uint8Array(await chosen.arrayBuffer());
      const key = await bidseal.openBidKey(bytes, passphrase.value, chosen.name, bidseal.workers);
      passphrase.value = "";
      outcome.replaceChildren(...choices(key, say));
      outcome.querySelector("h3").focus();
    } catch (error) {
      const words = error instanceof bidseal.Refused ? bidseal.said(error, lang) : error.message;
      tell(outcome, say("wrong") + words, error.field === "key" ? file : passphrase);
    } finally {
      button.disabled = false;
    }
  });
  return form;
}

function tell(outcome, words, control) {
  outcome.replaceChildren(element("p", { class: "sl-field-msg" }, words));
  control.focus();
}

/** Which envelopes; none is chosen beforehand, for what is given away cannot be taken back. */
function choices(key, say) {
  const boxes = key.identities.map(({ envelope }, place) => {
    const box = element("input", { id: `reveal-${place}`, type: "checkbox" });
    return { box, envelope, row: element("div", {}, element("label", {}, box, envelope)) };
  });
  const saved = element("div");
  const button = element("button", { type: "button", class: "btn-primary" }, say("reveal_act"));
  button.addEventListener("click", () => {
    const chosen = new Set(boxes.filter(({ box }) => box.checked).map(({ envelope }) => envelope));
    if (!chosen.size) return tell(saved, say("wrong") + say("reveal_which"), boxes[0].box);
    const posting = {
      v: 1,
      type: "posted-keys",
      project: key.project,
      panel: key.panel,
      bid: key.bid,
      identities: key.identities.filter(({ envelope }) => chosen.has(envelope)),
    };
    const blob = new Blob([JSON.stringify(posting)], { type: "application/json" });
    const link = element(
      "a",
      { class: "btn", href: URL.createObjectURL(blob), download: `posted-${key.bid}.json` },
      say("reveal_save"),
    );
    saved.replaceChildren(element("p", {}, say("reveal_done")), link);
    link.focus();
  });
  return [
    element("h3", { tabindex: "-1" }, say("reveal_choose")),
    element("p", { class: "sl-hint" }, say("reveal_hint")),
    ...boxes.map(({ row }) => row),
    element("div", { class: "sl-actions" }, button),
    saved,
  ];
}
