"""A real browser, and the sealing program in it: ``program.run(javascript, argument)``.

The page is served from the disk with the headers of the product, so that what its policy forbids fails here.
"""

from __future__ import annotations

import os
import shutil
from contextvars import copy_context
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, Route, sync_playwright

from bidding.web.headers import HEADERS, SEALING_POLICY, SEALING_PROGRAM

ROOT = Path(__file__).parent.parent
#: Pictures are kept where somebody wants to look at them: they are a sixth of a journey's time.
_PICTURES = bool(os.environ.get("PICTURES"))
_SITE = "https://sealing.test"
_TYPES = {".js": "text/javascript", ".html": "text/html"}
_AXE = {"resultTypes": ["violations"], "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
_BARRIERS = "async (options) => (await axe.run(options)).violations"
#: What every script finds: the bundle, and bytes as hex.
_PRELUDE = """
  const bidseal = await import("/static/vendor/bidseal.js");
  const { primitives } = bidseal;
  const { hex } = primitives;
  const unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  const given = (text) => {  // entropy that gives these bytes, once
    let bytes = unhex(text);
    return { bytes: (count) => {
      if (bytes.length < count) throw new Error("out of entropy");
      const out = bytes.slice(0, count);
      bytes = bytes.slice(count);
      return out;
    } };
  };
  const refused = async (act) => {
    try { await act(); } catch (error) { return { name: error.name, message: error.message, code: error.code ?? null, field: error.field ?? null }; }
    return null;
  };
"""


@pytest.fixture(scope="session")
def chromium():
    """Debian's Chromium without a window, which takes half of the time of the one with it; else that, else Playwright's."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium-headless-shell") or shutil.which("chromium"),
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        yield browser
        browser.close()


def picture(page: Page, path: Path, **options) -> None:
    """Keep a picture of the whole page at ``path``, with ``PICTURES=1`` in the environment."""
    if _PICTURES:
        path.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(**{"path": path, "full_page": True, **options})


def barriers(page: Page) -> list[dict]:
    """What axe finds wrong with the page. It first asks without working out where everything is, which takes as long again."""
    page.evaluate(AXE_SCRIPT)
    if page.evaluate(_BARRIERS, {**_AXE, "selectors": False}):
        return page.evaluate(_BARRIERS, _AXE)
    return []


@dataclass
class Program:
    """The bundle in a page."""

    page: Page

    def run(self, script, argument=None):
        """The value of an asynchronous function's body; ``arg`` is the argument."""
        return self.page.evaluate(f"async (arg) => {{ {_PRELUDE} {script} }}", argument)


@pytest.fixture(scope="session")
def program(chromium):
    """The page, one for all tests: nothing in it is kept from one to the next."""
    context = chromium.new_context()
    context.route(f"{_SITE}/**", _serve)
    page = context.new_page()
    problems = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.goto(f"{_SITE}/")
    yield Program(page)
    context.close()
    assert not problems


@pytest.fixture
def seen(chromium, tmp_path):
    """``seen(client)``: the pages of a test client in a real browser, with no server; what ``test_look`` asks of pages."""
    from tests.journeys.test_look import Visit  # it needs this module's fixtures itself

    opened = []
    here = copy_context()  # Playwright calls back from a context of its own, which knows no app

    def _seen(client):
        context = chromium.new_context(base_url="http://localhost", reduced_motion="reduce")
        opened.append(context)
        context.route("http://localhost/**", lambda route: here.copy().run(_answer, client, route))
        return Visit(context.new_page(), None, tmp_path)

    yield _seen
    for context in opened:
        context.close()


def _answer(client, route: Route) -> None:
    address = urlsplit(route.request.url)
    answer = client.open(
        address.path,
        query_string=address.query,
        method=route.request.method,
        data=route.request.post_data_buffer,
        content_type=route.request.headers.get("content-type"),
    )
    while answer.status_code in (
        302,
        303,
    ):  # one by one: a client that follows by itself is in no app on its way
        answer.close()
        answer = client.get(answer.location)
    with answer:
        route.fulfill(status=answer.status_code, headers=dict(answer.headers), body=answer.get_data())


def _serve(route: Route) -> None:
    path = ROOT / urlsplit(route.request.url).path.lstrip("/")
    if path == ROOT:
        route.fulfill(
            body="<!doctype html><title>page</title>", content_type="text/html", headers=dict(HEADERS)
        )
    elif path.is_file():
        headers = HEADERS | {"Content-Type": _TYPES[path.suffix]}
        if str(path).endswith(SEALING_PROGRAM):
            headers["Content-Security-Policy"] = SEALING_POLICY
        route.fulfill(path=path, headers=headers)
    else:
        route.fulfill(status=404)
