// Asking the server: refusals come back as Refusal, a line that is gone as Offline.
import { facts, Refusal, say } from "./words.js";

export class Offline extends Error {}

// A line can fall silent without a word: no answer within so many milliseconds is none. Every question may be put again.
const SILENT = 30_000;

// The answer's text. It is read here, because a line also breaks behind the headers.
export async function ask(url, { method = "GET", json, headers = {} } = {}) {
  const options = {
    method,
    signal: AbortSignal.timeout(SILENT),
    cache: "no-store",
    credentials: "same-origin",
    headers: { Accept: "application/json", ...headers },
  };
  if (method !== "GET") options.headers["X-CSRFToken"] = facts.csrf;
  if (json !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(json);
  }
  let answer;
  let body;
  try {
    answer = await fetch(url, options);
    body = await answer.text();
  } catch (error) {
    throw new Offline(error.message);
  }
  if (answer.status === 502 || answer.status === 503 || answer.status === 504) throw new Offline(String(answer.status));
  if (!answer.ok) throw refusal(answer, body);
  return body;
}

function refusal(answer, body) {
  const type = answer.headers.get("Content-Type") ?? "";
  if (!type.includes("json")) return new Refusal(`http.${answer.status}`, say("http", { status: answer.status }), answer);
  const told = JSON.parse(body);
  const text = [told.text, told.next].filter(Boolean).join(" ");
  return new Refusal(told.code, text, { field: told.field, status: answer.status, reference: told.reference });
}

// The person at the keyboard is asked again (step-up): the password goes to the one page that checks it.
export async function confirmPerson(password) {
  const form = { csrf_token: facts.csrf, step_up_password: password };
  const answer = await fetch(facts.urls.step_up, {
    method: "POST",
    body: new URLSearchParams(form),
    headers: { Accept: "text/html" },
    redirect: "follow",
    signal: AbortSignal.timeout(SILENT),
  }).catch((error) => {
    throw new Offline(error.message);
  });
  if (answer.status === 422) throw new Refusal("step_up", say("step_up.wrong"), { field: "step_up", status: 422 });
  if (!answer.ok) throw new Refusal("step_up", say("http", { status: answer.status }), answer);
}

export function pause(seconds) {
  return new Promise((resolve) => {
    const timer = setTimeout(finish, seconds * 1000);
    function finish() {
      clearTimeout(timer);
      window.removeEventListener("online", finish); // the line is back: do not sit out the rest
      resolve();
    }
    window.addEventListener("online", finish);
  });
}

// Again and again while the line is gone, after 1, 2, 4, … 30 seconds; onWait hears whether it is.
export async function patiently(act, onWait) {
  for (let wait = 1; ; wait = Math.min(30, wait * 2)) {
    try {
      const result = await act();
      onWait(false);
      return result;
    } catch (error) {
      if (!(error instanceof Offline)) throw error;
      onWait(true);
      await pause(wait);
    }
  }
}
