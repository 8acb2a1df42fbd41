/** Canonical JSON (RFC 8785) as protocol §1 restricts it: integers only, ASCII keys, no key twice. */

import { text as decoded, utf8 } from "./bytes.js";
import { Malformed } from "./refused.js";

const MAX_DEPTH = 100;
const IDENTIFIER = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const LONE_SURROGATE = /\p{Surrogate}/u;
const SPACE = /[ \t\n\r]*/y;
const STRING = /"(?:[^"\\\u0000-\u001f]+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const WORDS = new Map([
  ["true", true],
  ["false", false],
  ["null", null],
]);

/**
 * The RFC 8785 bytes of a value made of strings, integers, booleans, null, arrays and objects with ASCII keys.
 * @param {unknown} value
 * @returns {Uint8Array}
 */
export const dumps = (value) => utf8(written(value, "$", 0));

/** @param {any} value @param {string} path @param {number} depth @returns {string} */
function written(value, path, depth) {
  if (depth > MAX_DEPTH) throw new Malformed("nested too deep");
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") {
    if (LONE_SURROGATE.test(value)) throw new Malformed(`${path}: lone surrogate`);
    return JSON.stringify(value);
  }
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new Malformed(`${path}: not an integer within 2^53-1`);
    return String(value);
  }
  if (Array.isArray(value)) {
    return `[${value.map((item, place) => written(item, `${path}[${place}]`, depth + 1)).join(",")}]`;
  }
  if (typeof value !== "object") throw new Malformed(`${path}: ${typeof value} cannot stand in a protocol object`);
  const pairs = Object.keys(value)
    .sort()
    .map((key) => {
      if (!/^[\0-\x7f]*$/.test(key)) throw new Malformed(`${path}: key is not ASCII text`);
      return `${JSON.stringify(key)}:${written(value[key], `${path}.${key}`, depth + 1)}`;
    });
  return `{${pairs.join(",")}}`;
}

/**
 * Parse JSON, refusing what `JSON.parse` would let pass: a key twice, floats, large integers, keys that are not
 * ASCII, deep nesting. Throws `Malformed`. Objects have no prototype, so that no key is special.
 * @param {string | Uint8Array} data
 * @returns {any}
 */
export function loads(data) {
  const reader = new Reader(typeof data === "string" ? data : decoded(data, "JSON"));
  const value = reader.value(0);
  reader.end();
  dumps(value);
  return value;
}

class Reader {
  #text;
  #place = 0;

  /** @param {string} text */
  constructor(text) {
    this.#text = text;
  }

  /** @param {number} depth @returns {any} */
  value(depth) {
    if (depth > MAX_DEPTH) throw new Malformed("nested too deep");
    this.#take(SPACE);
    const sign = this.#text[this.#place];
    if (sign === "{") return this.#object(depth);
    if (sign === "[") return this.#array(depth);
    if (sign === '"') return this.#string();
    for (const [word, value] of WORDS) {
      if (this.#text.startsWith(word, this.#place)) {
        this.#place += word.length;
        return value;
      }
    }
    return this.#number();
  }

  end() {
    this.#take(SPACE);
    if (this.#place !== this.#text.length) this.#fail();
  }

  /** @param {number} depth */
  #object(depth) {
    const out = Object.create(null);
    this.#list("}", () => {
      this.#take(SPACE);
      const key = this.#string();
      if (key in out) throw new Malformed("duplicate key");
      this.#take(SPACE);
      if (this.#text[this.#place++] !== ":") this.#fail();
      out[key] = this.value(depth + 1);
    });
    return out;
  }

  /** @param {number} depth */
  #array(depth) {
    /** @type {unknown[]} */
    const out = [];
    this.#list("]", () => out.push(this.value(depth + 1)));
    return out;
  }

  /** @param {string} close @param {() => void} item */
  #list(close, item) {
    this.#place += 1;
    this.#take(SPACE);
    if (this.#text[this.#place] === close) {
      this.#place += 1;
      return;
    }
    for (;;) {
      item();
      this.#take(SPACE);
      const sign = this.#text[this.#place++];
      if (sign === close) return;
      if (sign !== ",") this.#fail();
    }
  }

  #string() {
    return JSON.parse((this.#take(STRING) ?? this.#fail())[0]);
  }

  #number() {
    const found = this.#take(NUMBER) ?? this.#fail();
    if (found[1] !== undefined || found[2] !== undefined) throw new Malformed(`not an integer: ${found[0]}`);
    const value = Number(found[0]);
    if (!Number.isSafeInteger(value)) throw new Malformed("integer beyond 2^53-1");
    return value === 0 ? 0 : value; // no -0
  }

  /** @param {RegExp} pattern sticky */
  #take(pattern) {
    pattern.lastIndex = this.#place;
    const found = pattern.exec(this.#text);
    if (found !== null) this.#place = pattern.lastIndex;
    return found;
  }

  /** @returns {never} */
  #fail() {
    throw new Malformed(`not JSON at ${this.#place}`);
  }
}

/**
 * `value` as an object whose key set is exactly the space-separated `keys`; else `Malformed`.
 * @param {any} value
 * @param {string} keys
 * @param {string} what
 * @returns {Record<string, any>}
 */
export function exactly(value, keys, what) {
  if (!isObject(value)) throw new Malformed(`${what}: not an object`);
  const wanted = keys.split(" ");
  const missing = wanted.filter((key) => !Object.hasOwn(value, key));
  const extra = Object.keys(value).filter((key) => !wanted.includes(key));
  if (missing.length || extra.length) {
    throw new Malformed(`${what}: missing [${missing.sort()}], not known [${extra.sort()}]`);
  }
  return value;
}

/** @param {unknown} value */
export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** `value` as text; else `Malformed`. @param {unknown} value @param {string} what */
export function textOf(value, what) {
  if (typeof value !== "string") throw new Malformed(`${what}: not text`);
  return value;
}

/** `value` as an identifier of protocol §1; else `Malformed`. @param {unknown} value @param {string} what */
export function identifier(value, what) {
  if (typeof value !== "string" || !IDENTIFIER.test(value)) throw new Malformed(`${what}: not an identifier`);
  return value;
}

/**
 * `value` as an integer within [low, high]; else `Malformed`.
 * @param {unknown} value
 * @param {string} what
 * @returns {number}
 */
export function integer(value, what, low = 0, high = Number.MAX_SAFE_INTEGER) {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < low || value > high) {
    throw new Malformed(`${what}: not an integer from ${low} to ${high}`);
  }
  return value;
}

/** `value` as a boolean; else `Malformed`. @param {unknown} value @param {string} what */
export function boolean(value, what) {
  if (typeof value !== "boolean") throw new Malformed(`${what}: not true or false`);
  return value;
}

/** `value` as an array; else `Malformed`. @param {unknown} value @param {string} what @returns {any[]} */
export function array(value, what) {
  if (!Array.isArray(value)) throw new Malformed(`${what}: not an array`);
  return value;
}

/**
 * Check that these keys of an object have these values; else `Malformed`.
 * @param {Record<string, any>} parts
 * @param {Record<string, any>} wanted
 * @param {string} what
 */
export function constants(parts, wanted, what) {
  for (const [key, value] of Object.entries(wanted)) {
    if (parts[key] !== value) throw new Malformed(`${what}: ${key} is not ${JSON.stringify(value)}`);
  }
}
