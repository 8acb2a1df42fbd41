/** The unified social credit code, which carries its own check (GB 32100-2015). */

import { Refused } from "./refused.js";

const ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const KINDS =
  "11 12 13 19 21 29 31 32 33 34 35 39 41 49 51 52 53 59 61 62 69 71 72 79 81 89 91 92 93 A1 A9 N1 N2 N3 N9 Y1".split(" ");

/** The code in its normal form, 18 capitals and digits. Throws `Refused`. @param {string} text */
export function checkUscc(text) {
  const code = [...text.normalize("NFKC").toUpperCase().replace(/[\s\-–—\u200b\ufeff]/gu, "")];
  if (code.length !== 18) throw new Refused("uscc.length", { count: code.length }, "uscc");
  code.forEach((character, place) => {
    if (!ALPHABET.includes(character)) throw new Refused("uscc.character", { place: place + 1, character }, "uscc");
  });
  code.slice(2, 8).forEach((character, place) => {
    if (!/[0-9]/.test(character)) throw new Refused("uscc.region", { place: place + 3, character }, "uscc");
  });
  const start = code.slice(0, 2).join("");
  if (!KINDS.includes(start)) throw new Refused("uscc.kind", { start }, "uscc");
  let [total, weight] = [0, 1];
  for (const character of code.slice(0, 17)) {
    total += ALPHABET.indexOf(character) * weight;
    weight = (weight * 3) % 31;
  }
  if (ALPHABET[(31 - (total % 31)) % 31] !== code[17]) throw new Refused("uscc.check_digit", {}, "uscc");
  return code.join("");
}
