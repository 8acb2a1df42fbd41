// A form that a bid's key file fills in on this computer: the file and its passphrase stay here, what is made of them goes
// into the field that a file made by the command line would go into.
import { openBidKey } from "../../vendor/bidseal.js";
import { all, mark, one } from "./dom.js";
import * as store from "./store.js";
import { facts, say } from "./words.js";

// `bids` are those whose keys will do; `make` turns an opened key into what is sent as the file `name`.
export async function fillByKeyFile({ form, target, name, bids, make }) {
  if (!window.isSecureContext || !window.indexedDB) return;
  const here = one("[data-here]");
  const other = one("[data-other-way]");
  const own = !facts.desk && bids.length === 1; // at the desk nothing is kept, and of several nobody knows which
  const kept = own ? (await store.get("keys", [facts.org, bids[0]]).catch(() => undefined))?.blob : undefined;
  one("[data-kept]").hidden = !kept;
  here.hidden = other.hidden = false;
  form.prepend(here);
  for (const each of all("[data-elsewhere]")) each.hidden = true;
  one("button", other).addEventListener("click", () => {
    here.hidden = other.hidden = true;
    for (const each of all("[data-elsewhere]")) each.hidden = false;
    target.focus();
  });
  form.addEventListener("submit", async (event) => {
    if (here.hidden || target.files.length) return; // a file that the command line wrote is there already
    event.preventDefault();
    const key = await opened(form, kept, bids);
    if (!key) return;
    const carrier = new DataTransfer();
    carrier.items.add(new File([JSON.stringify(make(key))], name, { type: "application/json" }));
    target.files = carrier.files;
    one("#key-pass").value = "";
    form.submit();
  });
}

// The key of one of the bids; or nothing, and the field that is to be mended has the focus.
async function opened(form, kept, bids) {
  const file = one("#key-file");
  const pass = one("#key-pass");
  const chosen = file.files[0] ?? kept;
  mark(file, chosen ? "" : say("key.none"));
  mark(pass, pass.value ? "" : say("old_pass.missing"));
  if (!chosen) return file.focus();
  if (!pass.value) return pass.focus();
  const key = await unlocked(form, chosen, pass.value);
  if (!key) {
    mark(pass, say("old_pass.wrong"));
    return pass.focus();
  }
  if (bids.includes(key.bid)) return key;
  mark(file, say("key.other", { name: bids.map((uid) => `bid-${uid}.key`).join(" / ") }));
  return file.focus();
}

async function unlocked(form, chosen, pass) {
  const button = one("button[type=submit]", form);
  const words = button.textContent;
  button.disabled = true; // a passphrase takes a computer a second or two, on purpose
  button.textContent = say("key.working");
  try {
    return await openBidKey(new Uint8Array(await chosen.arrayBuffer()), pass, chosen.name ?? "");
  } catch {
    return null;
  } finally {
    button.disabled = false;
    button.textContent = words;
  }
}
