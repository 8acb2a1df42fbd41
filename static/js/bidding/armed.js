// Signed bids whose files are not all there yet: each said on every page of "my bids", with the way to go on.
import { one } from "./dom.js";
import * as store from "./store.js";
import { facts, say } from "./words.js";

export async function showArmed() {
  const banner = one("[data-armed]");
  if (!banner || !window.indexedDB) return;
  const waiting = await store.all("pending", [facts.org]).catch(() => []);
  for (const bid of waiting) {
    const copy = banner.cloneNode(true);
    one("[data-armed-words]", copy).textContent = say("armed.words", { title: bid.title });
    one("[data-armed-go]", copy).href = bid.page;
    copy.hidden = false;
    banner.before(copy);
  }
  banner.remove();
}
