// From the sealed files to the checked receipt. Everything needed to go on lies on this computer before it is
// needed: a reload, a lost line or a closed tab loses nothing, and no step is done twice.
import { openBidKey, parseTender, protectBidKey, said, seal, verifyReceipt } from "../../vendor/bidseal.js";
import { uploadAll } from "../uploading.js";
import { ask, patiently, pause } from "./net.js";
import { dropSealed, keeperOf, sealed } from "./sealed.js";
import * as store from "./store.js";
import { bytes, facts, Refusal, say } from "./words.js";

const SIGNING = 1; // seconds between two questions for the receipt of a bid whose log is being signed
const SIGNED_WITHIN = 60;
const DECIDING = 2; // seconds between two questions what became of a bid that is being decided

const place = () => [facts.org, facts.project, facts.lot];

// The bid on its way out of this computer, if there is one in this lot.
export const waiting = () => store.get("pending", place()).catch(() => undefined);

// The key of the bid that is to be replaced, out of its file. Refused where it is another bid's.
export async function readOldKey(file, passphrase) {
  const name = keyName(facts.effective.uid);
  let key;
  try {
    key = await openBidKey(new Uint8Array(await file.arrayBuffer()), passphrase, name);
  } catch (error) {
    if (error.code === "sealing.passphrase_wrong") {
      throw new Refusal("old_pass", say("old_pass.wrong"), { field: "old_pass" });
    }
    throw new Refusal("old_key", say("old_key.other", { name }), { field: "old_key" });
  }
  if (key.bid !== facts.effective.uid) throw new Refusal("old_key", say("old_key.other", { name }), { field: "old_key" });
  return key;
}

export const keyName = (uid) => `bid-${uid}.key`;

// The tender file, if it names the very panel that the notice does.
function trusted(text) {
  try {
    return parseTender(text, { panel: facts.panel });
  } catch (error) {
    throw explained(error);
  }
}

// Seal on this computer; the record of everything that is needed from here on. Nothing has left the computer yet.
// `key` is the promise of a passphrase made into a key for this one key file.
export async function sealHere({ fields, files, key, supersedes, onProgress }) {
  const keeper = await keeperOf(place());
  const chosen = files.map(({ file, slot }) => ({ file, slot, name: file.name }));
  try {
    const [stretched, { bid, tenderText }] = await Promise.all([
      key,
      sealing({ fields, files: chosen, supersedes, keeper, onProgress }),
    ]);
    const keyFile = new Blob([protectBidKey(bid.bidKey, stretched)], { type: "application/octet-stream" });
    const record = {
      title: facts.title,
      page: `${location.pathname}#sending`,
      project: facts.project,
      uid: bid.uid,
      message: { manifest: bid.manifest, sig: bid.sig, supersedes_sig: bid.supersedes_sig ?? null, key: bid.uid },
      tender: tenderText,
      parts: keeper.parts,
      in_files: keeper.in_files,
      total: keeper.parts.reduce((sum, { size }) => sum + size, 0),
      key_name: keyName(bid.uid),
      key_file: keyFile,
      armed: false,
    };
    await keeper.keep(record.uid);
    if (!facts.desk) await store.put("keys", [facts.org, record.uid], { name: record.key_name, blob: record.key_file });
    await store.put("pending", place(), record);
    return record;
  } catch (error) {
    await dropSealed(place()).catch(() => {});
    if (error?.name !== "QuotaExceededError") throw error;
    const size = files.reduce((sum, { file }) => sum + file.size, 0);
    throw new Refusal("full", say("sending.full", { size: bytes(size) }));
  }
}

async function sealing({ fields, files, supersedes, keeper, onProgress }) {
  const tenderText = await ask(facts.urls.tender);
  const tender = trusted(tenderText);
  const given = { tender, lot: facts.lot, tenderer: facts.unit, fields, files, client: facts.client, supersedes };
  try {
    const bid = await seal(given, { sink: keeper.sink, onProgress: ({ done, total }) => onProgress(done, total) });
    return { bid, tenderText };
  } catch (error) {
    throw explained(error);
  }
}

// What the sealing program says no to, in words. Most of it this page has asked for itself before.
function explained(error) {
  return error.name === "Refused" ? new Refusal(error.code, said(error, document.documentElement.lang)) : error;
}

// From wherever it stands to the receipt's page; safe to call again after anything. Throws Refusal.
export async function carry(record, { at, onProgress, onWait }) {
  at("arm");
  let state = await patiently(() => arm(record), onWait);
  if (state.state === "armed") {
    at("upload");
    await upload(record, { onProgress, onWait });
  }
  if (state.state !== "effective") state = await patiently(() => decided(record), onWait);
  if (state.state !== "effective") throw refused(state);
  at("verify");
  await verify(record, state, onWait);
  await finish();
  return state.page;
}

async function arm(record) {
  const answer = await ask(facts.urls.bids, { method: "POST", json: record.message });
  record.armed = true;
  await store.put("pending", place(), record);
  return JSON.parse(answer);
}

async function upload(record, { onProgress, onWait }) {
  const files = await Promise.all(
    record.parts.map(async (part) => {
      const blob = await sealed(place(), record, part);
      return { ...part, read: (start, end) => blob.slice(start, end) };
    }),
  );
  const tell = ({ sent, total, waiting: down }) => {
    onWait(down);
    onProgress(sent, total);
  };
  try {
    await uploadAll({ creationUrl: facts.urls.uploads, csrf: facts.csrf, bid: record.uid, files, onProgress: tell });
  } catch (error) {
    if (error.name !== "Refused") throw error;
    throw new Refusal(error.code, say("sending.refused", { reason: error.message }), error);
  }
}

async function decided(record) {
  for (;;) {
    const state = JSON.parse(await ask(`${facts.urls.bids}/${record.uid}/state`));
    if (state.state !== "deciding") return state;
    await pause(DECIDING);
  }
}

function refused(state) {
  const { text, code, reference } = state.refusal ?? { text: state.state, code: "refused" };
  return new Refusal(code, say("sending.refused", { reason: text }), { reference });
}

// An accepted bid stands a moment before the log is signed with it: 409 is no refusal of the bid then.
async function receipt(url, onWait) {
  for (let waited = 0; ; waited += SIGNING) {
    try {
      return await patiently(() => ask(url, { headers: { Accept: "text/plain" } }), onWait);
    } catch (error) {
      if (error.status !== 409 || waited >= SIGNED_WITHIN) throw error;
    }
    await pause(SIGNING);
  }
}

// Only what was checked against the panel's own key is called submitted.
async function verify(record, state, onWait) {
  const proof = await receipt(state.receipt, onWait);
  try {
    const { panel } = parseTender(record.tender, { panel: facts.panel });
    const { event } = await verifyReceipt(proof, { panel });
    const { manifest, sig } = record.message;
    // The signature is over every byte of the manifest: where it is ours and right, so is the manifest.
    if (event.type !== "bid" || event.manifest.bid !== manifest.bid || event.sig !== sig) throw new Error(event.type);
  } catch (error) {
    throw new Refusal("unverified", say("sending.unverified", { reason: error.message }));
  }
}

async function finish() {
  await store.drop("pending", place());
  await dropSealed(place());
}

// Back to the draft: the signature is taken back where it had gone out, and the sealed copy is dropped.
export async function giveUp(record) {
  if (record.armed) {
    await ask(`${facts.urls.bids}/${record.uid}`, { method: "DELETE" }).catch((error) => {
      if (error.status !== 404) throw error;
    });
  }
  await finish();
  await store.drop("keys", [facts.org, record.uid]);
}
