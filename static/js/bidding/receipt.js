// The receipt checks itself in the page, and again once a witness has cosigned the log it lies in.
import { parseTender, verifyReceipt } from "../../vendor/bidseal.js";
import { showArmed } from "./armed.js";
import { one, setLamp } from "./dom.js";
import { ask, patiently, pause } from "./net.js";
import { facts, say, told } from "./words.js";

const FOR = 90; // seconds that a witness is waited for here; its cosignature may still come later
const EVERY = 5;

const row = one("[data-checked]");
const lamp = one("[data-verified]");
const cosigned = one("[data-cosigned]");

// A line that is gone says nothing about the receipt: it is asked for until it is here.
function text(url) {
  return patiently(
    () => ask(url, { headers: { Accept: "text/plain" } }),
    (down) => down && setLamp(lamp, "now", say("receipt.no_line")),
  );
}

async function check() {
  row.hidden = false;
  try {
    const { panel } = parseTender(await text(facts.urls.tender), { panel: facts.panel });
    await verified(await text(facts.urls.proof), panel);
    setLamp(lamp, "ok", say("receipt.verified"));
    await waitForWitness(panel);
  } catch (error) {
    setLamp(lamp, "over", say("receipt.unverified", { reason: told(error) }));
  }
}

// The receipt is this bid's: its event is signed over and lies in the log that the panel's own key signed.
async function verified(proof, panel) {
  const found = await verifyReceipt(proof, { panel });
  if (found.event.manifest?.bid !== facts.bid) throw new Error(found.event.type);
  return found;
}

async function waitForWitness(panel) {
  for (let waited = 0; waited < FOR; waited += EVERY) {
    try {
      const found = await verified(await text(facts.urls.witnessed), panel);
      if (!found.witnessed) throw new Error("quorum");
      cosigned.textContent = say("receipt.cosigned");
      one("[data-proof]").href = facts.urls.witnessed;
      return;
    } catch (error) {
      if (error.status !== 409) throw error; // 409: nobody has cosigned it yet
      cosigned.textContent = say(`receipt.${facts.witness}`);
    }
    await pause(EVERY);
  }
}

const print = one("[data-print]");
print.hidden = false;
print.addEventListener("click", () => window.print());
showArmed();
check();
