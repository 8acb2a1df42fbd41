/** Making a key: name, passphrase, two copies that are compared, the sheet for the safe, the enrolment file. */

import encodeQR from "qr";
import { dumps } from "../core/canonical.js";
import { element, shanghai } from "../core/dom.js";
import { systemEntropy } from "../core/entropy.js";
import { concat, same, utf8 } from "../core/bytes.js";
import { Malformed } from "../core/refused.js";
import { checkName, enrolment, fingerprint, fromPaper, paperOf } from "./key.js";
import { Slip, actions, attempt, button, chosen, download, field, form, goOn, input, lamp, say, step, summary } from "./parts.js";
import { newPassphrase } from "./passphrase.js";

const SVG = "http://www.w3.org/2000/svg";

/** @param {import("./work.js").Team} team */
export function makeTask(team) {
  const root = element("div", { "data-task": true });
  start(root, team);
  return root;
}

function start(root, team) {
  const name = input("make-name", { class: "sl-mono" });
  const paper = element("textarea", { id: "make-paper", class: "sl-mono", rows: "3", autocomplete: "off", spellcheck: "false" });
  const again = element("details", { class: "mb-4" }, element("summary", {}, say("paper_again")), field(paper, "paper", "paper_hint"));
  const made = form(
    () =>
      attempt(
        root,
        async () => {
          const key = { name: checkName(name.value.trim()), seed: seedOf(paper) };
          goOn(root, passphraseStep(root, team, key));
        },
        () => name,
      ),
    field(name, "name", "name_hint"),
    again,
    actions(element("button", { type: "submit", class: "btn-primary" }, say("begin"))),
  );
  root.replaceChildren(element("fieldset", {}, made));
}

/** A fresh seed, or the one typed in from paper. */
function seedOf(paper) {
  if (!paper.value.trim()) return systemEntropy.bytes(32);
  try {
    return fromPaper(paper.value);
  } catch (error) {
    if (error instanceof Malformed) throw new Slip("paper_wrong", paper);
    throw error;
  }
}

function passphraseStep(root, team, key) {
  let made = newPassphrase(systemEntropy);
  const shown = element("output", { class: "sl-pass" });
  const show = () =>
    shown.replaceChildren(
      element("span", { lang: "zh-Hans", class: "d-block" }, made.shown),
      element("b", { class: "sl-mono sl-break d-block" }, made.typed),
    );
  show();
  const retype = input("make-retype", { class: "sl-mono" });
  const waiting = element("div", { role: "status" });
  return step(
    "your_passphrase",
    element("p", {}, say("passphrase_lead")),
    form(
      () =>
        attempt(
          root,
          async () => {
            if (retype.value.trim() !== made.typed) throw new Slip("retype_differs", retype);
            waiting.replaceChildren(say("protecting"));
            const data = await team.protect(key, made.typed);
            waiting.replaceChildren();
            shown.replaceChildren();
            retype.value = "";
            goOn(root, copiesStep(root, team, key, data));
          },
          () => retype,
        ),
      shown,
      actions(
        button("another", () => {
          made = newPassphrase(systemEntropy);
          show();
        }),
      ),
      field(retype, "retype"),
      waiting,
      actions(element("button", { type: "submit", class: "btn-primary" }, say("seal_key"))),
    ),
  );
}

function copiesStep(root, team, key, data) {
  const file = `trustee-${key.name}.age`;
  const good = new Set();
  const copy = (which) => {
    const back = input(`make-copy-${which}`, { type: "file", accept: ".age" });
    const outcome = element("div", { role: "status" });
    const part = element(
      "fieldset",
      { class: "mb-4" },
      actions(download(file, data, say(`save_${which}`))),
      field(back, `check_${which}`),
      outcome,
    );
    back.addEventListener("change", () =>
      attempt(
        part,
        async () => {
          const found = await chosen(back);
          outcome.replaceChildren();
          good.delete(which);
          if (!found) return;
          if (!same(found.data, data)) throw new Slip("copy_bad", back);
          good.add(which);
          outcome.replaceChildren(lamp("ok", say("copy_good")));
          if (good.size === 2) goOn(root, sheetStep(root, team, key));
        },
        () => back,
      ),
    );
    return part;
  };
  return step("copies", element("p", {}, say("copies_lead")), copy("first"), copy("second"));
}

function sheetStep(root, team, key) {
  const card = enrolment(key);
  const made = step(
    "sheet",
    element("p", {}, say("sheet_lead")),
    sheet(key, card),
    actions(button("print", () => print())),
    element("h3", { class: "sl-gap-s" }, say("enrol")),
    element("p", {}, say("enrol_lead")),
    summary([[say("fingerprint"), element("b", { class: "sl-mono" }, fingerprint(card))]]),
    actions(download(`trustee-${key.name}.json`, concat(dumps(card), utf8("\n")), say("save_enrolment"), { class: "btn btn-primary" })),
    element(
      "details",
      { class: "mb-4" },
      element("summary", {}, say("card")),
      element("pre", { class: "sl-mono sl-break", tabindex: "0" }, new TextDecoder().decode(dumps(card))),
    ),
    actions(
      button("afresh", () => {
        start(root, team);
        root.querySelector("input").focus();
      }),
    ),
  );
  return made;
}

/** What goes into the safe; the only thing of the page that is printed. */
function sheet(key, card) {
  const paper = paperOf(key);
  return element(
    "section",
    { class: "sl-sheet" },
    element("h4", {}, say("sheet_title")),
    code(paper.replaceAll(" ", "")),
    summary([
      [say("name"), element("b", { class: "sl-mono" }, key.name)],
      [say("made_at"), shanghai(Math.floor(Date.now() / 1000))],
      [say("fingerprint"), element("b", { class: "sl-mono" }, fingerprint(card))],
      [say("sheet_key"), element("b", { class: "sl-mono", id: "make-sheet-key" }, paper)],
    ]),
    element("p", {}, say("sheet_rule")),
    element("p", { class: "sl-sign" }, say("sheet_sign")),
  );
}

/** A QR code as a drawing. @param {string} text capitals and digits */
function code(text) {
  const rows = encodeQR(text, "raw", { ecc: "medium", border: 2 });
  const drawn = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  drawn.setAttribute("viewBox", `0 0 ${rows.length} ${rows.length}`);
  drawn.setAttribute("class", "sl-code");
  drawn.setAttribute("role", "img");
  drawn.setAttribute("aria-labelledby", "make-sheet-qr");
  path.setAttribute("d", rows.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ""))).join(""));
  drawn.append(path);
  return element("figure", {}, drawn, element("figcaption", { id: "make-sheet-qr" }, say("sheet_qr")));
}
