/** The heavy work of the kit, on workers that run this same page's script. */

import { systemEntropy } from "../core/entropy.js";
import { Alone, Hand, answer } from "../core/hands.js";
import { checkDealt, sharesOf, sixWords } from "../opening/batches.js";
import { trusteeOf } from "../sealing/dealing.js";
import { factsOf, makeDeal, makePartyShare, openSecret, readFile, reveal, sealSecret, signOrder, unseal, written } from "./drawing.js";
import { protect, unprotect } from "./key.js";

const NAME = "trustee";
/** How many envelopes a worker takes at a time: about a tenth of a second. */
const PORTION = 8;

/** The files of draws that were read, by the number the page gave them: a list of 100,000 people is read once. */
const files = new Map();

const acts = {
  read({ id, data }) {
    const file = readFile(data);
    files.set(id, file);
    return factsOf(file);
  },
  unseal({ id, own }) {
    const file = unseal(files.get(id), own);
    files.set(id, file);
    return factsOf(file);
  },
  forget: () => files.clear(),
  order: ({ id, seed, parties }) => ({ bytes: written(signOrder(files.get(id), seed, parties)) }),
  deal({ id, seed, party, passphrase }) {
    const { dealt, secret } = makeDeal(files.get(id), { seed, party }, systemEntropy);
    return { party: secret.party, dealt: written(dealt), secret: sealSecret(secret, passphrase, systemEntropy) };
  },
  reveal({ id, data, passphrase, file }) {
    const secret = openSecret(data, passphrase, file);
    return { party: secret.party, bytes: written(reveal(files.get(id), secret)) };
  },
  partyShare: ({ id, seed }) => ({ bytes: written(makePartyShare(files.get(id), seed, systemEntropy)) }),
  protect: ({ key, passphrase }) => protect(key, passphrase, systemEntropy),
  unprotect: ({ data, passphrase, file }) => unprotect(data, passphrase, file),
  words: (head) => sixWords(head),
  check: ({ keys, dealt }) => checkDealt(keys, dealt),
  share: ({ keys, i, seed, dealt }) => sharesOf(keys, i, trusteeOf(seed), dealt, systemEntropy),
};

/** In a worker that a team has started, answer it. Anywhere else, nothing. */
export const serve = () => answer(NAME, acts);

/** As many workers as there are cores, up to four. */
export class Team {
  #hands;

  /** @param {string} program the text that workers run */
  constructor(program) {
    if (typeof Worker === "undefined") {
      this.#hands = [new Alone(acts)];
      return;
    }
    const classic = URL.createObjectURL(new Blob([program], { type: "text/javascript" }));
    const policy = globalThis.trustedTypes?.createPolicy(NAME, {
      createScriptURL(url) {
        if (url !== classic) throw new TypeError("not this program's address");
        return url;
      },
    });
    const count = Math.min(Math.max(navigator.hardwareConcurrency ?? 2, 1), 4);
    this.#hands = Array.from({ length: count }, () => new Hand({ classic }, NAME, policy));
  }

  /** @param {import("./key.js").Key} key @param {string} passphrase @returns {Promise<Uint8Array>} */
  protect = (key, passphrase) => this.#hands[0].ask("protect", { key, passphrase });
  /** @returns {Promise<import("./key.js").Key>} */
  unprotect = (data, passphrase, file) => this.#hands[0].ask("unprotect", { data, passphrase, file });
  /** @param {import("../verifying/note.js").Head} head @returns {Promise<string>} */
  words = (head) => this.#hands[0].ask("words", head);

  /** What stands in a file of a draw (`drawing.factsOf`), which is kept under this number. Throws `Malformed`, `Refused`. */
  read = (id, data) => this.#hands[0].ask("read", { id, data });
  /** The same of a sealed list, opened by the supervisor's key. @param {number} id @param {import("./key.js").Key} own */
  unseal = (id, own) => this.#hands[0].ask("unseal", { id, own });
  /** Keep none of them any longer. */
  forget = () => this.#hands[0].ask("forget", {});
  /** Make the answer to a file that was read. @param {"order" | "deal" | "reveal" | "partyShare"} act @param {{ id: number }} args */
  answer = (act, args) => this.#hands[0].ask(act, args);

  /** `batches.checkDealt`; `Malformed` for the first that fails. */
  check = (keys, dealt, onProgress) => this.#shared("check", { keys }, dealt, onProgress);
  /** `batches.sharesOf`, in order. */
  share = async (keys, i, seed, dealt, onProgress) =>
    (await this.#shared("share", { keys, i, seed }, dealt, onProgress)).flat();

  /** Portions of `dealt` to whichever hand is free; what they gave, in order. */
  async #shared(act, args, dealt, onProgress) {
    const answers = [];
    let [next, done] = [0, 0];
    const work = async (hand) => {
      while (next < dealt.length) {
        const start = next;
        next += PORTION;
        const portion = dealt.slice(start, next);
        answers[start / PORTION] = await hand.ask(act, { ...args, dealt: portion });
        done += portion.length;
        onProgress(done / dealt.length);
      }
    };
    await Promise.all(this.#hands.map(work));
    return answers;
  }
}
