// Keeps the hall live. Without it the page shows the moment it was made, and a reload shows the next.
//
// The public parts are kept fresh by live.js; the reader's own are [data-mine].
import { fetchDocument, follow, replace } from "./live.js";

const root = document.querySelector("[data-hall]");
const said = document.querySelector("[data-said]");
const voice = document.querySelector("[data-voice]");
const EVERY = 4000;

let spoken = "";

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
follow(root, EVERY, async () => {
  tellStep();
  speak();
  await refreshDesk();
}).ask();
