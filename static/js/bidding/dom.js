// Elements without markup: texts are texts, whatever stands in them.

// make("li", { class: "sl-row" }, "text", element)
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function lamp(state, words) {
  return make("span", { class: `sl-lamp is-${state}` }, words);
}

export function setLamp(element, state, words) {
  element.className = `sl-lamp is-${state}`;
  element.textContent = words;
}

export function icon(name, like) {
  // The address of the icons stands in the page already: a script makes up no addresses of its own.
  const copy = document.querySelector(like ?? "main .sl-ico").cloneNode(true);
  const use = copy.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${name}`));
  return copy;
}

export const one = (selector, root = document) => root.querySelector(selector);
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// Fields are checked when they are left. The message pushes down what stands below; whoever left the field by pressing
// a button there would miss it, so the message waits until the button has been let go.
const LET_GO = 300;

export function whenLeft(input, check) {
  input.addEventListener("change", () => setTimeout(check, LET_GO));
  input.addEventListener("input", () => input.hasAttribute("aria-invalid") && check());
}

// Something is wrong beside a field, or no longer is.
export function mark(input, message) {
  const box = input.closest("[data-box]");
  const place = one("[data-error]", box);
  const described = (input.dataset.hint ?? input.getAttribute("aria-describedby") ?? "").trim();
  input.dataset.hint = described;
  box.classList.toggle("sl-field-error", Boolean(message));
  input.classList.toggle("is-invalid", Boolean(message));
  place.replaceChildren(...(message ? [make("p", { class: "sl-field-msg mb-1" }, message)] : []));
  const ids = `${described}${message ? ` ${place.id}` : ""}`.trim();
  if (ids) input.setAttribute("aria-describedby", ids);
  else input.removeAttribute("aria-describedby");
  if (message) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}

// A file to keep: the browser asks where, or puts it with the downloads.
export function save(blob, name) {
  const link = make("a", { href: URL.createObjectURL(blob), download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
