// Amounts, rates and whole numbers as people type them; the same readings as bidding/core/money.py and
// bidding/sealing/offer.py. Money is whole fen, a rate parts per million: never a fraction.
import { make } from "./dom.js";
import { Refusal, say } from "./words.js";

const DIGITS = "零壹贰叁肆伍陆柒捌玖";
const PLACES = ["", "拾", "佰", "仟"];

function plain(text) {
  return text.normalize("NFKC").replace(/\s+/g, "");
}

function whole(digits) {
  const number = Number(digits);
  if (!Number.isSafeInteger(number)) throw new Refusal("number", say("number.large"));
  return number;
}

export function parseYuan(text) {
  let given = plain(text).toUpperCase();
  for (const unit of ["人民币", "CNY", "RMB", "¥", "元整", "元"]) {
    if (given.startsWith(unit)) given = given.slice(unit.length);
    if (given.endsWith(unit)) given = given.slice(0, -unit.length);
  }
  if (!given) throw new Refusal("number", say("money.missing"));
  if (/^[-−–—]/.test(given)) throw new Refusal("number", say("money.negative"));
  const match = /^([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]+))?$/.exec(given);
  if (!match) throw new Refusal("number", say("money.wrong", { given: text.trim() }));
  const part = (match[2] ?? "").replace(/0+$/, "");
  if (part.length > 2) throw new Refusal("number", say("money.places"));
  return whole(match[1].replaceAll(",", "") + part.padEnd(2, "0"));
}

export function parsePercent(text) {
  const match = /^([0-9]{1,5})(?:\.([0-9]{1,4}))?$/.exec(plain(text).replace(/%$/, ""));
  if (!match) throw new Refusal("number", say("percent.wrong"));
  return whole(match[1] + (match[2] ?? "").padEnd(4, "0"));
}

export function parseWhole(text) {
  const given = plain(text);
  if (!/^[0-9]+$/.test(given)) throw new Refusal("number", say("whole.wrong"));
  return whole(given);
}

export function yuan(fen) {
  const rest = fen % 100;
  const grouped = String((fen - rest) / 100).replace(/\B(?=(\d{3})+$)/g, ",");
  return `${grouped}.${String(rest).padStart(2, "0")}`;
}

export function percent(ppm) {
  const rest = ppm % 10_000;
  const tail = rest ? `.${String(rest).padStart(4, "0").replace(/0+$/, "")}` : "";
  return `${(ppm - rest) / 10_000}${tail}%`;
}

// Capital numerals (支付结算办法 附一), as bidding/core/money.py writes them.
export function daxie(fen) {
  const rest = fen % 100;
  const number = (fen - rest) / 100;
  const jiao = Math.floor(rest / 10);
  let out = number || !rest ? `${capital(number)}元` : "";
  if (!rest) return `${out}整`;
  if (jiao) out += `${DIGITS[jiao]}角`;
  else if (number) out += "零";
  return out + (rest % 10 ? `${DIGITS[rest % 10]}分` : "整");
}

function capital(number) {
  if (number === 0) return "零";
  if (number >= 1e8) {
    const low = number % 1e8;
    return `${capital((number - low) / 1e8)}亿${low && low < 1e7 ? "零" : ""}${low ? capital(low) : ""}`;
  }
  const low = number % 1e4;
  const high = (number - low) / 1e4;
  return `${high ? `${four(high)}万` : ""}${high && low && low < 1000 ? "零" : ""}${low ? four(low) : ""}`;
}

function four(number) {
  let out = "";
  for (let place = 3; place >= 0; place -= 1) {
    const digit = Math.floor(number / 10 ** place) % 10;
    if (digit) out += DIGITS[digit] + PLACES[place];
    else if (out && number % 10 ** place && !out.endsWith("零")) out += "零";
  }
  return out;
}

// What a kind of field makes of a text, and how it reads the value back.
export const KINDS = {
  fen: {
    parse: parseYuan,
    show: (value) => say("yuan", { amount: yuan(value) }),
    echo: (value) => make("span", { class: "sl-daxie d-block", lang: "zh-Hans" }, daxie(value)),
  },
  ppm: { parse: parsePercent, show: percent },
  integer: { parse: parseWhole, show: String },
  text: {
    parse: (text) => {
      if (text.length > 1000) throw new Refusal("text", say("text.long", { count: text.length }));
      return text.trim();
    },
    show: String,
  },
};
