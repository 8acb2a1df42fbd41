/** The checking on a worker that runs this same program, so that the page goes on answering. */

import { Alone, Hand, answer } from "../core/hands.js";
import { checkProof } from "./proof.js";

const NAME = "draws";
const acts = { check: checkProof };

/** In a worker that a page has started for it, answer. Anywhere else, nothing. */
export const serve = () => answer(NAME, acts);

/**
 * `checkProof` on a worker of its own, which ends with it.
 * @param {import("../core/hands.js").Program} program what workers run
 * @param {Parameters<typeof checkProof>[0]} given
 */
export async function check(program, given) {
  const hand = program === null || typeof Worker === "undefined" ? new Alone(acts) : new Hand(program, NAME, scripts(program));
  try {
    return await hand.ask("check", given);
  } finally {
    hand.stop();
  }
}

/** Of Trusted Types, made once: a policy's name is taken by the first. */
let policy;

function scripts(program) {
  const own = typeof program === "string" ? program : program.classic;
  policy ??= globalThis.trustedTypes?.createPolicy(NAME, {
    createScriptURL(url) {
      if (url !== own) throw new TypeError("not this program's address");
      return url;
    },
  });
  return policy;
}
