// A bid that trustees failed: its key file is opened on this computer, and the ordinary form carries the identities of the
// envelopes that are asked for. The passphrase, the key that signs and every other envelope's key stay here.
import { openBidKey } from "../vendor/bidseal.js";
import { all, mark, one } from "./bidding/dom.js";
import * as store from "./bidding/store.js";
import { facts, say } from "./bidding/words.js";

const form = one("[data-posting]");
const here = one("[data-here]");
const other = one("[data-other-way]");
const file = one("#key-file");
const pass = one("#key-pass");
const target = one("[name=posting]", form);
const wanted = Object.keys(facts.wanted);
let kept;

async function open(chosen) {
  const button = one("button[type=submit]", form);
  const words = button.textContent;
  button.disabled = true; // a passphrase takes a computer a second or two, on purpose
  button.textContent = say("working");
  try {
    return await openBidKey(new Uint8Array(await chosen.arrayBuffer()), pass.value, chosen.name ?? "");
  } catch {
    return null;
  } finally {
    button.disabled = false;
    button.textContent = words;
  }
}

async function post() {
  const chosen = file.files[0] ?? kept;
  mark(file, chosen ? "" : say("key.none"));
  mark(pass, pass.value ? "" : say("pass.missing"));
  if (!chosen) return file.focus();
  if (!pass.value) return pass.focus();
  const key = await open(chosen);
  if (!key) {
    mark(pass, say("pass.wrong"));
    return pass.focus();
  }
  const envelopes = facts.wanted[key.bid];
  if (!envelopes) {
    mark(file, say("key.other", { name: wanted.map((uid) => `bid-${uid}.key`).join(" / ") }));
    return file.focus();
  }
  const posting = {
    v: 1,
    type: "posted-keys",
    project: key.project,
    panel: key.panel,
    bid: key.bid,
    identities: key.identities
      .filter(({ envelope }) => envelopes.includes(envelope))
      .map(({ envelope, identity }) => ({ envelope, identity })),
  };
  const carrier = new DataTransfer();
  carrier.items.add(new File([JSON.stringify(posting)], "posted.json", { type: "application/json" }));
  target.files = carrier.files;
  pass.value = "";
  return form.submit();
}

async function begin() {
  if (!window.isSecureContext || !window.indexedDB) return;
  if (!facts.desk && wanted.length === 1) {
    kept = (await store.get("keys", [facts.org, wanted[0]]).catch(() => undefined))?.blob;
  }
  one("[data-kept]").hidden = !kept;
  here.hidden = other.hidden = false;
  form.prepend(here);
  for (const each of all("[data-elsewhere]")) each.hidden = true;
  one("button", other).addEventListener("click", () => {
    here.hidden = other.hidden = true;
    for (const each of all("[data-elsewhere]")) each.hidden = false;
    target.focus();
  });
  form.addEventListener("submit", (event) => {
    if (here.hidden || target.files.length) return; // a file that the command line wrote is there already
    event.preventDefault();
    post();
  });
}

begin();
