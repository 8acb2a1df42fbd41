// How this computer's clock differs from the server's, and whether the way to the server is open.
import { one, setLamp } from "./dom.js";
import { facts, lasting, say } from "./words.js";

const EVERY = 30_000;
const SLOW = 3000; // milliseconds for an answer of a hundred bytes

// {offset, took}: milliseconds that this computer is ahead, and how long the answer took. Rejects without a line.
export async function askClock() {
  const sent = Date.now();
  const since = performance.now();
  const answer = await fetch(facts.urls.clock, { cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(20_000) });
  if (!answer.ok) throw new Error(String(answer.status));
  const { now } = await answer.json();
  const took = performance.now() - since;
  return { offset: sent + took / 2 - Date.parse(now), took };
}

export function offsetWords(offset) {
  const seconds = Math.abs(offset) / 1000;
  if (seconds < 1) return say("clock.same");
  const amount = seconds < 90 ? say("seconds", { count: seconds.toFixed(1) }) : lasting(seconds);
  return say(offset > 0 ? "clock.fast" : "clock.slow", { amount });
}

export function watch() {
  const row = one("[data-channel-row]");
  const channel = one("[data-channel]");
  const offset = one("[data-offset]");
  async function look() {
    if (!document.hidden) {
      try {
        const found = await askClock();
        setLamp(channel, found.took > SLOW ? "soon" : "ok", say(found.took > SLOW ? "channel.slow" : "channel.open"));
        if (offset) {
          offset.textContent = offsetWords(found.offset);
          offset.hidden = one("[data-offset-label]").hidden = false;
        }
      } catch {
        setLamp(channel, "over", say("channel.gone"));
      }
      row.hidden = false;
    }
    setTimeout(look, EVERY);
  }
  look();
  for (const event of ["online", "offline"]) {
    window.addEventListener(event, () => event === "offline" && setLamp(channel, "over", say("channel.gone")));
  }
}
