/** The kit's building blocks: every text stands in both languages, and the page's language shows one of them. */

import { element } from "../core/dom.js";
import { Refused } from "../core/refused.js";
import { filled } from "../sealing/words.js";
import { PAGE, refusal } from "./words.js";

/**
 * A text in both languages; switching then needs no redrawing, which would lose what was made.
 * @param {[string, string]} pair
 * @param {Record<string, unknown> | [Record<string, unknown>, Record<string, unknown>]} [params]
 */
export function both([chinese, english], params = {}) {
  const [first, second] = Array.isArray(params) ? params : [params, params];
  const out = document.createDocumentFragment();
  out.append(
    element("span", { lang: "zh-Hans" }, filled(chinese, first)),
    element("span", { lang: "en" }, filled(english, second)),
  );
  return out;
}

/** The text of that name. @param {string} name @param {Record<string, unknown>} [params] */
export const say = (name, params) => both(PAGE[name], params);

/** A labelled control. @param {HTMLElement} control with an id @param {string} label @param {string} [hint] */
export function field(control, label, hint) {
  if (hint) control.setAttribute("aria-describedby", `${control.id}-hint`);
  return element(
    "div",
    { class: "mb-4" },
    element("label", { for: control.id }, say(label)),
    hint ? element("p", { class: "sl-hint mb-1", id: `${control.id}-hint` }, say(hint)) : null,
    control,
  );
}

/** @param {string} id @param {Record<string, string | boolean>} [attributes] */
export const input = (id, attributes = {}) =>
  element("input", { id, type: "text", autocomplete: "off", spellcheck: "false", autocapitalize: "none", ...attributes });

/** @param {string} label @param {() => unknown} act */
export function button(label, act, attributes = {}) {
  const made = element("button", { type: "button", ...attributes }, say(label));
  made.addEventListener("click", act);
  return made;
}

export const actions = (...children) => element("div", { class: "sl-actions" }, ...children);

/** @param {"ok" | "soon" | "over"} kind @param {...(Node | string)} children */
export const lamp = (kind, ...children) => element("span", { class: `sl-lamp is-${kind}` }, ...children);

/** Label and value, row by row; rows without a value are left out. @param {[Node, Node | string | null][]} rows */
export const summary = (rows) =>
  element(
    "dl",
    { class: "sl-sum mb-4" },
    ...rows
      .filter(([, value]) => value !== null)
      .map(([label, value]) => element("div", {}, element("dt", {}, label), element("dd", { class: "sl-break" }, value))),
  );

/** A file to be kept. @param {string} name @param {Uint8Array} data @param {Node} label */
export const download = (name, data, label, attributes = {}) =>
  element(
    "a",
    {
      class: "btn",
      href: URL.createObjectURL(new Blob([data], { type: "application/octet-stream" })),
      download: name,
      ...attributes,
    },
    label,
    element("span", { class: "sl-mono sl-break d-block" }, name),
  );

/** A form that asks nothing of a server. @param {(form: HTMLFormElement) => unknown} act */
export function form(act, ...children) {
  const made = element("form", { novalidate: true }, ...children);
  made.addEventListener("submit", (event) => {
    event.preventDefault();
    act(made);
  });
  return made;
}

/** The bytes of a chosen file, or `null`. @param {HTMLInputElement} control */
export async function chosen(control) {
  const [file] = control.files;
  return file ? { name: file.name, data: new Uint8Array(await file.arrayBuffer()) } : null;
}

/** One step of a task that has several. @param {string} title @param {...(Node | null)} children */
export const step = (title, ...children) => {
  const heading = element("h3", { tabindex: "-1" }, say(title));
  return { heading, node: element("fieldset", { class: "sl-step" }, heading, ...children) };
};

/** Go on to the next step: those before it stay to be read, but no longer to be changed. */
export function goOn(root, { heading, node }) {
  root.lastElementChild.disabled = true;
  root.append(node);
  heading.focus();
}

/** Something that a person can put right at one control. */
export class Slip extends Error {
  /** @param {string} name of its text @param {HTMLElement} control */
  constructor(name, control) {
    super(name);
    this.control = control;
  }
}

/**
 * Do what a form is for; a refusal is told at its control, and the button waits meanwhile.
 * @param {HTMLElement} root
 * @param {() => Promise<void>} act
 * @param {(field: string | undefined) => HTMLElement} controlOf a refusal's field
 */
export async function attempt(root, act, controlOf) {
  root.querySelector(".sl-field-msg")?.remove();
  for (const each of root.querySelectorAll(".sl-field-error")) each.classList.remove("sl-field-error");
  for (const each of root.querySelectorAll("[aria-invalid]")) each.removeAttribute("aria-invalid");
  const buttons = [...root.querySelectorAll("button")].filter(({ disabled }) => !disabled);
  for (const each of buttons) each.disabled = true;
  let failure = null;
  try {
    await act();
  } catch (error) {
    failure = error;
  }
  for (const each of buttons) each.disabled = false;
  if (failure === null) return;
  if (failure instanceof Slip) wrong(failure.control, PAGE[failure.message]);
  else wrong(controlOf(failure instanceof Refused ? failure.field : undefined), refusal(failure));
}

function wrong(control, words) {
  const place = control.closest(".mb-4");
  const id = `${control.id}-problem`;
  place.classList.add("sl-field-error");
  control.setAttribute("aria-invalid", "true");
  control.before(element("p", { class: "sl-field-msg", id, role: "alert" }, say("wrong"), both(words)));
  control.focus();
}
