/** Signing a change of dates: the draft is checked, shown, and signed by one of two seats (protocol §2). */

import { concat, hex, utf8 } from "../core/bytes.js";
import { constants, dumps, exactly, loads, textOf } from "../core/canonical.js";
import { element, grouped, shanghai } from "../core/dom.js";
import { Malformed } from "../core/refused.js";
import { publicKey } from "../core/signing.js";
import { SCHEDULERS, checkDraft, checkScheduleForm, signSchedule } from "../opening/schedule.js";
import { trusteeOf } from "../sealing/dealing.js";
import { parsePanel } from "../sealing/panel.js";
import { Slip, actions, chosen, download, field, input, lamp, say, summary } from "./parts.js";
import { keyPart } from "./ring.js";

/** A change of dates that breaks no rule; else `Malformed`. @param {Uint8Array} data */
function parseDraft(data) {
  const parts = exactly(loads(data), "v type title panel previous schedule", "schedule draft");
  constants(parts, { v: 1, type: "schedule-draft" }, "schedule draft");
  const panel = parsePanel(parts.panel);
  const previous = checkScheduleForm(parts.previous, panel);
  return { title: textOf(parts.title, "title"), panel, previous, schedule: checkDraft(parts.schedule, panel, previous) };
}

/** @param {import("./ring.js").KeyRing} ring */
export function extendTask(ring) {
  const file = input("extend-file", { type: "file", accept: ".json,application/json" });
  const agreed = input("extend-agreed", { type: "checkbox" });
  const shown = element("div");
  const outcome = element("div", { role: "status" });
  let draft = null;
  file.addEventListener("change", async () => {
    draft = null;
    outcome.replaceChildren();
    shown.replaceChildren();
    const given = await chosen(file);
    if (!given) return;
    try {
      draft = { ...parseDraft(given.data), stem: given.name.replace(/\.json$/, "") };
      agreed.checked = false;
      shown.replaceChildren(
        facts(draft),
        element("div", { class: "mb-4" }, agreed, element("label", { for: agreed.id }, say("agreed"))),
      );
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      shown.replaceChildren(
        element(
          "p",
          { role: "alert" },
          lamp("over", say("draft_refused")),
          element("span", { class: "sl-detail sl-break", lang: "en" }, ` ${error.message} `),
          say("draft_again"),
        ),
      );
    }
  });
  const ready = async () => {
    if (!draft) throw new Slip("draft_needed", file);
    if (!agreed.checked) throw new Slip("agreed_needed", agreed);
  };
  const act = async ({ seed }) => {
    const { signSeed } = trusteeOf(seed);
    const sign = hex(publicKey(signSeed));
    const seat = draft.panel.seats.find((each) => SCHEDULERS.includes(each.role) && hex(each.sign) === sign);
    if (!seat) throw new Slip("no_seat", file);
    const { n } = draft.schedule;
    const sig = signSchedule(draft.schedule, signSeed);
    const value = { v: 1, type: "schedule-signature", panel: draft.panel.hash, n, i: seat.i, sig };
    outcome.replaceChildren(
      element(
        "div",
        { class: "sl-done" },
        element("h3", {}, say("signed", { seat: seat.i })),
        element("p", {}, say("signed_next")),
        actions(
          download(`${draft.stem}-${seat.role}-signature.json`, concat(dumps(value), utf8("\n")), say("save_signature")),
        ),
      ),
    );
  };
  return element(
    "div",
    { "data-task": true },
    field(file, "draft", "draft_hint"),
    shown,
    keyPart(ring, "extend", "sign_act", ready, act, () => file),
    outcome,
  );
}

/** In plain words what is signed, before the key is asked for. */
function facts({ title, panel, previous, schedule }) {
  const moved = (was, now) => (was === now ? say("stays", { at: shanghai(now) }) : say("was_now", { was: shanghai(was), now: shanghai(now) }));
  return summary([
    [say("project"), `${panel.project} ${title}`],
    [say("anchor"), element("span", { class: "sl-mono" }, grouped(panel.hash))],
    [say("closes"), moved(previous.closes_at, schedule.closes_at)],
    ...schedule.opens.map(({ stage, at }, place) => [say("opens", { stage }), moved(previous.opens[place].at, at)]),
    [say("reason"), schedule.reason ?? ""],
  ]);
}
