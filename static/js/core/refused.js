/** What this code says when it does not go on. */

/** Bytes that are not what the protocol says; the message names the place and the reason, in English. */
export class Malformed extends Error {
  name = "Malformed";
}

/** A signature that does not hold, or none by a key that is known. */
export class BadSignature extends Malformed {
  name = "BadSignature";
}

/**
 * What a person can put right. `code`, `field` and `params` are those of the server's refusals; `words.js` has the
 * sentence in both languages.
 */
export class Refused extends Error {
  name = "Refused";

  /**
   * @param {string} code
   * @param {Record<string, string | number>} [params]
   * @param {string} [field] the field it is about
   */
  constructor(code, params = {}, field = undefined) {
    super(code);
    this.code = code;
    this.params = params;
    this.field = field;
  }
}

/** A file that cannot be sealed as it is. @param {string} file its name @param {string} code of the reason */
export const fileRefused = (file, code) =>
  new Refused("sealing.file_refused", { file, reason: new Refused(code) }, "file");
