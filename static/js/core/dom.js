/** Making pieces of pages without markup in strings. */

/**
 * An element with attributes (`false` and `null` are left out) and children; texts become text.
 * @param {string} name
 * @param {Record<string, string | boolean | null>} [attributes]
 * @param {...(Node | string | null)} children
 */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/**
 * A labelled field, as `components/forms.html` makes them.
 * @param {HTMLElement} input with an id
 * @param {string} label
 * @param {string} hint
 */
export function field(input, label, hint = "") {
  if (hint) input.setAttribute("aria-describedby", `${input.id}-hint`);
  return element(
    "div",
    { class: "mb-4" },
    element("label", { class: "form-label", for: input.id }, label),
    hint ? element("p", { class: "sl-hint mb-1", id: `${input.id}-hint` }, hint) : null,
    input,
  );
}

/** An instant in Shanghai, to the second. @param {number} seconds Unix */
export const shanghai = (seconds) => new Date((seconds + 8 * 3600) * 1000).toISOString().slice(0, 19).replace("T", " ");

/** Hex in groups of eight, to be compared by eye. @param {string} text */
export const grouped = (text) => text.match(/.{1,8}/g).join(" ");
