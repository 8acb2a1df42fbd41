// Passkeys: in place of a password, after it, again before what binds, and to add one. Without this script, or in a
// browser that knows no passkeys, the forms beside it do the same by password and codes.
//
// <… data-passkey="sign-in|second|step-up|add" hidden>   shown where the browser can; its button or form starts
//    data-options, data-answer   where to ask and where to bring; data-token the form's token; data-next where to go on
//    data-done, data-cancelled, data-failed               what is said; [role=status] is where
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

class Refused extends Error {}

async function ask(place, url, body) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": place.dataset.token },
    body: JSON.stringify(body),
  });
  const told = await answer.json();
  if (!answer.ok) throw new Refused(told.text);
  return told;
}

const keys = (list) => (list ?? []).map((key) => ({ ...key, id: bytes(key.id) }));

async function make(options) {
  const made = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: keys(options.excludeCredentials),
    },
  });
  return {
    attestationObject: text(made.response.attestationObject),
    clientDataJSON: text(made.response.clientDataJSON),
    made,
  };
}

async function use(options) {
  const made = await navigator.credentials.get({
    publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: keys(options.allowCredentials) },
  });
  return {
    authenticatorData: text(made.response.authenticatorData),
    clientDataJSON: text(made.response.clientDataJSON),
    signature: text(made.response.signature),
    userHandle: made.response.userHandle ? text(made.response.userHandle) : null,
    made,
  };
}

async function run(place) {
  const { token, options } = await ask(place, place.dataset.options, {});
  const { made, ...response } = await (place.dataset.passkey === "add" ? make(options) : use(options));
  const credential = { id: made.id, rawId: text(made.rawId), type: made.type, response };
  const name = place.querySelector("[name=name]")?.value;
  return ask(place, place.dataset.answer, { token, credential, name, next: place.dataset.next });
}

// An act that binds is not sent by the key: the person still presses the button that names it.
function confirmed(place) {
  const asked = place.closest("form").querySelector("[data-instead]");
  asked.hidden = true;
  for (const field of asked.querySelectorAll("input")) field.disabled = true;
  place.querySelector("button").hidden = true;
}

async function start(place) {
  const status = place.querySelector("[role=status]");
  const button = place.querySelector("button");
  button.disabled = true;
  status.textContent = "";
  try {
    const { next } = await run(place);
    if (place.dataset.passkey === "step-up") {
      confirmed(place);
      status.textContent = place.dataset.done;
    } else {
      location.assign(next);
    }
  } catch (error) {
    if (error instanceof Refused) status.textContent = error.message;
    else status.textContent = error instanceof DOMException ? place.dataset.cancelled : place.dataset.failed;
  } finally {
    button.disabled = false;
  }
}

if (window.PublicKeyCredential) {
  for (const place of document.querySelectorAll("[data-passkey]")) {
    place.hidden = false;
    if (place.matches("form")) {
      place.addEventListener("submit", (event) => {
        event.preventDefault();
        start(place);
      });
    } else {
      place.querySelector("button").addEventListener("click", () => start(place));
    }
  }
  for (const words of document.querySelectorAll("[data-without-passkey]")) words.hidden = true;
}
