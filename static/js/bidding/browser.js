// What this browser and this computer can do of what sealing asks, in plain words with the next step.
import { bytes, say } from "./words.js";

// Room for one bid of the size most tenders have, twice: the sealed copy, and what the browser itself wants.
const ROOM = 1_000_000_000;

async function canKeep() {
  try {
    await new Promise((resolve, reject) => {
      const request = indexedDB.open("sunlit-try", 1);
      request.onsuccess = () => resolve(request.result.close());
      request.onerror = () => reject(request.error);
    });
    indexedDB.deleteDatabase("sunlit-try");
    return true;
  } catch {
    return false;
  }
}

// Bytes the browser lets a site keep, or null where it does not say.
async function room() {
  const found = await navigator.storage?.estimate?.();
  return found ? found.quota - found.usage : null;
}

// [{ok, words}]: everything, also what is well; ok is true, false, or "soon" for what may do.
export async function examine() {
  const secure = window.isSecureContext && Boolean(window.crypto?.subtle);
  const keeps = await canKeep();
  const free = keeps ? await room() : null;
  const tight = free !== null && free < ROOM;
  const found = [
    { ok: secure, words: say(secure ? "browser.secure" : "browser.insecure") },
    { ok: keeps, words: say(keeps ? "browser.keeps" : "browser.forgets") },
  ];
  if (free !== null) {
    const size = bytes(free);
    found.push({ ok: tight ? "soon" : true, words: say(tight ? "browser.tight" : "browser.room", { size }) });
  }
  if (!navigator.locks && secure) found.push({ ok: "soon", words: say("browser.one_window") });
  return found;
}

export const canSeal = () => window.isSecureContext && Boolean(window.crypto?.subtle) && Boolean(window.indexedDB);
