// Sends sealed files in parts (tus 1.0, docs/spec/submission.md): two at a time, on from what is durable after a lost
// line, a reload or a stopped server. It gives up only when the server refuses, or when it is told to.
//
//   const { state } = await uploadAll({ creationUrl, csrf, bid, files, onProgress, signal });
//
// creationUrl  /notices/…/uploads             files       [{ envelope, n, size, read(start, end) → Blob }]
// csrf         the form's token               onProgress  ({ sent, total, file, waiting }): bytes of all files; the
// bid          the bid's uid, hex                         file that moved; whether the line is down
// state        "accepted", "armed" or null: what became of the bid, where it is signed
//
// A refusal is thrown as Refused, with the server's code, text and reference; an abort as AbortError.
const MIB = 1024 * 1024;
const SMALLEST = MIB / 4;
const LARGEST = 16 * MIB;
const IN_FLIGHT = 2;
// A part should take between these many milliseconds: so little is lost with a line, and so little spent on asking.
const QUICK = 2_000;
const SLOW = 10_000;
// No byte has moved for so long: the line is dead though nobody said so.
const STALLED = 30_000;
// The disk has a part and has not yet said so.
const SETTLING = 120_000;
const LONGEST_PAUSE = 30_000;
const DAMAGED_AT_MOST = 5;
const VERSION = { "Tus-Resumable": "1.0.0" };

export class Refused extends Error {
  constructor(status, { code = `http.${status}`, text = "", reference = null } = {}) {
    super(text || code);
    Object.assign(this, { name: "Refused", status, code, reference });
  }
}

class LineLost extends Error {}

export async function uploadAll({ creationUrl, csrf, bid, files, onProgress = () => {}, signal }) {
  const run = new Run({ creationUrl, csrf, bid, files, onProgress, signal });
  return run.all();
}

class Run {
  constructor(options) {
    Object.assign(this, options);
    this.sent = new Map(this.files.map((file) => [name(file), 0]));
    this.total = this.files.reduce((sum, file) => sum + file.size, 0);
    this.size = MIB;
    this.state = null;
    // Ends every line: when somebody says so, and when one of them is refused.
    this.end = new AbortController();
    this.ended = this.end.signal;
    const end = () => this.end.abort(this.signal.reason);
    if (this.signal?.aborted) end();
    else this.signal?.addEventListener("abort", end, { once: true });
  }

  async all() {
    const known = await this.patiently(() => this.known());
    const queue = [...this.files];
    const lane = async () => {
      for (let file = queue.shift(); file; file = queue.shift()) await this.file(file, known.get(name(file)));
    };
    try {
      await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
    } catch (error) {
      this.end.abort(error);
      throw error;
    }
    return { state: this.state };
  }

  // What the server has of this bid, from an earlier page or an earlier line.
  async known() {
    const address = this.creationUrl.replace(/uploads$/, `bids/${this.bid}/state`);
    const answer = await this.ask("GET", address);
    if (answer.status === 404) return new Map();
    if (!answer.ok) throw refusal(answer);
    const { files } = parsed(answer.text);
    if (!files) throw new LineLost(); // somebody else's answer: a guest network that wants a sign-in
    return new Map(files.map((file) => [name(file), file]));
  }

  async file(file, known) {
    const begun = known?.size === file.size ? known : null;
    const at = { url: begun?.upload ?? null, offset: begun?.whole ? file.size : null };
    let damaged = 0;
    while (at.offset !== file.size) {
      await this.patiently(async () => {
        try {
          await this.step(file, at);
          damaged = 0;
        } catch (error) {
          if (!(error instanceof Refused)) throw error;
          damaged += error.status === 460 ? 1 : 0;
          if (damaged > DAMAGED_AT_MOST || !heal(error, file, at)) throw error;
        }
      });
    }
    this.moved(file, file.size);
  }

  async step(file, at) {
    if (!at.url) {
      at.url = await this.create(file);
      at.offset = 0;
    } else if (at.offset === null) {
      const answer = await this.ask("HEAD", at.url);
      if (!answer.ok) throw refusal(answer);
      at.offset = Number(answer.headers.get("Upload-Offset"));
    } else {
      await this.send(file, at);
    }
    this.moved(file, at.offset);
  }

  async create(file) {
    const metadata = { bid: this.bid, envelope: file.envelope, n: String(file.n) };
    const answer = await this.ask("POST", this.creationUrl, {
      "Upload-Length": String(file.size),
      "Upload-Metadata": Object.entries(metadata).map(([key, value]) => `${key} ${btoa(value)}`).join(),
    });
    if (!answer.ok) throw refusal(answer);
    return answer.headers.get("Location");
  }

  async send(file, at) {
    const start = at.offset;
    const { blob, headers } = await this.part(file, at, start);
    this.readAhead(file, at, start + blob.size);
    at.offset = null; // unknown until the answer is here
    const began = performance.now();
    let answer;
    try {
      answer = await this.patch(at.url, blob, headers, (loaded) => this.moved(file, start + loaded));
    } catch (error) {
      // Of a part that is cut nothing counts: on a line that never holds long only small ones get through.
      if (error instanceof LineLost) this.smaller();
      throw error;
    }
    const took = performance.now() - began;
    if (took < QUICK && blob.size === this.size) this.size = Math.min(2 * this.size, LARGEST);
    if (took > SLOW) this.smaller();
    at.offset = answer.offset;
    this.state = answer.state ?? this.state;
  }

