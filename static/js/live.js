// Keeps parts of a page fresh: asks for them again and again, and says as of when they are.
//
// [data-hall] is the address of the parts, data-tag what the page shows of them, data-lost what is said without a
// network; the parts are [data-live], and [data-fresh] says the time. Answers are parsed by the browser as documents:
// nothing here writes markup.
const SLOWEST = 30000;

/** The answer to a request for a page, with a tag of what is known of it already. */
export function fetchDocument(url, tag) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("GET", url);
    request.responseType = "document";
    request.timeout = 10000;
    if (tag) request.setRequestHeader("If-None-Match", tag);
    request.onload = () => resolve(request);
    request.onerror = request.ontimeout = () => reject(new Error("no answer"));
    request.send();
  });
}

function same(one, other) {
  return (
    one.childNodes.length === other.childNodes.length &&
    [...one.childNodes].every((node, index) => node.isEqualNode(other.childNodes[index]))
  );
}

/** Put the page's parts of that name in place. Only what differs is replaced: a reader's place and selection stay where nothing has changed. */
export function replace(attribute, page) {
  for (const part of document.querySelectorAll(`[${attribute}]`)) {
    const next = page.querySelector(`[${attribute}="${part.getAttribute(attribute)}"]`);
    if (next === null) part.replaceChildren();
    else if (!same(part, next)) part.replaceChildren(...document.importNode(next, true).childNodes);
  }
}

/**
 * Ask every so many milliseconds, more seldom while nothing answers and not at all while nobody looks.
 * `changed` is called with each new page once its parts are in place.
 * @returns {{ask: () => void, stop: () => void}} to ask at once, and to ask no more until then
 */
export function follow(root, every, changed) {
  const fresh = document.querySelector("[data-fresh]");
  const clock = document.querySelector("time[data-clock]");
  let tag = root.dataset.tag ? `"${root.dataset.tag}"` : "";
  let wait = every;
  let timer = 0;
  let turn = 0; // of the question that is asked; what comes in answer to an earlier one is late
  let stopped = false;

  function tell(lost) {
    if (!fresh) return;
    if (lost) {
      if (!fresh.dataset.lost) fresh.textContent = `${root.dataset.lost} · ${fresh.textContent}`;
      fresh.dataset.lost = "1";
    } else {
      delete fresh.dataset.lost;
      fresh.textContent = fresh.dataset.fresh.replace("%(at)s", clock ? clock.textContent : "");
    }
    fresh.classList.toggle("is-lost", lost);
  }

  async function ask() {
    clearTimeout(timer);
    stopped = false;
    const mine = ++turn;
    try {
      const answer = await fetchDocument(root.dataset.hall, tag);
      if (mine !== turn) return;
      if (answer.status === 200 && answer.responseXML) {
        replace("data-live", answer.responseXML);
        tag = answer.getResponseHeader("ETag");
        await changed(answer.responseXML);
      } else if (answer.status !== 304) {
        throw new Error(String(answer.status));
      }
      wait = every;
      tell(false);
    } catch {
      if (mine !== turn) return;
      wait = Math.min(wait * 2, Math.max(SLOWEST, every));
      tell(true);
    }
    // Watchers do not ask all at once.
    if (!document.hidden && mine === turn) timer = setTimeout(ask, wait * (0.85 + 0.3 * Math.random()));
  }

  function stop() {
    stopped = true;
    turn += 1;
    clearTimeout(timer);
  }

  document.addEventListener("visibilitychange", () => document.hidden || stopped || ask());
  return { ask, stop };
}
