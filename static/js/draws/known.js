/** Which files are meant to be the proof of a draw: zips that begin with `draw.json`, by whatever name. */

export const PROOF = "draw.json";
/** The names of regions, for reading: what they fit is in the ids of the strata. */
export const LABELS = "labels.json";

/** @param {Blob} file */
export async function isProof(file) {
  const head = String.fromCharCode(...new Uint8Array(await file.slice(0, 30 + PROOF.length).arrayBuffer()));
  return head.startsWith("PK\x03\x04") && head.charCodeAt(26) === PROOF.length && head[27] === "\0" && head.slice(30) === PROOF;
}
