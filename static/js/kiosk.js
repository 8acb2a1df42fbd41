// The kiosk forgets its visitors: no page of it stays in the browser's history, and after a while without a touch it
// goes back to the start. What was chosen and typed stands in addresses alone, and each replaces the one before.
//
// body[data-kiosk] is the address of the start, data-idle and data-warned are seconds, data-fresh says that nobody has
// begun anything; [data-ask] asks whether anybody is there, [data-left] counts down in it, [data-away] covers everything
// while the server cannot be reached.
const { kiosk, idle, warned } = document.body.dataset;
const untouched = "fresh" in document.body.dataset;
const asking = document.querySelector("[data-ask]");
const left = asking.querySelector("[data-left]");
const away = document.querySelector("[data-away]");
const AGAIN = 5000;
/** Whoever looks for a file on a stick touches the system's window and not this page. */
const CHOOSING = 120000;
let at = performance.now();
let leaving = false;

function touched(more = 0) {
  at = performance.now() + more;
}

async function isThere(address) {
  try {
    return (await fetch(address, { method: "HEAD", cache: "no-store" })).ok;
  } catch {
    return false;
  }
}

/** Go to a page once it is there: the browser's own page for a lost network would have no way back. */
async function go(address) {
  touched();
  if (await isThere(address)) location.replace(address);
  else leave();
}

/** Forget everything at once, and begin anew as soon as the server answers. */
async function leave() {
  if (leaving) return;
  leaving = true;
  asking.close();
  document.querySelector("main").replaceChildren();
  document.title = "";
  while (!(await isThere(kiosk))) {
    if (!away.open) away.showModal();
    await new Promise((done) => setTimeout(done, AGAIN));
  }
  location.replace(kiosk);
}

function stay() {
  touched();
  asking.close();
}

document.addEventListener("click", (event) => {
  if (event.target.matches('input[type="file"]')) touched(CHOOSING);
  const way = event.target.closest("a[href]");
  if (!way || way.origin !== location.origin) return;
  event.preventDefault();
  if (way.hash && way.pathname === location.pathname && way.search === location.search) document.querySelector(way.hash).focus();
  else go(way.href);
});
document.addEventListener("submit", (event) => {
  if (event.target.noValidate) return; // the form that checks a file, which stays on its page
  event.preventDefault();
  const address = new URL(event.target.action);
  address.search = new URLSearchParams(new FormData(event.target));
  go(address.href);
});
// A long touch would offer to open another tab, which nobody could close.
addEventListener("contextmenu", (event) => event.preventDefault());
for (const act of ["pointerdown", "keydown", "wheel", "input", "scroll", "change", "cancel"]) {
  addEventListener(act, () => asking.open || touched(), { passive: true, capture: true });
}
// While it is asked, a touch anywhere but on the button that leaves is an answer.
addEventListener("pointerdown", (event) => {
  if (asking.open && !event.target.closest("[data-leave]")) stay();
});
asking.addEventListener("close", () => leaving || touched());
asking.querySelector("[data-stay]").addEventListener("click", stay);
asking.querySelector("[data-leave]").addEventListener("click", leave);
away.addEventListener("cancel", (event) => event.preventDefault());
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
addEventListener("afterprint", () => touched());
// A page that the browser took out of a drawer all the same is somebody else's.
addEventListener("pageshow", (event) => event.persisted && leave());

setInterval(() => {
  if (leaving) return;
  const rest = Math.ceil(Number(idle) - (performance.now() - at) / 1000);
  left.textContent = String(Math.max(rest, 0));
  if (rest <= 0) leave();
  else if (rest <= Number(warned) && !untouched && !asking.open) asking.showModal();
}, 1000);
