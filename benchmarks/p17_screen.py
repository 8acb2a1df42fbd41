"""P17: the hall's screen for a day, in Chromium, by a clock that is wound on: 5,760 refreshes, each with other words, and as many turns.

The page and its script are the product's; the rows are made up, as many as a screen can have, so that every refresh
replaces every panel. After each tenth of the day the heap is collected and counted. Needs Chromium.
"""

from __future__ import annotations

import csv
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, render_template
from playwright.sync_api import CDPSession, Page, Route, sync_playwright

from benchmarks.harness import OUT
from bidding import create_app
from bidding.core.clock import SHANGHAI
from bidding.portal.queries import YearSoFar
from bidding.reporting.savings import Sums, Totals
from bidding.screens.queries import Publicity
from bidding.screens.routes.screen import PANEL_SECONDS
from bidding.screens.rules import MOST_ROWS, Topic, panels
from bidding.web.headers import HEADERS

ROOT = Path(__file__).parent.parent
DAY = 24 * 3600 // PANEL_SECONDS
PARTS = 10
#: What the day may add after its first tenth: measuring itself takes some of it.
HEAP_KB, NODES = 256, 50
_SITE = "https://p17.test"
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_AT = datetime(2026, 12, 15, 8, 30, tzinfo=SHANGHAI)
_COUNTED = ("JSHeapUsedSize", "Nodes", "JSEventListeners", "Documents")


def run() -> bool:
    """Measure a day; whether it stays flat."""
    with TemporaryDirectory(prefix="p17-") as folder:
        app = create_app(
            {
                "INSTANCE": folder,
                "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder}/p17.db",
                "SECRET_KEY": "p17",
                "CLOCKWORK": False,
            }
        )
        with app.test_request_context("/screen"):
            pages = [_page(app, state) for state in range(2)]
        rows = _day(pages)
    OUT.mkdir(exist_ok=True)
    with (OUT / "P17.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["refreshes", "heap_bytes", "nodes", "listeners", "documents"])
        writer.writerows(rows)
    (_, heap, nodes, listeners, documents), last = rows[0], rows[-1]
    grown = (last[1] - heap) / 1024, last[2] - nodes
    print(
        f"P17 {last[0]} refreshes: heap {heap / 1024:.0f} to {last[1] / 1024:.0f} KB, nodes {nodes} to {last[2]}"
    )
    print(f"P17 grown by {grown[0]:.0f} KB goal<={HEAP_KB}, {grown[1]} nodes goal<={NODES}")
    return grown[0] <= HEAP_KB and grown[1] <= NODES and (listeners, documents) == (last[3], last[4])


def _page(app: Flask, state: int) -> str:
    """The screen with everything it can hold, in one of two states of the day."""
    project = SimpleNamespace(
        title=f"城南片区老旧小区排水管网改造工程施工（{state + 1}）",
        owner_name="明川县城市更新中心",
        closes_at=_AT + timedelta(hours=6 + state),
        preset=SimpleNamespace(quiet=False),
    )
    hall = SimpleNamespace(
        project=project, state=SimpleNamespace(value=("open", "opening")[state]), held_at=None, prices=None
    )
    rows: dict[Topic, list[Any]] = {
        Topic.OPENINGS: [
            SimpleNamespace(at=_AT + timedelta(minutes=20 * n), hall=hall, is_of_prices=False, booked=None)
            for n in range(MOST_ROWS)
        ],
        Topic.CLOSING: [
            SimpleNamespace(project=project, left=timedelta(hours=n + 1), lamp="soon", limit_fen=n + state)
            for n in range(MOST_ROWS)
        ],
        Topic.PUBLICITY: [
            Publicity(f"检验设备采购（{n + state}）", "某某公司", _AT.date(), is_result=True)
            for n in range(MOST_ROWS)
        ],
        Topic.SAVINGS: [YearSoFar(2026, Totals(Sums(9 + state, 1_000_000, 900_000 + state)))],
    }
    return render_template(
        "screens/screen.html",
        panels=panels(rows),
        topics=Topic,
        coming=None,
        at=0,
        paused=False,
        lang=None,
        seconds=PANEL_SECONDS,
        config=app.config,
    )


def _day(pages: list[str]) -> list[tuple[int, ...]]:
    asked = 0

    def serve(route: Route) -> None:
        nonlocal asked
        path = urlsplit(route.request.url).path
        if path == "/clock":
            route.fulfill(json={"now": _AT.isoformat()}, headers=dict(HEADERS))
        elif path == "/screen":
            asked += 1
            headers = dict(HEADERS) | {"Content-Type": "text/html; charset=utf-8"}
            route.fulfill(body=pages[asked % len(pages)], headers=headers)
        else:
            file = ROOT / path.lstrip("/")
            route.fulfill(path=file, headers=dict(HEADERS) | {"Content-Type": _TYPES[file.suffix]})

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium-headless-shell") or shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu"],
        )
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        page.route(f"{_SITE}/**", serve)
        page.clock.install()
        page.goto(f"{_SITE}/screen")
        counts = page.context.new_cdp_session(page)
        counts.send("Performance.enable")
        rows = []
        for part in range(1, PARTS + 1):
            while asked < DAY * part // PARTS:
                _refresh(page)
            rows.append((asked, *_count(counts)))
        browser.close()
    return rows


def _refresh(page: Page) -> None:
    """One step of the clock, long enough for a question and a turn, and the answer to it."""
    before = page.locator("[data-fresh]").inner_text()
    with page.expect_response("**/screen"):
        page.clock.run_for(PANEL_SECONDS * 1150)
    page.wait_for_function(
        "(before) => document.querySelector('[data-fresh]').textContent !== before", arg=before, polling=5
    )
    if page.locator(".is-lost").count():
        raise AssertionError("the page thinks the network is lost")


def _count(counts: CDPSession) -> list[int]:
    for _ in range(
        2
    ):  # the first finds what still waited to be let go of, such as the last answer's document
        counts.send("HeapProfiler.collectGarbage")
    found = {each["name"]: int(each["value"]) for each in counts.send("Performance.getMetrics")["metrics"]}
    return [found[name] for name in _COUNTED]
