// Lets the server's time run on and deadlines count down. Without it the page shows the moment it was made.
//
// <time data-clock="/clock" datetime="…">   the server's time when the page was made; shown as hh:mm:ss
// <… data-count="…" data-over="…">          seconds to a deadline, counted from the same moment; inside it
//   <span data-part="d|h|m|s"> hold the numbers; data-over is said when the time is over.
const clock = document.querySelector("time[data-clock]");
const counters = [...document.querySelectorAll("[data-count]")];
const SHANGHAI = 8 * 3600 * 1000;

// performance.now() runs evenly whatever the computer's own clock does.
const made = clock ? Date.parse(clock.dateTime) : 0;
let at = made;
let since = performance.now();

function now() {
  return at + performance.now() - since;
}

function two(number) {
  return String(number).padStart(2, "0");
}

function tell(counter, left) {
  if (left <= 0) {
    counter.textContent = counter.dataset.over;
    return false;
  }
  const time = {
    d: Math.floor(left / 86400),
    h: Math.floor(left / 3600) % 24,
    m: Math.floor(left / 60) % 60,
    s: left % 60,
  };
  for (const place of counter.querySelectorAll("[data-part]")) {
    place.textContent = String(time[place.dataset.part]);
  }
  return true;
}

function draw() {
  const instant = now();
  if (clock) {
    const local = new Date(instant + SHANGHAI);
    clock.textContent = `${two(local.getUTCHours())}:${two(local.getUTCMinutes())}:${two(local.getUTCSeconds())}`;
    clock.dateTime = new Date(instant).toISOString();
  }
  for (const counter of [...counters]) {
    const left = Math.ceil(Number(counter.dataset.count) - (instant - made) / 1000);
    if (!tell(counter, left)) counters.splice(counters.indexOf(counter), 1);
  }
}

function tick() {
  draw();
  setTimeout(tick, 1000 - (now() % 1000));
}

// A computer that slept, or a page taken out of the browser's drawer, asks again what time it is.
export async function ask() {
  if (!clock || document.hidden) return;
  const sent = performance.now();
  try {
    const answer = await fetch(clock.dataset.clock, { cache: "no-store", credentials: "omit" });
    if (!answer.ok) return;
    const { now: told } = await answer.json();
    const received = performance.now();
    at = Date.parse(told) + (received - sent) / 2;
    since = received;
    draw();
  } catch {
    // Without a network the old reckoning goes on.
  }
}

if (clock || counters.length) {
  tick();
  document.addEventListener("visibilitychange", ask);
  window.addEventListener("pageshow", (event) => event.persisted && ask());
}
