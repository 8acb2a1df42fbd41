"""P15: a bid from the button to the accepted receipt in one Chromium tab, against ``age-encryption`` alone in the same tab.

The product's own page of a lot, its own scripts, the server of ``make run`` on loopback: sealing into files that a
reload goes on from, the key file, the signature, the upload, the checked receipt. The key file's passphrase was made into a
key before, as the page does it when the passphrase stands there. The peer encrypts the same file from the disk in the same
page and drops what comes out. Every run is another tenderer's, with a profile of its own on the disk.
Needs Chromium, Node, and ``npm ci`` once.
"""

from __future__ import annotations

import os
import shutil
import statistics
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import BrowserType, Page, sync_playwright

from benchmarks.harness import pairs, settle
from benchmarks.p14_browser_seal import age_bundle
from benchmarks.served import MIB, PRICE, Served

MEBIBYTES = 128
PAIRS = 7
GOAL = 0.6
_START = """async ({ price, peer }) => {
  const { sealHere, carry } = await import("/static/js/bidding/sending.js");
  const { stretch } = await import("/static/vendor/bidseal.js");
  const age = await import(URL.createObjectURL(new Blob([peer], { type: "text/javascript" })));
  const [file] = document.getElementById("p15").files;
  const key = await stretch("correct horse battery");
  const fields = { price_fen: price, days: 158, quality: "合格", lead: "贺某 川1512020000001", security: "电子保函", validity_days: 90 };
  window.ours = async () => {
    const marks = [["start", performance.now()]];
    const mark = (name) => marks.push([name, performance.now()]);
    let sealed = 0;
    const record = await sealHere({
      fields, files: [{ file, slot: "other" }], key,
      onProgress: (done, total) => { if (done === total && !sealed) { sealed = 1; mark("seal"); } },
    });
    mark("keep");
    const page = await carry(record, { at: (stage) => mark(`until ${stage}`), onProgress() {}, onWait() {} });
    mark("verify");
    return { page, marks };
  };
  window.theirs = async () => {
    const encrypter = new age.Encrypter();
    encrypter.addRecipient(await age.identityToRecipient(await age.generateX25519Identity()));
    const start = performance.now();
    const reader = (await encrypter.encrypt(file.stream())).getReader();
    while (!(await reader.read()).done);
    return (performance.now() - start) / 1000;
  };
}"""


def run() -> bool:
    """Measure; whether the goal is met."""
    with TemporaryDirectory(dir=Path(__file__).parent) as folder, sync_playwright() as playwright:
        home = Path(folder)
        served = Served(home, PAIRS + 1)
        attachment = home / "p15.pdf"
        with attachment.open("wb") as file:
            for _ in range(MEBIBYTES):
                file.write(os.urandom(MIB))
        peer = age_bundle(home)
        numbers = iter(range(1, PAIRS + 2))
        took: dict[str, list[float]] = defaultdict(list)
        tabs: list[Page] = []

        def ours() -> float:
            if tabs:
                tabs.pop().context.close()
            page = _tab(playwright.chromium, served, next(numbers), attachment, peer)
            tabs.append(page)
            settle()
            told = page.evaluate("ours()")
            if not told["page"].startswith("/bids/"):
                raise AssertionError(told)
            marks = told["marks"]
            for (_, before), (name, after) in pairwise(marks):
                took[name].append((after - before) / 1000)
            return (marks[-1][1] - marks[0][1]) / 1000

        def theirs() -> float:
            return float(tabs[-1].evaluate("theirs()")) if tabs else 0.0

        try:
            met = pairs("P15", ours, theirs, GOAL, PAIRS)
            print({name: round(statistics.median(seconds), 2) for name, seconds in took.items()})
        finally:
            for tab in tabs:
                tab.context.close()
            served.stop()
    return met


def _tab(chromium: BrowserType, served: Served, number: int, attachment: Path, peer: Path) -> Page:
    """The page of a lot with the file chosen, in a browser of the tenderer's own, with the peer beside."""
    context = chromium.launch_persistent_context(
        served.home / f"profile-{number}",
        executable_path=shutil.which("chromium"),
        args=["--no-sandbox", "--disable-gpu"],
        base_url=served.url,
        bypass_csp=True,
    )
    cookies = served.client(number).cookies.split("; ")
    context.add_cookies(
        [
            dict(zip(("name", "value"), each.split("=", 1), strict=True)) | {"url": served.url}
            for each in cookies
        ]
    )
    page = context.new_page()
    page.set_default_timeout(600_000)
    page.goto(f"/notices/{served.tender.uid}/lots/1/bid")
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('input'), { type: 'file', id: 'p15' }))"
    )
    page.set_input_files("#p15", attachment)
    page.evaluate(_START, {"price": PRICE, "peer": peer.read_text()})
    return page
