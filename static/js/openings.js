/**
 * Checking an opening in the browser: one bundle, `static/vendor/openings.js`, built from here by `make vendor`.
 *
 *   mountOpeningCheck   (element, lang, proofs) puts the form there; `proofs` takes the proofs of draws.
 *   checkOpening        ({ zip: File, receipts, panel, words }) → what was found, code by code, as `bidding verify` says
 *                       it; throws `Unreadable` for what is no opening.
 *
 * Loaded as a worker by this same program, it checks.
 */

import { mountOpeningCheck as mount } from "./openings/desk.js";
import { serve } from "./openings/work.js";

export { checkOpening } from "./openings/check.js";

serve();

/** @param {HTMLElement} root @param {string} lang @param {Parameters<typeof mount>[3]} proofs */
export const mountOpeningCheck = (root, lang, proofs) => mount(root, lang, import.meta.url, proofs);
