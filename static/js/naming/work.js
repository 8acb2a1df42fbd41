/** Keys and names on a worker that runs this same program, so that the page goes on answering. */

import { Alone, Hand, answer } from "../core/hands.js";
import { makeHalves, openNames } from "../opening/names.js";
import { unprotect } from "../trustee/key.js";

const NAME = "naming";

const acts = {
  unprotect: ({ data, passphrase, file }) => unprotect(data, passphrase, file),
  halves: ({ file, key }) => makeHalves(file, key),
  open: ({ file, key }) => openNames(file, key),
};

/** In a worker that a page has started for it, answer. Anywhere else, nothing. */
export const serve = () => answer(NAME, acts);

/** One worker: what `KeyRing` needs of a team, and the acts with names. */
export class Clerk {
  #hand;

  /** @param {string} program its address */
  constructor(program) {
    const policy = globalThis.trustedTypes?.createPolicy(NAME, {
      createScriptURL(url) {
        if (url !== program) throw new TypeError("not this program's address");
        return url;
      },
    });
    this.#hand = typeof Worker === "undefined" ? new Alone(acts) : new Hand(program, NAME, policy);
  }

  /** @returns {Promise<import("../trustee/key.js").Key>} */
  unprotect = (data, passphrase, file) => this.#hand.ask("unprotect", { data, passphrase, file });
  /** @param {unknown} file @param {import("../trustee/key.js").Key} key */
  halves = (file, key) => this.#hand.ask("halves", { file, key });
  /** @param {unknown} file @param {import("../trustee/key.js").Key} key @returns {Promise<import("../opening/names.js").Named[]>} */
  open = (file, key) => this.#hand.ask("open", { file, key });
}
