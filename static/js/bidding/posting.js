// A bid that trustees failed: its key file is opened on this computer, and the ordinary form carries the identities of the
// envelopes that are asked for. The passphrase, the key that signs and every other envelope's key stay here.
import { one } from "./dom.js";
import { fillByKeyFile } from "./keyfile.js";
import { facts } from "./words.js";

const form = one("[data-posting]");
const target = one("[name=posting]", form);

function posting({ project, panel, bid, identities }) {
  const asked = identities.filter(({ envelope }) => facts.wanted[bid].includes(envelope));
  const carried = asked.map(({ envelope, identity }) => ({ envelope, identity }));
  return { v: 1, type: "posted-keys", project, panel, bid, identities: carried };
}

fillByKeyFile({ form, target, name: "posted.json", bids: Object.keys(facts.wanted), make: posting });
