/** The protocol's pieces one by one, for the shared test vectors and for whoever checks this program. */

export { hex, lp, sha } from "./core/bytes.js";
export { dumps, loads } from "./core/canonical.js";
export { isAcceptableKey, publicKey, signObject, verifyBytes, verifyObject } from "./core/signing.js";
export { decrypt, decryptPassphrase, encrypt, encryptPassphrase, sealedSize } from "./sealing/age.js";
export { padJson, padme, parseIndex, parseSheet, sheetBytes } from "./sealing/container.js";
export { Crew } from "./sealing/crew.js";
export { checkDealing, checkShare, combine, deal, identityOf, makeShare, recipientOf, trusteeOf } from "./sealing/dealing.js";
export { parseBidKey, sealBidKey } from "./sealing/keys.js";
export { bidUid, checkManifest, checkSupersedesSig, signManifest, signSupersede } from "./sealing/manifest.js";
export { envelopeCtx, panelHash, parsePanel } from "./sealing/panel.js";
export { crc32 } from "./sealing/package.js";
export { H } from "./sealing/ristretto.js";
export { WORDS } from "./sealing/words.js";
export { stretch } from "./sealing/stretch.js";
export { sealVolume } from "./sealing/volumes.js";
export { block, contribution, draw, drawSeed, partyCtx, specHash } from "./verifying/draw.js";
export { leafHash, verifyInclusion } from "./verifying/merkle.js";
export { openNote, parseHead, parseVkey } from "./verifying/note.js";
export { FINDINGS, KINDS, PAGE } from "./verifying/words.js";
export { commit, entry, parseProof, readExtra, verifyReceipt } from "./verifying/receipt.js";
export { parsePolicy, readCheckpoint, satisfied } from "./verifying/trust.js";
