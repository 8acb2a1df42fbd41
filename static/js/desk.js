// The service room's computer: nobody's work lies on it for longer than a few minutes without a hand on it.
//
// <… data-desk="300" data-words="… %(time)s …">   seconds until everything is wiped and the tenderer signed out
import { wipe } from "./bidding/store.js";

const bar = document.querySelector("[data-desk]");
const place = bar.querySelector("[data-desk-left]");
const out = bar.querySelector("form");
const ACTS = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart", "input"];
let at = Date.now();

for (const act of ACTS) {
  window.addEventListener(act, () => {
    at = Date.now();
  }, { passive: true });
}

function tell() {
  // Bytes under way are work as well: whoever waits for them need not move a mouse.
  if (document.documentElement.dataset.moving === "yes") at = Date.now();
  const left = Math.max(0, Math.ceil(Number(bar.dataset.desk) - (Date.now() - at) / 1000));
  place.textContent = bar.dataset.words.replace("%(time)s", `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`);
  if (left > 0) setTimeout(tell, 1000);
  else leave();
}

async function leave() {
  await wipe();
  out.submit();
}

out.addEventListener("submit", (event) => {
  event.preventDefault();
  leave();
});
tell();
