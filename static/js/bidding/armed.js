// A signed bid whose files are not all there yet: said on every page of "my bids", with the way to go on.
import { one } from "./dom.js";
import * as store from "./store.js";
import { facts, say } from "./words.js";

export async function showArmed() {
  const banner = one("[data-armed]");
  if (!banner || !window.indexedDB) return;
  const waiting = await store.all("pending", [facts.org]).catch(() => []);
  const [first] = waiting;
  if (!first) return;
  one("[data-armed-words]", banner).textContent = say("armed.words", { title: first.title, count: waiting.length });
  one("[data-armed-go]", banner).href = first.page;
  banner.hidden = false;
}
