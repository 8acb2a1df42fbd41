// The page's own words and facts, put there by the server in the reader's language.
//
// <… id="words" data-words='{"code": "text with %(places)s"}'>   every text a script may show
// <… id="facts" data-facts='{…}'>                               what the server knows of this page
function read(id, name) {
  const element = document.getElementById(id);
  return element ? JSON.parse(element.dataset[name]) : {};
}

const texts = read("words", "words");
export const facts = read("facts", "facts");

export function say(code, places = {}) {
  const text = texts[code];
  if (text === undefined) throw new Error(`no words: ${code}`);
  return text.replace(/%\((\w+)\)s/g, (_, name) => String(places[name]));
}

const UNITS = ["B", "kB", "MB", "GB"];

// As the pages write sizes: steps of 1000, like every file manager.
export function bytes(count) {
  let unit = 0;
  let size = count;
  while (size >= 1000 && unit < 3) {
    size /= 1000;
    unit += 1;
  }
  return `${size.toFixed(1).replace(".0", "")} ${UNITS[unit]}`;
}

// A time that people plan by: rounded up, for a promise kept early harms nobody.
export function lasting(seconds) {
  if (seconds < 60) return say("seconds", { count: Math.max(1, Math.ceil(seconds)) });
  if (seconds < 5400) return say("minutes", { count: Math.ceil(seconds / 60) });
  return say("hours", { count: (seconds / 3600).toFixed(1) });
}

// A refusal whose text is in the reader's language already.
export class Refusal extends Error {
  constructor(code, text, { field = "", status = 0, reference = "" } = {}) {
    super(text);
    this.code = code;
    this.field = field;
    this.status = status;
    this.reference = reference;
  }
}

export function told(error) {
  return error instanceof Refusal ? error.message : say("fault", { reason: error?.message ?? error });
}
