/** Workers that are asked one thing after the other and answer in that order. */

import { Malformed, Refused } from "./refused.js";

/**
 * What workers run: the address of a module; of a classic script, for pages from the disk, where browsers start no
 * module; or `null`, for no workers.
 * @typedef {string | { classic: string } | null} Program
 * @typedef {Record<string, (args: any) => any>} Acts
 */

/** Acts done one after the other, in the order in which they were asked for. @param {Acts} acts */
function inTurn(acts) {
  let last = Promise.resolve();
  return (act, args) => {
    const done = last.then(() => acts[act](args));
    last = done.catch(() => {});
    return done;
  };
}

/** In a worker of that name, do what is asked; anywhere else, nothing. @param {string} name @param {Acts} acts */
export function answer(name, acts) {
  if (typeof DedicatedWorkerGlobalScope === "undefined" || self.name !== name) return;
  const ask = inTurn(acts);
  self.onmessage = async ({ data: { act, args } }) => {
    try {
      const answer = await ask(act, args);
      self.postMessage({ answer }, blocksOf(answer));
    } catch (error) {
      const { name, message, code, params, field } = error;
      self.postMessage({ error: { name, message, code, params, field } });
    }
  };
}

/** The blocks in a question or an answer: the one thing that is handed over. */
const blocksOf = (value) =>
  ["plain", "sealed", "bytes"]
    .flatMap((name) => value?.[name] ?? [])
    .filter((block) => block instanceof Uint8Array)
    .map(({ buffer }) => buffer);

/** One worker. */
export class Hand {
  #worker;
  #waiting = [];

  /**
   * @param {Exclude<Program, null>} program
   * @param {string} name that the program's `answer` waits for
   * @param {{ createScriptURL(url: string): any }} [policy] of Trusted Types, where there are any
   */
  constructor(program, name, policy) {
    const [url, type] = typeof program === "string" ? [program, "module"] : [program.classic, "classic"];
    this.#worker = new Worker(policy?.createScriptURL(url) ?? url, { type, name });
    this.#worker.onmessage = ({ data }) => {
      const { resolve, reject } = this.#waiting.shift();
      if (data.error) reject(revived(data.error));
      else resolve(data.answer);
    };
    this.#worker.onerror = (event) => this.#fail(new Error(event.message || "the worker did not start"));
  }

  ask(act, args) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage({ act, args }, blocksOf(args));
    });
  }

  stop() {
    this.#worker.terminate();
    this.#fail(new DOMException("stopped", "AbortError"));
  }

  #fail(error) {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}

function revived({ name, message, code, params, field }) {
  if (name === "Refused") return new Refused(code, params, field);
  if (name === "Malformed") return new Malformed(message);
  return Object.assign(new Error(message), { name });
}

/** This thread. */
export class Alone {
  /** @param {Acts} acts */
  constructor(acts) {
    this.ask = inTurn(acts);
  }

  stop() {}
}
