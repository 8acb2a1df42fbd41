/**
 * Opening the names of a draw in the browser: one bundle, `static/vendor/calling.js`, built from here by `make vendor`.
 *
 *   mountNames   (element) takes over what a page of a draw offers by command and file.
 *   makeHalves, openKey, openList, openNames   the rules of `expert-names/v1`, for the shared vectors.
 *
 * Loaded as a worker by this same program, it stretches passphrases and opens.
 */

import { mountNames as mount } from "./naming/desk.js";
import { serve } from "./naming/work.js";

export { makeHalves, openKey, openList, openNames } from "./opening/names.js";

serve();

/** @param {HTMLElement} root */
export const mountNames = (root) => mount(root, import.meta.url);
