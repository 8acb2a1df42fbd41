/** Making a copy of a key that a touch opens: what it is good for, two touches, and a third to see that it opens. */

import { same } from "../core/bytes.js";
import { element } from "../core/dom.js";
import { Refused } from "../core/refused.js";
import { fingerprint, enrolment } from "./key.js";
import { Slip, actions, attempt, both, button, chosen, download, field, form, goOn, input, lamp, say, step } from "./parts.js";
import { barred, register, unwrap, wrap } from "./passkey.js";
import { keyPart } from "./ring.js";
import { PAGE, refusal } from "./words.js";

/** @param {import("./ring.js").KeyRing} ring */
export function touchTask(ring) {
  const root = element("div", { "data-task": true }, element("fieldset", {}, ...introduction()));
  barred().then((reason) => {
    root.firstElementChild.append(reason ? refused(reason) : makePart(root, ring));
  });
  return root;
}

const introduction = () => [
  element("p", {}, say("touch_lead")),
  element("h3", {}, say("touch_against")),
  element("ul", { class: "mb-4" }, ...["touch_thief", "touch_site", "touch_prefer", "touch_device"].map((name) => element("li", {}, say(name)))),
];

const refused = (reason) => element("p", {}, lamp("over", both(refusal(new Refused(reason)))));

function makePart(root, ring) {
  const known = input("touch-known", { type: "checkbox" });
  const telling = element("div", { role: "status" });
  /** Registered, but not yet wrapped to: kept for another try, so that no second credential is made for it. */
  let registered = { name: null, credential: null };
  const ready = async () => {
    if (!known.checked) throw new Slip("touch_known_needed", known);
  };
  const act = async (key) => {
    const card = fingerprint(enrolment(key));
    try {
      if (registered.name !== key.name) {
        telling.replaceChildren(say("touch_first"));
        registered = { name: key.name, credential: await register(key.name, credentialName(key.name)) };
      }
      if (ring.locked) throw new Refused("touch.none"); // meanwhile, by hand or by time
      telling.replaceChildren(say("touch_second"));
      const data = await wrap(ring.key, registered.credential);
      registered = { name: null, credential: null };
      goOn(root, saveStep(root, { name: key.name, card, data }));
      ring.lock(); // its button is in the step that is done
    } finally {
      telling.replaceChildren();
    }
  };
  return element(
    "div",
    {},
    element("div", { class: "mb-4" }, known, element("label", { for: known.id }, say("touch_known"))),
    keyPart(ring, "touch", "touch_act", ready, act, () => known),
    telling,
  );
}

/** What the device's own list calls the credential, in the page's language. */
function credentialName(name) {
  const pair = PAGE.touch_credential;
  return pair[document.documentElement.lang === "en" ? 1 : 0].replace("%(name)s", name);
}

function saveStep(root, { name, card, data }) {
  const back = input("touch-copy", { type: "file", accept: ".age" });
  const outcome = element("div", { role: "status" });
  const part = form(
    () =>
      attempt(
        part,
        async () => {
          const found = await chosen(back);
          if (!found) throw new Slip("check_touch_needed", back);
          if (!same(found.data, data)) throw new Slip("copy_bad", back);
          outcome.replaceChildren(say("touch_now"));
          try {
            const key = await unwrap(found.data, found.name);
            if (fingerprint(enrolment(key)) !== card) throw new Slip("copy_bad", back);
            key.seed.fill(0);
          } finally {
            outcome.replaceChildren();
          }
          goOn(root, doneStep(root));
        },
        () => back,
      ),
    actions(download(`trustee-${name}.passkey.age`, data, say("save_touch"))),
    field(back, "check_touch"),
    outcome,
    actions(element("button", { type: "submit", class: "btn-primary" }, say("touch_try"))),
  );
  return step("touch_save", element("p", {}, say("touch_save_lead")), part);
}

const doneStep = (root) =>
  step(
    "touch_done",
    element("p", {}, lamp("ok", say("copy_good"))),
    element("p", {}, say("touch_done_next")),
    actions(
      button("touch_afresh", () => {
        const [first, ...others] = root.children;
        for (const each of others) each.remove();
        first.disabled = false;
        first.querySelector("input").focus();
      }),
    ),
  );
