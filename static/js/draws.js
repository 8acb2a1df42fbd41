/**
 * Checking the proof of a draw in the browser: one bundle, `static/vendor/draws.js`, built from here by `make vendor`, and
 * loaded for a `draw.zip` alone.
 *
 *   judgeProof   (element, lang, zip, panel) puts there what was found.
 *   checkProof   ({ zip: File, panel }) → what was found, code by code, as `bidding verify --draw` says it; throws
 *                `Unreadable` for what is no such proof.
 *
 * Loaded as a worker by this same program, it checks.
 */

import { judge } from "./draws/desk.js";
import { serve } from "./draws/work.js";

export { checkProof } from "./draws/proof.js";

serve();

/** @param {HTMLElement} answer @param {string} lang @param {Blob} zip @param {string} panel */
export const judgeProof = (answer, lang, zip, panel) => judge(answer, lang, zip, panel, import.meta.url);
