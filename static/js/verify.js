// The page /verify: a receipt, or a whole opening, or a draw, is checked here; the network may be off by then.
import { mountReceiptCheck } from "../vendor/bidseal.js";
import { mountOpeningCheck } from "../vendor/openings.js";
import { isProof } from "./draws/known.js";

const { lang } = document.documentElement;
mountReceiptCheck(document.querySelector("[data-receipt-check]"), lang);
mountOpeningCheck(document.querySelector("[data-opening-check]"), lang, async (zip, panel, answer) => {
  if (!(await isProof(zip))) return false;
  const { judgeProof } = await draws;
  await judgeProof(answer, lang, zip, panel);
  return true;
});
// A program of its own, for few come with a draw; fetched right away all the same, as the network may be off later.
const draws = import("../vendor/draws.js");