  smaller() {
    this.size = Math.max(this.size / 2, SMALLEST);
  }

  // The part that begins at start, as a promise: read already where it is the one that was expected.
  part(file, { ahead }, start) {
    const end = Math.min(start + this.size, file.size);
    return ahead?.start === start && ahead.end === end ? ahead.part : readPart(file, start, end);
  }

  // While one part is on its way, the next one is read and hashed.
  readAhead(file, at, start) {
    const end = Math.min(start + this.size, file.size);
    at.ahead = start < end ? { start, end, part: readPart(file, start, end) } : null;
    at.ahead?.part.catch(() => {}); // told when its turn comes
  }

  // XMLHttpRequest, because fetch does not say how far an upload is.
  patch(url, body, headers, onBytes) {
    return new Promise((resolve, reject) => {
      const line = new XMLHttpRequest();
      const abort = () => line.abort();
      let watch = setTimeout(abort, STALLED);
      const again = (after) => {
        clearTimeout(watch);
        watch = setTimeout(abort, after);
      };
      line.open("PATCH", url);
      for (const [key, value] of Object.entries({ ...VERSION, "X-CSRFToken": this.csrf, ...headers })) {
        line.setRequestHeader(key, value);
      }
      line.responseType = "text";
      line.upload.onprogress = (event) => {
        again(STALLED);
        onBytes(event.loaded);
      };
      line.upload.onload = () => again(SETTLING);
      line.onloadend = () => {
        clearTimeout(watch);
        this.ended.removeEventListener("abort", abort);
        if (this.ended.aborted) return reject(this.ended.reason);
        if (!line.status) return reject(new LineLost());
        if (line.status !== 204) return reject(new Refused(line.status, parsed(line.responseText)));
        return resolve({
          offset: Number(line.getResponseHeader("Upload-Offset")),
          state: line.getResponseHeader("Bid-State"),
        });
      };
      this.ended.addEventListener("abort", abort);
      line.send(body);
    });
  }

  // The answer with its text, which is read here: a line also breaks behind the headers, and falls silent anywhere.
  async ask(method, url, headers = {}) {
    if (this.ended.aborted) throw this.ended.reason;
    const line = new AbortController();
    const abort = () => line.abort();
    const watch = setTimeout(abort, STALLED);
    this.ended.addEventListener("abort", abort);
    try {
      const answer = await fetch(url, {
        method,
        headers: { Accept: "application/json", "X-CSRFToken": this.csrf, ...VERSION, ...headers },
        cache: "no-store",
        signal: line.signal,
      });
      return { ok: answer.ok, status: answer.status, headers: answer.headers, text: await answer.text() };
    } catch {
      if (this.ended.aborted) throw this.ended.reason;
      throw new LineLost();
    } finally {
      clearTimeout(watch);
      this.ended.removeEventListener("abort", abort);
    }
  }

  // Tries again as long as it is the line's or the server's trouble, sooner when the browser is online again.
  async patiently(act) {
    for (let pause = 500; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      try {
        return await act();
      } catch (error) {
        const passes = error instanceof LineLost || (error instanceof Refused && isPassing(error));
        if (!passes) throw error;
        this.onProgress({ sent: this.sum(), total: this.total, file: null, waiting: true });
        await this.wait(pause * (0.75 + Math.random() / 2));
      }
    }
  }

  wait(milliseconds) {
    return new Promise((resolve, reject) => {
      const done = () => {
        clearTimeout(timer);
        window.removeEventListener("online", done);
        this.ended.removeEventListener("abort", done);
        if (this.ended.aborted) reject(this.ended.reason);
        else resolve();
      };
      const timer = setTimeout(done, milliseconds);
      window.addEventListener("online", done);
      this.ended.addEventListener("abort", done);
    });
  }

  sum() {
    return [...this.sent.values()].reduce((all, bytes) => all + bytes, 0);
  }

  moved(file, bytes) {
    this.sent.set(name(file), Math.min(bytes, file.size));
    this.onProgress({ sent: this.sum(), total: this.total, file, waiting: false });
  }
}

async function readPart(file, start, end) {
  const blob = await file.read(start, end);
  const headers = { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(start) };
  // A page on plain HTTP has no digests; the file's own hash is still checked at its end.
  if (crypto.subtle) {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
    headers["Upload-Checksum"] = `sha256 ${btoa(String.fromCharCode(...digest))}`;
  }
  return { blob, headers };
}

// What a refusal means for the file; whether it can go on.
function heal(error, file, at) {
  if (error.code === "upload.already_durable") at.offset = file.size;
  // Another lane brought the last byte while this one waited for its line: the bid is in, with all its files.
  else if (error.code === "submission.replayed") at.offset = file.size;
  else if (error.status === 404 && at.url) at.url = at.offset = null;
  else if (error.status === 460 || error.code === "upload.wrong_offset") at.offset = null;
  else return false;
  return true;
}

function isPassing({ status }) {
  return status === 423 || status === 429 || (status >= 500 && status !== 507);
}

function name({ envelope, n }) {
  return `${envelope}/${n}`;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function refusal({ status, text }) {
  return new Refused(status, parsed(text));
}
