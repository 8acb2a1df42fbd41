// Withdrawing in the page: the bid's own key signs on this computer, and the ordinary form carries the signature.
import { withdraw } from "../../vendor/bidseal.js";
import { one } from "./dom.js";
import { fillByKeyFile } from "./keyfile.js";
import { facts } from "./words.js";

const form = one("[data-withdraw]");
const target = one("[name=withdrawal]", form);
fillByKeyFile({ form, target, name: "withdrawal.json", bids: [facts.bid], make: withdraw });
