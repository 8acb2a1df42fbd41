// Withdrawing in the page: the bid's own key signs on this computer, and the ordinary form carries the signature.
import { openBidKey, withdraw } from "../../vendor/bidseal.js";
import { all, mark, one } from "./dom.js";
import * as store from "./store.js";
import { facts, say } from "./words.js";

const form = one("[data-withdraw]");
const here = one("[data-here]");
const other = one("[data-other-way]");
const file = one("#key-file");
const pass = one("#key-pass");
const target = one("[name=withdrawal]", form);
let kept;

// The signature, as a file in the field that a file made by the command line would go into.
async function sign() {
  const chosen = file.files[0] ?? kept;
  mark(file, chosen ? "" : say("key.none"));
  mark(pass, pass.value ? "" : say("old_pass.missing"));
  if (!chosen) return file.focus();
  if (!pass.value) return pass.focus();
  const button = one("button[type=submit]", form);
  const words = button.textContent;
  button.disabled = true; // a passphrase takes a computer a second or two, on purpose
  button.textContent = say("withdraw.working");
  let key;
  try {
    key = await openBidKey(new Uint8Array(await chosen.arrayBuffer()), pass.value, chosen.name ?? "");
  } catch {
    mark(pass, say("old_pass.wrong"));
    return pass.focus();
  } finally {
    button.disabled = false;
    button.textContent = words;
  }
  if (key.bid !== facts.bid) {
    mark(file, say("key.other", { name: `bid-${facts.bid}.key` }));
    return file.focus();
  }
  const proof = new Blob([JSON.stringify(withdraw(key))], { type: "application/json" });
  const carrier = new DataTransfer();
  carrier.items.add(new File([proof], "withdrawal.json", { type: proof.type }));
  target.files = carrier.files;
  return form.submit();
}

async function begin() {
  if (!window.isSecureContext || !window.indexedDB) return;
  kept = facts.desk ? undefined : (await store.get("keys", [facts.org, facts.bid]).catch(() => undefined))?.blob;
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
    if (here.hidden || target.files.length) return; // a file that the command line signed is there already
    event.preventDefault();
    sign();
  });
}

begin();
