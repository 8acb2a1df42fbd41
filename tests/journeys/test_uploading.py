"""Files sent from a real browser to the real server: by our own module, and by a tus client nobody here wrote."""

from __future__ import annotations

import hashlib
import json
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select

from bidding.core.entropy import SystemEntropy
from bidding.submissions.models import Bid, Upload
from tests.real import ROOT
from tests.wire import Wire

pytestmark = pytest.mark.browser

ASSET = ROOT / "tests" / "assets" / "tus-js-client"
SIZE = 5 << 20

#: Makes ``files`` of the hidden inputs' files, and sends them.
SEND = """
async ([module, options, stop]) => {
  const { uploadAll } = await import(module);
  const inputs = [...document.querySelectorAll("input[data-place]")];
  const files = inputs.map((input) => {
    const [envelope, n] = input.dataset.place.split("/");
    const file = input.files[0];
    const read = (start, end) => {
      window.read.push([`${envelope}/${n}`, end - start]);
      return file.slice(start, end);
    };
    return { envelope, n: Number(n), size: file.size, read };
  });
  window.seen = [];
  window.read = [];
  window.end = new AbortController();
  const onProgress = (at) => {
    window.seen.push([at.sent, at.total, at.waiting]);
    if (stop && at.sent > stop * at.total) window.end.abort();
  };
  try {
    return await uploadAll({ ...options, files, onProgress, signal: window.end.signal });
  } catch (error) {
    return { error: error.name, code: error.code, text: error.message };
  }
}
"""


@pytest.fixture
def attachment(tmp_path):
    path = tmp_path / "technical.bin"
    path.write_bytes(SystemEntropy().bytes(SIZE))
    return path


@pytest.fixture
def place(real, chromium, attachment, tmp_path):
    """``place()``: a page with the sealed files of a fresh tenderer in inputs, and that tenderer's program."""
    contexts = []

    def _place(url=real.url):
        line = real.fresh(attachment)
        context = chromium.new_context(base_url=url, bypass_csp=True)
        contexts.append(context)
        context.add_cookies(
            [{"name": name, "value": value, "url": url} for name, value in line.http.cookies.items()]
        )
        return load(context.new_page(), line, tmp_path), line

    yield _place
    for context in contexts:
        context.close()


def load(page, line, folder: Path):
    """Open the page anew, as after a reload, with the files chosen again."""
    page.goto("/notices")
    page.evaluate(
        """(places) => { for (const place of places) {
          const input = document.createElement("input");
          input.type = "file"; input.dataset.place = place; document.body.append(input); } }""",
        [f"{envelope}/{n}" for envelope, n in line.files],
    )
    for (envelope, n), data in line.files.items():
        path = folder / f"{line.bid}-{envelope}-{n}.age"
        path.write_bytes(data)
        page.locator(f'input[data-place="{envelope}/{n}"]').set_input_files(path)
    return page


def send(page, line, stop=None):
    options = {"creationUrl": line.creation, "csrf": line.token, "bid": line.bid}
    return page.evaluate(SEND, ["/static/js/uploading.js", options, stop])


def test_files_sent_from_the_page_become_a_bid_that_was_signed_before(real, place):
    page, line = place()
    assert line.sign().status_code == 202
    assert send(page, line) == {"state": "accepted"}
    assert line.state()["state"] == "effective"
    seen = page.evaluate("window.seen")
    total = sum(map(len, line.files.values()))
    assert seen[-1][:2] == [total, total]
    assert all(earlier[0] <= later[0] for earlier, later in pairwise(seen))


def test_after_a_reload_the_page_goes_on_where_it_was(real, place, tmp_path):
    page, line = place()
    assert send(page, line, stop=0.5)["error"] == "AbortError"
    before = {file["n"]: file["offset"] for file in line.state()["files"] if file["envelope"] == "files"}
    assert 0 < before[1] < len(line.files["files", 1])
    load(page, line, tmp_path)
    begun = []
    page.on("request", lambda request: request.method == "POST" and begun.append(request.url))
    assert send(page, line) == {"state": None}
    assert begun == []
    assert line.sign().status_code == 201


def test_a_lost_line_and_a_killed_server_delay_the_upload_and_lose_nothing(real, place):
    page, line = place()
    line.sign()
    cut = iter([0, 2])
    count = {"patch": -1, "next": next(cut)}

    def break_it(route):
        if route.request.method != "PATCH":
            route.continue_()
            return
        count["patch"] += 1
        if count["patch"] != count["next"]:
            route.continue_()
            return
        count["next"] = next(cut, None)
        if count["patch"]:
            real.kill()
            real.start()
        route.abort("connectionreset")

    page.route("**/uploads/*", break_it)
    assert send(page, line) == {"state": "accepted"}
    assert any(waiting for _, _, waiting in page.evaluate("window.seen"))
    assert line.state()["state"] == "effective"


def test_an_answer_that_ends_behind_its_headers_is_asked_for_again(real, place):
    wire = Wire(real.port)
    page, line = place(f"http://127.0.0.1:{wire.port}")
    line.sign()
    begun = line.creation.replace("uploads", f"bids/{line.bid}/state")
    wire.headers_only = [f"GET {begun} ".encode()]
    assert send(page, line) == {"state": "accepted"}
    assert wire.headers_only == []
    wire.close()


