/** What a tenderer signs (protocol §3.5). */

import { hex, lp, sha, unhex } from "../core/bytes.js";
import { array, constants, exactly, identifier, integer, textOf } from "../core/canonical.js";
import { Malformed } from "../core/refused.js";
import { isAcceptableKey, publicKey, signObject, verifyObject } from "../core/signing.js";
import { checkDealing, recipientBytes } from "./dealing.js";
import { checkSeatSigs, envelopeCtx } from "./panel.js";

const MANIFEST_TAG = "bidseal/v1 manifest";
const SUPERSEDE_TAG = "bidseal/v1 supersede";
const WITHDRAW_TAG = "bidseal/v1 withdraw";
const OVERRIDE_TAG = "bidseal/v1 override";

/** The identifier of the bid that this Ed25519 key signs: 16 bytes in hex (§3.1). @param {Uint8Array} signPub */
export const bidUid = (signPub) => hex(sha(lp("bidseal/v1 bid", signPub)).subarray(0, 16));

/** The bid key's signature over its manifest. @param {Uint8Array} seed @param {object} manifest */
export const signManifest = (seed, manifest) => signObject(seed, MANIFEST_TAG, manifest);

/** The *old* bid's key over the new manifest: only its owner may replace a bid. @param {Uint8Array} oldSeed @param {object} manifest */
export const signSupersede = (oldSeed, manifest) => signObject(oldSeed, SUPERSEDE_TAG, manifest);

/** The signed withdrawal of a bid, `{withdrawal, sig}`. Handed in, it is final. @param {import("./keys.js").BidKey} key */
export function withdraw({ project, panel, bid, sign_seed: seed }) {
  const withdrawal = { v: 1, type: "withdrawal", project, panel, bid };
  return { withdrawal, sig: signObject(unhex(seed, 32, "sign_seed"), WITHDRAW_TAG, withdrawal) };
}

/**
 * Check everything about a manifest that needs no database: shape, names, key, signature, dealings. Throws `Malformed`.
 * @param {unknown} manifest
 * @param {unknown} sig
 * @param {import("./panel.js").Panel} panel
 * @param {{ dealings?: boolean }} [asked] without `dealings` for one who checks these, the slow part, elsewhere
 */
export function checkManifest(manifest, sig, panel, { dealings = true } = {}) {
  const parts = exactly(manifest, "v type project lot panel bid sign_pub supersedes client envelopes", "manifest");
  constants(parts, { v: 1, type: "bid", project: panel.project, panel: panel.hash }, "manifest");
  identifier(parts.lot, "manifest: lot");
  unhex(parts.client, 32, "manifest: client");
  const signPub = unhex(parts.sign_pub, 32, "manifest: sign_pub");
  if (!isAcceptableKey(signPub)) throw new Malformed("manifest: sign_pub is not an acceptable Ed25519 key");
  if (parts.bid !== bidUid(signPub)) throw new Malformed("manifest: bid is not the uid of sign_pub");
  if (parts.supersedes !== null) {
    unhex(parts.supersedes, 16, "manifest: supersedes");
    if (parts.supersedes === parts.bid) throw new Malformed("manifest: a bid cannot supersede itself");
  }
  const envelopes = array(parts.envelopes, "manifest: envelopes");
  const names = panel.envelopes.map(({ id }) => id);
  if (envelopes.length !== names.length || envelopes.some((item, place) => item?.id !== names[place])) {
    throw new Malformed(`manifest: the envelopes are not exactly ${names.join(", ")}, in this order`);
  }
  envelopes.forEach((item, place) => checkEnvelope(item, panel.envelopes[place]));
  if (!verifyObject(signPub, MANIFEST_TAG, parts, sig)) throw new Malformed("manifest: the signature does not hold");
  const pubs = panel.seats.map(({ pub }) => pub);
  for (const { id, dealing } of dealings ? envelopes : []) {
    checkDealing(envelopeCtx(panel.hash, parts.bid, id), panel.k, pubs, dealing);
  }
  return parts;
}

function checkEnvelope(item, envelope) {
  const what = `manifest: envelope ${envelope.id}`;
  const parts = exactly(item, "id recipient dealing files", what);
  recipientBytes(parts.recipient, `${what}: recipient`);
  const files = array(parts.files, `${what}: files`);
  if (!files.length) throw new Malformed(`${what}: has no files`);
  if (envelope.public && files.length !== 1) {
    throw new Malformed(`${what}: is public and holds exactly one file, not ${files.length}`);
  }
  files.forEach((file, place) => {
    const at = `${what}: files[${place}]`;
    const { n, size, sha256 } = exactly(file, "n size sha256", at);
    if (integer(n, `${at}: n`) !== place) throw new Malformed(`${at}: n is not ${place}`);
    integer(size, `${at}: size`, 1);
    unhex(sha256, 32, `${at}: sha256`);
  });
}

/**
 * Check that the bid named by `supersedes` agreed to be replaced. Throws `Malformed`.
 * @param {{ supersedes: string | null }} manifest
 * @param {unknown} sig
 * @param {Uint8Array} oldSignPub
 */
export function checkSupersedesSig(manifest, sig, oldSignPub) {
  if (manifest.supersedes !== bidUid(oldSignPub)) {
    throw new Malformed("manifest: supersedes names another bid than the key's");
  }
  if (!verifyObject(oldSignPub, SUPERSEDE_TAG, manifest, sig)) {
    throw new Malformed("manifest: the old bid's signature over its replacement does not hold");
  }
}

/**
 * Check a withdrawal by the bid's own key. Throws `Malformed`.
 * @param {unknown} withdrawal
 * @param {unknown} sig
 * @param {Uint8Array} signPub
 * @param {import("./panel.js").Panel} panel
 */
export function checkWithdrawal(withdrawal, sig, signPub, panel) {
  const parts = exactly(withdrawal, "v type project panel bid", "withdrawal");
  constants(parts, { v: 1, type: "withdrawal", project: panel.project, panel: panel.hash }, "withdrawal");
  if (parts.bid !== bidUid(signPub)) throw new Malformed("withdrawal: names another bid than the key's");
  if (!verifyObject(signPub, WITHDRAW_TAG, parts, sig)) throw new Malformed("withdrawal: the signature does not hold");
}

/**
 * Check that at least k seats agreed to strike a bid whose key is lost. Throws `Malformed`.
 * @param {unknown} order
 * @param {unknown} sigs
 * @param {import("./panel.js").Panel} panel
 */
export function checkOverride(order, sigs, panel) {
  const parts = exactly(order, "v type project panel bid reason", "override");
  constants(parts, { v: 1, type: "override", project: panel.project, panel: panel.hash }, "override");
  unhex(parts.bid, 16, "override: bid");
  textOf(parts.reason, "override: reason");
  const signed = checkSeatSigs(sigs, panel, OVERRIDE_TAG, parts, "override");
  if (signed.size < panel.k) throw new Malformed(`override: ${signed.size} seats signed, ${panel.k} are needed`);
}

/** The public key (hex) and uid of a seed. @param {Uint8Array} seed */
export function signer(seed) {
  const pub = publicKey(seed);
  return { signPub: hex(pub), uid: bidUid(pub) };
}
