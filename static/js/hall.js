// Keeps the hall live. Without it the page shows the moment it was made, and a reload shows the next.
//
// [data-hall] is the address of the public part, data-tag what the page shows of it; the parts are [data-live], the
// reader's own [data-mine]. Answers are parsed by the browser as documents: nothing here writes markup.
const root = document.querySelector("[data-hall]");
const fresh = document.querySelector("[data-fresh]");
const said = document.querySelector("[data-said]");
const voice = document.querySelector("[data-voice]");
const clock = document.querySelector("time[data-clock]");
const EVERY = 4000;
const SLOWEST = 30000;

let tag = `"${root.dataset.tag}"`;
let wait = EVERY;
let timer = 0;
let spoken = "";

function fetchDocument(url, header) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("GET", url);
    request.responseType = "document";
    request.timeout = 10000;
    if (header) request.setRequestHeader("If-None-Match", header);
    request.onload = () => resolve(request);
    request.onerror = request.ontimeout = () => reject(new Error("no answer"));
    request.send();
  });
}

function same(one, other) {
  return (
    one.childNodes.length === other.childNodes.length &&
    [...one.childNodes].every((node, index) => node.isEqualNode(other.childNodes[index]))
  );
}

// Only what differs is replaced: a reader's place and selection stay where nothing has changed.
function replace(attribute, page) {
  for (const part of document.querySelectorAll(`[${attribute}]`)) {
    const next = page.querySelector(`[${attribute}="${part.getAttribute(attribute)}"]`);
    if (next === null) part.replaceChildren();
    else if (!same(part, next)) part.replaceChildren(...document.importNode(next, true).childNodes);
  }
}

// Nobody's words are taken away: while something is typed, or a form is open, the desk stays.
function busy() {
  return [...document.querySelectorAll("[data-mine]")].some(
    (part) =>
      part.querySelector("details[open]") ||
      part.contains(document.activeElement) ||
      [...part.querySelectorAll("input, textarea")].some((field) => field.type !== "hidden" && field.value !== field.defaultValue),
  );
}

async function refreshDesk() {
  if (!document.querySelector("[data-mine]")) return;
  if (busy()) {
    document.querySelector("[data-stale]")?.removeAttribute("hidden");
    return;
  }
  const answer = await fetchDocument(location.pathname);
  if (answer.status === 200 && answer.responseXML && !busy()) replace("data-mine", answer.responseXML);
}

function tellFresh(lost) {
  if (!fresh) return;
  if (lost) {
    if (!fresh.dataset.lost) fresh.textContent = `${root.dataset.lost} · ${fresh.textContent}`;
    fresh.dataset.lost = "1";
  } else {
    delete fresh.dataset.lost;
    fresh.textContent = fresh.dataset.fresh.replace("%(at)s", clock ? clock.textContent : "");
  }
  fresh.classList.toggle("is-lost", lost);
}

function tellStep() {
  const step = document.querySelector(".sl-line .is-now");
  if (said && step) {
    const words = step.firstChild.textContent.trim();
    said.textContent = root.dataset.changed.replace("%(step)s", words);
  }
}

// The browser's own voice, on this computer; nothing is sent anywhere.
function speak() {
  const row = document.querySelector("[data-say]");
  const words = row ? row.dataset.say : "";
  if (!voice || voice.getAttribute("aria-pressed") !== "true" || words === spoken) return;
  spoken = words;
  speechSynthesis.cancel();
  if (!words) return;
  const utterance = new SpeechSynthesisUtterance(words);
  utterance.lang = "zh-CN";
  speechSynthesis.speak(utterance);
}

async function ask() {
  clearTimeout(timer);
  try {
    const answer = await fetchDocument(root.dataset.hall, tag);
    if (answer.status === 200 && answer.responseXML) {
      replace("data-live", answer.responseXML);
      tag = answer.getResponseHeader("ETag");
      tellStep();
      speak();
      await refreshDesk();
    } else if (answer.status !== 304) {
      throw new Error(String(answer.status));
    }
    wait = EVERY;
    tellFresh(false);
  } catch {
    wait = Math.min(wait * 2, SLOWEST);
    tellFresh(true);
  }
  // Watchers do not ask all at once.
  if (!document.hidden) timer = setTimeout(ask, wait * (0.85 + 0.3 * Math.random()));
}

if (voice && "speechSynthesis" in window) {
  voice.hidden = false;
  voice.addEventListener("click", () => {
    const on = voice.getAttribute("aria-pressed") !== "true";
    voice.setAttribute("aria-pressed", String(on));
    spoken = "";
    if (on) speak();
    else speechSynthesis.cancel();
  });
}
document.addEventListener("visibilitychange", () => document.hidden || ask());
ask();