def test_whose_line_broke_while_another_brought_the_last_byte_learns_that_the_bid_is_in(real, place):
    page, line = place()
    line.sign()
    page.clock.install(time=0)
    page.clock.pause_at(1000)  # between two tries the page waits for us
    lost, small = [], min(map(len, line.files.values()))

    def lose_an_answer(route):
        answer = route.fetch()
        if not lost and answer.headers.get("upload-offset") == str(small):
            lost.append(answer)
            route.abort("connectionreset")
        else:
            route.fulfill(response=answer)

    page.route("**/uploads/*", lose_an_answer)
    options = {"creationUrl": line.creation, "csrf": line.token, "bid": line.bid}
    page.evaluate(
        f"(args) => {{ window.told = ({SEND})(args); }}", ["/static/js/uploading.js", options, None]
    )
    for _ in range(200):
        page.wait_for_timeout(50)
        if line.state()["state"] == "effective":
            break
    page.clock.resume()
    assert "error" not in page.evaluate("window.told")
    assert lost[0].status == 204


def test_a_bid_is_in_though_the_answer_to_its_last_part_is_lost(place):
    page, line = place()
    line.sign()

    def lose(route):
        answer = route.fetch()
        if answer.headers.get("bid-state") == "accepted":
            route.abort("connectionreset")
        else:
            route.fulfill(response=answer)

    page.route("**/uploads/*", lose)
    assert "error" not in send(page, line)
    assert line.state()["state"] == "effective"


def test_a_line_on_which_large_parts_never_get_through_gets_small_ones(place):
    page, line = place()
    line.sign()
    lost = iter(range(2))

    def lose(route):
        if (
            route.request.method == "PATCH"
            and route.request.url.endswith(large)
            and next(lost, None) is not None
        ):
            route.abort("connectionreset")
        else:
            route.continue_()

    assert line.create(("files", 1)).status_code == 201
    large = line.urls["files", 1]
    page.route("**/uploads/*", lose)
    assert send(page, line) == {"state": "accepted"}
    sizes = dict.fromkeys(size for name, size in page.evaluate("window.read") if name == "files/1")
    first, second, third, *_ = sizes
    assert first > second > third


def test_a_line_that_falls_silent_is_given_up_after_half_a_minute_and_the_upload_goes_on(real, place):
    page, line = place()
    line.sign()
    page.clock.install()
    silent = []

    def fall_silent(route):
        if silent:
            route.continue_()
        else:
            silent.append(route)  # nobody answers, nobody hangs up
            page.clock.fast_forward(31_000)

    page.route("**/state", fall_silent)
    assert send(page, line) == {"state": "accepted"}
    assert len(silent) == 1


def test_what_the_server_refuses_ends_the_upload_with_its_words(real, place):
    page, line = place()
    plain = page.locator('input[data-place="files/1"]')
    plain.set_input_files({"name": "plain.age", "mimeType": "", "buffer": b"%PDF-1.7" + bytes(20_000)})
    told = send(page, line)
    assert (told["error"], told["code"]) == ("Refused", "submission.not_sealed")
    assert "第二十六条" in told["text"] or "Art. 26" in told["text"]


def test_the_other_tus_client_is_the_one_that_is_listed():
    listed = json.loads((ASSET / "asset.json").read_text())
    assert hashlib.sha256((ASSET / listed["file"]).read_bytes()).hexdigest() == listed["sha256"]
    assert "MIT License" in (ASSET / "LICENSE").read_text()


TUS_JS = """
([endpoint, token, chunk, stop]) => Promise.all([...document.querySelectorAll("input[data-place]")].map((input) =>
  new Promise((resolve, reject) => {
    const [envelope, n] = input.dataset.place.split("/");
    const upload = new tus.Upload(input.files[0], {
      endpoint,
      metadata: { bid: window.bid, envelope, n, filename: "sealed.age" },
      headers: { "X-CSRFToken": token },
      chunkSize: chunk || Infinity,
      retryDelays: [0, 200, 500, 1000],
      storeFingerprintForResuming: true,
      fingerprint: async () => `${window.bid}-${envelope}-${n}`,
      onError: reject,
      onSuccess: () => resolve(upload.url),
      onProgress: (sent, total) => {
        if (stop && total > 100000 && sent > total / 2) { upload.abort(); resolve(`stopped ${sent}`); }
      },
    });
    upload.findPreviousUploads().then((found) => {
      if (found.length) upload.resumeFromPreviousUpload(found[0]);
      upload.start();
    });
  })))
"""


@pytest.mark.parametrize("chunk", [None, 1_000_000], ids=["one body", "in chunks"])
def test_tus_js_client_sends_stops_and_goes_on(real, place, tmp_path, chunk):
    page, line = place()

    def run(stop):
        page.add_script_tag(path=ASSET / "tus.min.js")
        page.evaluate("(bid) => { window.bid = bid; }", line.bid)
        return page.evaluate(TUS_JS, [line.creation, line.token, chunk, stop])

    assert any(str(each).startswith("stopped") for each in run(True))
    load(page, line, tmp_path)
    assert all("/uploads/" in url for url in run(False))
    assert line.sign().status_code == 201
    found = real.ask(lambda session: session.scalar(select(Bid).where(Bid.uid == line.bid)).manifest)
    assert line.bid in found
    assert (
        real.ask(lambda session: session.scalar(select(Upload.id).where(Upload.bid_uid == line.bid))) is None
    )
