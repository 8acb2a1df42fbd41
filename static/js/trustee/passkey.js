/**
 * A further copy of a trustee's key, opened by touching a security key or using a passkey (docs/adr/0034): an age file
 * with the stanza `age-encryption.org/fido2prf`, whose key comes from the WebAuthn extension PRF.
 */

import { webauthn } from "age-encryption";
import { bech32 } from "@scure/base";
import { concat, utf8 } from "../core/bytes.js";
import { systemEntropy } from "../core/entropy.js";
import { Malformed, Refused } from "../core/refused.js";
import { decryptWith, encryptWith, stanzasOf } from "../sealing/age.js";
import { keyOf, plainOf } from "./key.js";

const WRAPPED = "age-encryption.org/fido2prf";
/** Beside it in the header: for which host the credential was made, and which one it is, since nothing else knows. */
const CREDENTIAL = "bidseal/passkey";
const IDENTITY_PREFIX = "AGE-PLUGIN-FIDO2PRF-";
/** Ed25519, P-256, RSA: any will do, nothing is signed with it. */
const ALGORITHMS = [-8, -7, -257];
/** Of the flags of WebAuthn §6.1: the credential may be copied to other devices by its maker. */
const BACKUP_ELIGIBLE = 8;

/** What stands beside the wrapped key. @typedef {{ host: string, identity: string }} Credential */

/**
 * Why no passkey can be used on this page, as the code of a refusal; `null` where one may. Some browsers tell only
 * when they are asked for one.
 */
export async function barred() {
  if (location.protocol === "file:") return "touch.file";
  if (!isSecureContext) return "touch.insecure";
  if (/^[\d.]+$|:/.test(location.hostname)) return "touch.address";
  if (typeof PublicKeyCredential === "undefined") return "touch.browser";
  const known = await PublicKeyCredential.getClientCapabilities?.();
  return known?.["extension:prf"] === false ? "touch.browser" : null;
}

/**
 * Why a copy cannot be opened on this page; `null` where it may. Known before anything is touched.
 * @param {Credential} credential
 * @returns {Promise<Refused | null>}
 */
export async function barredFor({ host }) {
  const reason = await barred();
  if (reason) return new Refused(reason, {}, "key");
  return host === location.hostname ? null : new Refused("touch.host", { host }, "key");
}

/** The credential that a file is wrapped to; `null` for files of any other kind. @param {Uint8Array} prefix its first 8 KiB */
export function credentialOf(prefix) {
  try {
    const stanzas = stanzasOf(prefix);
    const [host, identity] = stanzas.find(({ type }) => type === CREDENTIAL)?.args ?? [];
    return identity && stanzas.some(({ type }) => type === WRAPPED) ? { host, identity } : null;
  } catch (error) {
    if (error instanceof Malformed) return null;
    throw error;
  }
}

/**
 * Make a credential for this page's host. Takes a touch. Throws `Refused`.
 * @param {string} name of the trustee
 * @param {string} shown what the device calls the credential
 * @returns {Promise<Credential>}
 */
export async function register(name, shown) {
  const host = location.hostname;
  const publicKey = {
    rp: { id: host, name: host },
    user: { id: systemEntropy.bytes(16), name, displayName: shown },
    challenge: systemEntropy.bytes(32), // nobody checks the answer: no account hangs on it
    pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: "public-key", alg })),
    // kept by the file rather than by the device, where that is possible: else it is offered at sign-in
    authenticatorSelection: { residentKey: "discouraged", requireResidentKey: false, userVerification: "required" },
    hints: ["security-key"],
    extensions: { prf: {} },
  };
  const made = await touched(() => navigator.credentials.create({ publicKey }));
  if (!made.getClientExtensionResults().prf?.enabled) throw new Refused("touch.device");
  const flags = new Uint8Array(made.response.getAuthenticatorData())[32];
  if (flags & BACKUP_ELIGIBLE) throw new Refused("touch.synced");
  return { host, identity: identityOf(new Uint8Array(made.rawId), host, made.response.getTransports()) };
}

/** A credential as age's programs write it down: CBOR of version, credential, host and transports, in Bech32. */
function identityOf(credential, host, transports) {
  const data = concat(
    Uint8Array.of(1),
    concat(head(2, credential.length), credential),
    text(host),
    head(4, transports.length),
    ...transports.map(text),
  );
  return bech32.encode(IDENTITY_PREFIX, bech32.toWords(data), false).toUpperCase();
}

const text = (value) => concat(head(3, utf8(value).length), utf8(value));

/** A CBOR head (RFC 8949 §3): major type and argument, which is below 2^16 here. */
function head(major, count) {
  if (count < 24) return Uint8Array.of((major << 5) | count);
  return count < 256 ? Uint8Array.of((major << 5) | 24, count) : Uint8Array.of((major << 5) | 25, count >> 8, count & 255);
}

/**
 * The content of `trustee-NAME.passkey.age`. Takes a touch. Throws `Refused`.
 * @param {import("./key.js").Key} key
 * @param {Credential} credential
 */
export async function wrap(key, { host, identity }) {
  const plain = plainOf(key); // at once: a key may be locked while its holder looks for the device
  const fileKey = systemEntropy.bytes(16);
  const made = await touched(() => new webauthn.WebAuthnRecipient({ identity }).wrapFileKey(fileKey));
  const stanzas = made.map(({ args: [type, ...args], body }) => ({ type, args, body }));
  const beside = { type: CREDENTIAL, args: [host, identity], body: new Uint8Array() };
  return encryptWith(plain, fileKey, [...stanzas, beside], systemEntropy);
}

/**
 * The key in such a file. Takes a touch. Throws `Refused`.
 * @param {Uint8Array} data
 * @param {string} file its name
 * @returns {Promise<import("./key.js").Key>}
 */
export async function unwrap(data, file) {
  const credential = credentialOf(data);
  const refused = await barredFor(credential);
  if (refused) throw refused;
  const { identity } = credential;
  const stanzas = stanzasOf(data).map(({ type, args, body }) => ({ args: [type, ...args], body }));
  const fileKey = await touched(() => new webauthn.WebAuthnIdentity({ identity }).unwrapFileKey(stanzas), "key");
  try {
    if (fileKey === null) throw new Malformed("the key that this device gives does not open it");
    return keyOf(decryptWith(data, fileKey));
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new Refused("sealing.key_file_refused", { file, reason: error.message }, "key");
  }
}

/** What a device answers; `Refused` where nobody touched it, or it cannot do what is needed. */
async function touched(ask, field = undefined) {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof DOMException && ["NotAllowedError", "AbortError"].includes(error.name)) {
      throw new Refused("touch.none", {}, field);
    }
    if (error instanceof Error && /PRF/.test(error.message)) throw new Refused("touch.device", {}, field);
    throw error;
  }
}
