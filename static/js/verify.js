// The page /verify: a receipt, or a whole opening, is checked here; the network may be off by then.
import { mountReceiptCheck } from "../vendor/bidseal.js";
import { mountOpeningCheck } from "../vendor/openings.js";

const { lang } = document.documentElement;
mountReceiptCheck(document.querySelector("[data-receipt-check]"), lang);
mountOpeningCheck(document.querySelector("[data-opening-check]"), lang);
