"""P14: sealing in the browser against ``age-encryption`` alone in the same tab, one file, nothing sent anywhere.

Ours deals the keys, hashes plaintext and ciphertext and signs beside; the peer encrypts only. At the end the peer
opens what ours sealed. Needs Chromium, Node, and ``npm ci`` once: the peer is not part of the product.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, Route, sync_playwright

from benchmarks.harness import pairs
from benchmarks.p1_seal import TENDERER, tender_file
from bidding.core.canonical import dumps
from bidding.web.headers import HEADERS, SEALING_POLICY

ROOT = Path(__file__).parent.parent
MEBIBYTES = 128
GOAL = 0.6
_SITE = "https://p14.test"
_START = """async ({ tender, name, uscc, mebibytes }) => {
  const bidseal = await import("/bidseal.js");
  const age = await import("/age.js");
  const one = crypto.getRandomValues(new Uint8Array(65536));
  const file = new File(Array.from({ length: mebibytes * 16 }, () => one), "p14.bin");
  const bid = { tender: bidseal.parseTender(tender), lot: "1", tenderer: { name, uscc }, fields: { price_fen: 1 },
                files: [{ file, slot: "other" }], client: "00".repeat(32) };
  const timed = async (act) => { const start = performance.now(); await act(); return (performance.now() - start) / 1000; };
  const sinkOf = (take) => () => ({ write: take, close() {} });
  window.ours = () => timed(() => bidseal.seal(bid, { sink: sinkOf(() => {}) }));
  window.theirs = async () => {
    const encrypter = new age.Encrypter();
    encrypter.addRecipient(await age.identityToRecipient(await age.generateX25519Identity()));
    return timed(async () => {
      const reader = (await encrypter.encrypt(file.stream())).getReader();
      while (!(await reader.read()).done);
    });
  };
  window.agree = async () => {
    const pack = new bidseal.Package();
    const sealed = await bidseal.seal(bid, { sink: pack.sink });
    const decrypter = new age.Decrypter();
    decrypter.addIdentity(sealed.bidKey.identities[1].identity);
    const opened = await new Response(await decrypter.decrypt(pack.file("files", 1).stream())).arrayBuffer();
    const digest = async (data) => bidseal.primitives.hex(new Uint8Array(await crypto.subtle.digest("SHA-256", data)));
    return (await digest(opened.slice(0, file.size))) === (await digest(await file.arrayBuffer()));
  };
}"""


def run() -> bool:
    """Measure; whether the goal is met."""
    with TemporaryDirectory(prefix="p14-") as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        page.route(f"{_SITE}/**", lambda route: _serve(route, age_bundle(Path(folder))))
        page.goto(f"{_SITE}/")
        given = dict(zip(("name", "uscc"), TENDERER, strict=True))
        page.evaluate(_START, given | {"tender": dumps(tender_file()).decode(), "mebibytes": MEBIBYTES})
        met = pairs("P14", _clocked(page, "ours"), _clocked(page, "theirs"), GOAL)
        if not page.evaluate("agree()"):
            raise AssertionError("the peer opens something else")
        browser.close()
    return met


def _clocked(page: Page, name: str):
    return lambda: float(page.evaluate(f"{name}()"))


def age_bundle(folder: Path) -> Path:
    """``age-encryption`` as one module."""
    out = folder / "age.js"
    if not out.exists():
        source = ROOT / "node_modules" / "age-encryption" / "dist" / "index.js"
        tool = ROOT / "node_modules" / ".bin" / "esbuild"
        subprocess.run(
            [tool, source, "--bundle", "--format=esm", f"--outfile={out}", "--log-level=error"], check=True
        )
    return out


def _serve(route: Route, peer: Path) -> None:
    name = route.request.url.removeprefix(f"{_SITE}/")
    headers = HEADERS | {"Content-Type": "text/javascript" if name else "text/html"}
    if name == "bidseal.js":
        headers["Content-Security-Policy"] = SEALING_POLICY
        route.fulfill(path=ROOT / "static" / "vendor" / name, headers=headers)
    elif name == "age.js":
        route.fulfill(path=peer, headers=headers)
    else:
        route.fulfill(body="<!doctype html><title>P14</title>", headers=headers)
