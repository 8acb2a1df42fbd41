// The sealed files of a bid, on this computer, from the moment they are sealed until there is a receipt. They lie in
// files of the browser's own, which its workers write as they seal; where it has none (some private windows), and at the
// service room's computer, they are Blobs first and lie in IndexedDB then.
import * as store from "./store.js";
import { facts } from "./words.js";

const PIECE = 4 * 1024 * 1024;

const nameOf = ({ envelope, n }) => `${envelope}-${n}`;
// Of a lot there is one bid on its way at most, and one tab that works on it.
const folderOf = (place) => place.map(encodeURIComponent).join(" ");
const placeOf = (folder) => folder.split(" ").map(decodeURIComponent);
const keyOf = (place, uid, { envelope, n }) => [...place, uid, envelope, n];

class Files {
  constructor(place) {
    Object.assign(this, { place, parts: [], in_files: true });
  }

  sink = (envelope, n, { size }) => {
    const part = { envelope, n, size };
    this.parts.push(part);
    return { path: [store.SEALED, folderOf(this.place), nameOf(part)], write() {}, close() {} };
  };

  // They were on the disk before their hashes were told.
  async keep() {}
}

class Blobs {
  constructor(place) {
    Object.assign(this, { place, parts: [], blobs: [], in_files: false });
  }

  // Pieces become Blobs as they come, which lie on the disk and not in the tab's memory.
  sink = (envelope, n, { size }) => {
    const blobs = [];
    let pieces = [];
    let held = 0;
    const settle = () => {
      blobs.push(new Blob(pieces));
      pieces = [];
      held = 0;
    };
    return {
      write: (chunk) => {
        pieces.push(chunk);
        held += chunk.length;
        if (held >= PIECE) settle();
      },
      close: () => {
        settle();
        this.parts.push({ envelope, n, size });
        this.blobs.push(new Blob(blobs));
      },
    };
  };

  async keep(uid) {
    for (const [at, part] of this.parts.entries()) await store.put("parts", keyOf(this.place, uid, part), this.blobs[at]);
  }
}

// Where a bid of the lot is sealed to: `sink` for the sealing, `parts` of what came, `keep` for a reload to go on from.
export async function keeperOf(place) {
  if (facts.desk) return new Blobs(place);
  try {
    await dropLeftOvers(place);
    return new Files(place);
  } catch {
    return new Blobs(place);
  }
}

// A computer that died while it sealed left files that no bid will ever name: those of this lot, and of any other whose
// page is not open.
async function dropLeftOvers(place) {
  const waiting = new Set((await store.keys("pending", [])).map(folderOf));
  for (const folder of await store.folders()) {
    if (folder === folderOf(place)) await store.dropFolder(folder);
    else if (!waiting.has(folder)) {
      const drop = (lock) => lock && store.dropFolder(folder);
      await navigator.locks.request(lockOf(placeOf(folder)), { ifAvailable: true }, drop);
    }
  }
}

// What the one tab that works on a lot holds.
export const lockOf = (place) => place.join("/");

// One sealed file of a bid that is on its way.
export const sealed = (place, { uid, in_files }, part) =>
  in_files ? store.file(folderOf(place), nameOf(part)) : store.get("parts", keyOf(place, uid, part));

export async function dropSealed(place) {
  await store.dropFolder(folderOf(place)).catch(() => {}); // where the browser has no files
  await store.dropAll("parts", place);
}
