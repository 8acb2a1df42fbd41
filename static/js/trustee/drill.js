/** Answering a key drill: the file from the trustees' page in, its answer out. */

import { concat, utf8 } from "../core/bytes.js";
import { dumps } from "../core/canonical.js";
import { element } from "../core/dom.js";
import { systemEntropy } from "../core/entropy.js";
import { answerDrill } from "./key.js";
import { Slip, actions, chosen, download, field, input, say } from "./parts.js";
import { keyPart } from "./ring.js";

/** @param {import("./ring.js").KeyRing} ring */
export function drillTask(ring) {
  const file = input("drill-file", { type: "file", accept: ".json,application/json" });
  const outcome = element("div", { role: "status" });
  file.addEventListener("change", () => outcome.replaceChildren());
  const ready = async () => {
    if (!file.files.length) throw new Slip("drill_needed", file);
  };
  const act = async ({ seed }) => {
    const { name, data } = await chosen(file);
    const answer = answerDrill(data, name, seed, systemEntropy);
    outcome.replaceChildren(
      element(
        "div",
        { class: "sl-done" },
        element("h3", {}, say("drill_done")),
        element("p", {}, say("drill_next")),
        ring.byTouch ? element("p", {}, say("drill_by_touch")) : null,
        actions(download(`${name.replace(/\.json$/, "")}-answer.json`, concat(dumps(answer), utf8("\n")), say("save_answer"))),
      ),
    );
  };
  return element(
    "div",
    { "data-task": true },
    field(file, "drill_file", "drill_file_hint"),
    keyPart(ring, "drill", "drill_act", ready, act, () => file),
    outcome,
  );
}
