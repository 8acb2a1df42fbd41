// The page /verify: a receipt is checked here, by the same program that seals; the network may be off by then.
import { mountReceiptCheck } from "../vendor/bidseal.js";

mountReceiptCheck(document.querySelector("[data-receipt-check]"), document.documentElement.lang);
