// The kiosk's form that checks a receipt: the file is read here and sent nowhere.
import { mountReceiptCheck } from "../vendor/bidseal.js";

mountReceiptCheck(document.querySelector("[data-receipt-check]"), document.documentElement.lang);
