// Turns the panels of the hall's screen and keeps them fresh. Without it the page that comes next shows the next panel.
//
// form[data-turn] has the seconds that each panel stands; its buttons step and pause, and so do the arrow keys and
// the space bar. While it is paused nothing on the page moves but the clock.
import { ask as setClock } from "./clock.js";
import { follow } from "./live.js";

const EVERY = 15000;
/** A computer goes wrong by some seconds a day, and this page stands for weeks. */
const RESET = 600000;
const root = document.querySelector("[data-hall]");
const live = document.querySelector('[data-live="screen"]');
const form = document.querySelector("[data-turn]");
const pause = form.querySelector("[data-pause]");
const place = form.querySelector("[data-turn-at]");
const count = form.querySelector("[data-turn-of]");
const stands = Number(form.dataset.turn) * 1000;

let shown = live.children[Number(live.dataset.at)].dataset.panel;
// Whoever asked for less motion says when the next one comes.
let paused = form.classList.contains("is-paused") || matchMedia("(prefers-reduced-motion: reduce)").matches;
let timer = 0;

// Which one is shown stands on what holds them, so that a panel is replaced only when it says something else.
function show(at) {
  shown = live.children[at].dataset.panel;
  live.dataset.at = String(at);
  place.textContent = String(at + 1);
  count.textContent = String(live.children.length);
}

/** Where the panel that is shown stands now; where it is gone, the first. */
function where() {
  return Math.max(0, [...live.children].findIndex(({ dataset }) => dataset.panel === shown));
}

function step(by) {
  const { length } = live.children;
  show((where() + by + length) % length);
  wind();
}

function wind() {
  clearTimeout(timer);
  if (!paused) timer = setTimeout(step, stands, 1);
}

const fresh = follow(root, EVERY, (page) => {
  // After an update of the server its panels are for another script than this one.
  if (page.querySelector("[data-version]").dataset.version !== live.dataset.version) location.reload();
  else show(where());
});

function toggle(to) {
  paused = to;
  pause.lastElementChild.textContent = paused ? pause.dataset.resume : pause.dataset.pause;
  form.classList.toggle("is-paused", paused);
  if (paused) fresh.stop();
  else fresh.ask();
  wind();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const { submitter } = event;
  if (submitter === pause) toggle(!paused);
  else step(Number(submitter.dataset.step));
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "ArrowLeft") step(-1);
  else if (event.key === "ArrowRight") step(1);
  else if (event.key === " " && !event.target.closest("a, button")) toggle(!paused);
  else return;
  event.preventDefault();
});
setInterval(setClock, RESET);
toggle(paused);
