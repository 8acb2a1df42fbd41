// What stays on this computer: drafts, remembered documents, sealed files on their way, encrypted key files.
// Nothing of it goes anywhere by itself. Keys begin with the organisation, so that two companies on one
// computer do not find each other's.
const NAME = "sunlit-bidding";
const STORES = ["drafts", "documents", "pending", "parts", "keys"];
// Sealed files lie in folders of their own where the browser has files; one folder for each lot, in this one.
export const SEALED = "sealed";

let opened;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      for (const store of STORES) request.result.createObjectStore(store);
    };
    request.onsuccess = () => {
      const base = request.result;
      base.onversionchange = () => base.close(); // another tab wipes everything: do not stand in its way
      resolve(base);
    };
    request.onerror = () => reject(request.error);
  });
  return opened;
}

async function run(store, mode, act) {
  const base = await open();
  return new Promise((resolve, reject) => {
    // Strict: what is said to be kept is on the disk, as far as the browser can promise it.
    const transaction = base.transaction(store, mode, { durability: mode === "readwrite" ? "strict" : "default" });
    const request = act(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(request?.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

export const get = (store, key) => run(store, "readonly", (of) => of.get(key));
export const put = (store, key, value) => run(store, "readwrite", (of) => of.put(value, key));
export const drop = (store, key) => run(store, "readwrite", (of) => of.delete(key));

function under(prefix) {
  return IDBKeyRange.bound(prefix, [...prefix, []]);
}

// Everything whose key begins with these parts; keys are arrays.
export const all = (store, prefix) => run(store, "readonly", (of) => of.getAll(under(prefix)));
export const keys = (store, prefix) => run(store, "readonly", (of) => of.getAllKeys(under(prefix)));
export const dropAll = (store, prefix) => run(store, "readwrite", (of) => of.delete(under(prefix)));

async function folder(path, options) {
  let found = await navigator.storage.getDirectory();
  for (const name of path) found = await found.getDirectoryHandle(name, options);
  return found;
}

// The names of the folders of sealed files; throws where the browser has no files of its own.
export async function folders() {
  const names = [];
  for await (const name of (await folder([SEALED], { create: true })).keys()) names.push(name);
  return names;
}

export async function file(name, inside) {
  return (await (await folder([SEALED, name])).getFileHandle(inside)).getFile();
}

export async function dropFolder(name) {
  for (let tries = 20; ; tries -= 1) {
    try {
      return await (await folder([SEALED])).removeEntry(name, { recursive: true });
    } catch (error) {
      if (error.name === "NotFoundError") return undefined;
      if (error.name !== "NoModificationAllowedError" || !tries) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50)); // a worker that was stopped lets go of its files a moment later
  }
}

// Leave nothing behind, in no store.
export async function wipe() {
  for (const name of await folders().catch(() => [])) await dropFolder(name).catch(() => {});
  if (opened) (await opened).close();
  opened = undefined;
  await new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(NAME);
    request.onsuccess = request.onerror = request.onblocked = () => resolve();
  });
  sessionStorage.clear();
  localStorage.clear();
}

// How fast this computer's line was when it was last tried, in bytes a second; null before that.
export function speed() {
  const found = JSON.parse(localStorage.getItem("speed") ?? "null");
  return found && Date.now() - found.at < 86_400_000 ? found : null;
}

export function keepSpeed(rate) {
  localStorage.setItem("speed", JSON.stringify({ rate, at: Date.now() }));
}
