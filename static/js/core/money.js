/** Money: integer fen (分), read from and written as the texts people use. No floats anywhere. */

import { Refused } from "./refused.js";

const NUMBER = /^([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]+))?$/;
const UNITS = ["人民币", "CNY", "RMB", "¥", "元整", "元"];
const DIGITS = "零壹贰叁肆伍陆柒捌玖";
const PLACES = ["", "拾", "佰", "仟"];

/** Fen from an amount in yuan such as `12,146,300.00`, `￥１２.5` or `300元`. Throws `Refused`. @param {string} text */
export function parseYuan(text) {
  let plain = text.normalize("NFKC").replace(/\s+/gu, "").toUpperCase();
  for (const unit of UNITS) {
    if (plain.startsWith(unit)) plain = plain.slice(unit.length);
    if (plain.endsWith(unit)) plain = plain.slice(0, -unit.length);
  }
  if (!plain) throw new Refused("money.missing");
  if ("-−–—".includes(plain[0])) throw new Refused("money.negative");
  const found = NUMBER.exec(plain);
  if (found === null) throw new Refused("money.not_money", { given: text.trim(), unit: "元" });
  const part = (found[2] ?? "").replace(/0+$/, "");
  if (part.length > 2) throw new Refused("money.places", { unit: "元", places: 2 });
  const fen = BigInt(found[1].replaceAll(",", "") + part.padEnd(2, "0"));
  if (fen > BigInt(Number.MAX_SAFE_INTEGER)) throw new Refused("money.too_large");
  return Number(fen);
}

/** Fen as yuan with two decimals and grouped thousands: 123450 → `1,234.50`. @param {number} fen at least 0 */
export function yuan(fen) {
  const digits = String(fen).padStart(3, "0");
  return `${digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",")}.${digits.slice(-2)}`;
}

/**
 * The amount in the capital numerals of cheques and tender letters (《支付结算办法》附一).
 * @param {number} fen at least 0
 */
export function daxie(fen) {
  const digits = String(fen).padStart(3, "0");
  const [whole, jiao, odd] = [Number(digits.slice(0, -2)), Number(digits.at(-2)), Number(digits.at(-1))];
  const left = jiao || odd;
  let out = whole || !left ? `${capital(whole)}元` : "";
  if (!left) return `${out}整`;
  if (jiao) out += `${DIGITS[jiao]}角`;
  else if (whole) out += "零";
  return out + (odd ? `${DIGITS[odd]}分` : "整");
}

/** Capital numerals of an integer: inner zeros told once, closing zeros not at all. */
function capital(whole) {
  if (whole === 0) return "零";
  if (whole >= 1e8) {
    const [high, low] = [Math.floor(whole / 1e8), whole % 1e8];
    return `${capital(high)}亿${low > 0 && low < 1e7 ? "零" : ""}${low ? capital(low) : ""}`;
  }
  const [high, low] = [Math.floor(whole / 1e4), whole % 1e4];
  return `${high ? `${four(high)}万` : ""}${high && low > 0 && low < 1000 ? "零" : ""}${low ? four(low) : ""}`;
}

/** Capital numerals of 1 to 9999. */
function four(number) {
  let out = "";
  for (let place = 3; place >= 0; place -= 1) {
    const digit = Math.floor(number / 10 ** place) % 10;
    if (digit) out += DIGITS[digit] + PLACES[place];
    else if (out && number % 10 ** place && !out.endsWith("零")) out += "零";
  }
  return out;
}
