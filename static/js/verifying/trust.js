/** Who must have signed a checkpoint: C2SP tlog-policy, as a panel carries it (protocol §2). */

import { Malformed } from "../core/refused.js";
import { COSIGNATURE, LOG, openNote, parseHead, parseVkey } from "./note.js";

const NONE = "none";
const MAX_POLICY = 16 * 1024;

/**
 * The log, the witnesses by their names in the policy, and the rule by which witnesses suffice.
 * @typedef {{
 *   log: import("./note.js").VerifierKey,
 *   witnesses: Map<string, import("./note.js").VerifierKey>,
 *   groups: Map<string, { threshold: number, members: string[] }>,
 *   quorum: string,
 * }} Policy
 */

/**
 * Read a panel's policy: exactly one log, a quorum other than `none`, no witness with the log's key. Throws
 * `Malformed`.
 * @param {string} text
 * @returns {Policy}
 */
export function parsePolicy(text) {
  if (text.length > MAX_POLICY || !text.endsWith("\n")) {
    throw new Malformed("policy: too long, or the last line does not end");
  }
  if (/[\0-\x08\x0b-\x1f\x7f]/.test(text)) throw new Malformed("policy: a control sign");
  const reader = new Reader();
  for (const line of text.split("\n")) {
    const words = line.split(/[ \t]+/).filter(Boolean);
    if (words.length && !words[0].startsWith("#")) reader.take(words);
  }
  return reader.policy();
}

class Reader {
  #logs = [];
  #witnesses = new Map();
  #groups = new Map();
  #members = new Set();
  #quorum = null;

  take(words) {
    const [kind, name, rest, ...members] = words;
    if (kind === "log" && (words.length === 2 || words.length === 3)) this.#log(name);
    else if (kind === "witness" && (words.length === 3 || words.length === 4)) this.#witness(name, rest);
    else if (kind === "group" && members.length) this.#group(name, rest, members);
    else if (kind === "quorum" && words.length === 2 && this.#quorum === null) {
      if (name !== NONE) this.#defined(name);
      this.#quorum = name;
    } else throw new Malformed(`policy: a line that is not known or not whole: ${kind}`);
  }

  policy() {
    if (this.#quorum === null) throw new Malformed("policy: no quorum line");
    if (this.#logs.length !== 1) throw new Malformed("policy: not exactly one log");
    if (this.#quorum === NONE) throw new Malformed("policy: the quorum is none");
    const [log] = this.#logs;
    if ([...this.#witnesses.values()].some((key) => sameKey(key, log))) {
      throw new Malformed("policy: the log's key cannot be a witness's");
    }
    return { log, witnesses: this.#witnesses, groups: this.#groups, quorum: this.#quorum };
  }

  #log(text) {
    const key = vkey(text, LOG);
    if (this.#logs.some((other) => sameKey(key, other))) throw new Malformed("policy: one log key twice");
    this.#logs.push(key);
  }

  #witness(name, text) {
    const key = vkey(text, COSIGNATURE);
    if ([...this.#witnesses.values()].some((other) => sameKey(key, other))) {
      throw new Malformed("policy: one witness key twice");
    }
    this.#witnesses.set(this.#fresh(name), key);
  }

  #group(name, threshold, members) {
    for (const member of members) {
      this.#defined(member);
      if (this.#members.has(member)) throw new Malformed(`policy: ${member} is a member twice`);
      this.#members.add(member);
    }
    let count = { any: 1, all: members.length }[threshold];
    if (count === undefined && /^[1-9][0-9]{0,3}$/.test(threshold)) count = Number(threshold);
    if (count === undefined || count > members.length) {
      throw new Malformed(`policy: the threshold of ${name} is not from 1 to ${members.length}`);
    }
    this.#groups.set(this.#fresh(name), { threshold: count, members });
  }

  #fresh(name) {
    if (name === NONE || this.#witnesses.has(name) || this.#groups.has(name)) {
      throw new Malformed(`policy: the name ${name} is taken`);
    }
    return name;
  }

  #defined(name) {
    if (!this.#witnesses.has(name) && !this.#groups.has(name)) {
      throw new Malformed(`policy: ${name} is not defined above`);
    }
  }
}

const sameKey = (one, other) => one.key.every((byte, place) => byte === other.key[place]);

function vkey(text, algorithm) {
  const key = parseVkey(text);
  if (key.algorithm !== algorithm) throw new Malformed(`policy: the key of ${key.name} is of the wrong type`);
  return key;
}

/**
 * Check a checkpoint's note: form, the log's signature, every line by a witness named in the policy. Throws
 * `Malformed` or `BadSignature`; whether the cosigners suffice is asked of `satisfied`.
 * @param {Policy} policy
 * @param {string} note
 * @returns {{ head: import("./note.js").Head, text: string, times: Map<string, number[]> }} `times`: each witness's
 */
export function readCheckpoint(policy, note) {
  const { text, signers } = openNote(note, [policy.log, ...policy.witnesses.values()]);
  const head = parseHead(text);
  if (!signers.has(policy.log) || policy.log.name !== head.origin) {
    throw new Malformed("checkpoint: not signed by its log");
  }
  const signed = [...policy.witnesses].filter(([, key]) => signers.has(key));
  return { head, text, times: new Map(signed.map(([name, key]) => [name, signers.get(key)])) };
}

/** Whether these witnesses (by their names in the policy) are a quorum. @param {Policy} policy @param {Iterable<string>} names */
export function satisfied(policy, names) {
  const met = new Set([...names].filter((name) => policy.witnesses.has(name)));
  for (const [name, { threshold, members }] of policy.groups) {
    if (members.filter((member) => met.has(member)).length >= threshold) met.add(name);
  }
  return met.has(policy.quorum);
}
