// Get ready: clock, browser and line are tried today, not on the last day.
import { askClock, offsetWords } from "./aside.js";
import { showArmed } from "./armed.js";
import { examine } from "./browser.js";
import { lamp, make, one, setLamp } from "./dom.js";
import { keepSpeed, speed } from "./store.js";
import { bytes, facts, lasting, say } from "./words.js";

const EXAMPLES = [20_000_000, 120_000_000, 500_000_000];

function show(name) {
  const item = one(`[data-${name}-check]`);
  item.hidden = false;
  return { item, words: one("[data-words]", item), lamp: one("[data-lamp]", item) };
}

async function clock() {
  const { words, lamp: state } = show("clock");
  try {
    const tries = [await askClock(), await askClock(), await askClock()];
    const best = tries.reduce((one, other) => (other.took < one.took ? other : one));
    words.textContent = say("clock.counts", { offset: offsetWords(best.offset) });
    const near = Math.abs(best.offset) < 60_000;
    setLamp(state, near ? "done" : "soon", say(near ? "checked" : "clock.far"));
  } catch {
    words.textContent = say("clock.unasked");
    setLamp(state, "soon", say("unchecked"));
  }
}

async function browser() {
  const { item, words, lamp: state } = show("browser");
  const found = await examine();
  const bad = found.some(({ ok }) => ok === false);
  const doubtful = found.some(({ ok }) => ok === "soon");
  words.textContent = say(bad ? "browser.cannot" : "browser.can");
  setLamp(state, bad ? "over" : doubtful ? "soon" : "done", say(bad ? "browser.no" : "checked"));
  const left = found.filter((each) => each.ok !== true); // what is well needs no reading
  const list = one("[data-list]", item);
  list.hidden = !left.length;
  list.replaceChildren(
    ...left.map((each) => make("li", { class: "sl-says" }, make("span", {}, each.words), lamp(each.ok ? "soon" : "over", say("look")))),
  );
}

function tell({ words, lamp: state }, found) {
  const times = EXAMPLES.map((size) => say("line.time", { size: bytes(size), time: lasting(size / found.rate) }));
  words.textContent = say("line.speed", { rate: bytes(Math.round(found.rate)), times: times.join(say("comma")) });
  setLamp(state, "done", say("line.tried"));
}

// XMLHttpRequest, for fetch tells nothing of how far an upload is.
function send(body, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", facts.urls.rehearsal);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", facts.csrf);
    request.upload.onprogress = (event) => onProgress(event.loaded);
    request.onload = () => {
      if (request.status === 200) return resolve();
      let text = say("http", { status: request.status });
      try {
        text = JSON.parse(request.responseText).text;
      } catch {
        // A proxy's own page: the status says enough.
      }
      return reject(new Error(text));
    };
    request.onerror = () => reject(new Error(say("line.broke")));
    request.send(body);
  });
}

function randomBytes(size) {
  const data = new Uint8Array(size);
  for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(data.subarray(at, Math.min(size, at + 65_536)));
  return data;
}

function line() {
  const place = show("line");
  const button = one("[data-try]", place.item);
  const work = one("[data-work]", place.item);
  const bar = one("progress", work);
  const known = speed();
  if (known) tell(place, known);
  button.addEventListener("click", async () => {
    button.disabled = true;
    work.hidden = false;
    setLamp(place.lamp, "now", say("line.trying"));
    const body = new Blob([randomBytes(facts.rehearsal)]);
    const since = performance.now();
    try {
      await send(body, (count) => {
        bar.value = (100 * count) / facts.rehearsal;
      });
      keepSpeed(facts.rehearsal / ((performance.now() - since) / 1000));
      tell(place, speed());
    } catch (error) {
      place.words.textContent = error.message;
      setLamp(place.lamp, "soon", say("line.failed"));
    }
    work.hidden = true;
    button.disabled = false;
  });
}

clock();
browser();
line();
showArmed();
