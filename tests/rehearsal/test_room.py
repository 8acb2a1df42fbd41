from __future__ import annotations

import contextvars
import io
import re
from datetime import UTC, datetime

import pypdf
import pytest
from playwright.sync_api import expect

from bidding.core.clock import FakeClock
from bidding.opening.sitting.rules import Step
from bidding.rehearsal.room import Room
from bidding.rehearsal.world import pace
from bidding.story.cast import PASSPHRASE
from bidding.tenders.kinds import Family
from tests.serving import serving

#: A Saturday: the room's day is the Friday before.
NOW = datetime(2026, 11, 28, 3, tzinfo=UTC)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    made = Room(tmp_path_factory.mktemp("room"), name="明川县政务服务中心", clock=FakeClock(NOW), runs=False)
    yield made
    made.playing.close()


class Browser:
    """A browser in the room; each request in a context of its own, as on a server."""

    def __init__(self, room):
        self._room = room
        self._app, self._client = None, None

    def _ask(self, method, path, **data):
        app = self._room.playing.app
        if app is not self._app:
            self._app, self._client = app, app.test_client()
        return contextvars.Context().run(self._client.open, path, method=method, data=data)

    def get(self, path):
        return self._ask("GET", path)

    def post(self, path, **data):
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.get("/rehearsal").text)
        return self._ask("POST", path, csrf_token=found[1], **data)


def at_the_start(room):
    """The room before the first step of an opening, whatever was practised in it before."""
    with room.playing.app.app_context():
        step = room.playing.board().step
    if step is not Step.SIGN_IN:
        room.begin(Family.WORKS)


def test_a_whole_opening_is_practised_step_by_step(room):
    at_the_start(room)
    browser = Browser(room)
    hall = f"/hall/{room.playing.tender.uid}"
    page = browser.get("/rehearsal").text
    assert "演练 · 不具任何效力" in page
    assert PASSPHRASE in page
    assert "现在：签到" in page
    assert browser.post("/rehearsal/act").status_code == 303
    assert browser.post("/rehearsal/forward").status_code == 303
    assert "现在：公布名单" in browser.get(hall).text
    browser.post("/rehearsal/as/zhou")
    assert (
        browser.post(f"{hall}/list").status_code == 303
    )  # by one's own hand: signed in, no password asked again
    assert "现在：开箱" in browser.get(hall).text
    steps = ["唱标", "唱标", "唱标", "确认", "异议", "签字", "结束"]
    for step in steps:
        assert browser.post("/rehearsal/act").status_code == 303
        assert f"现在：{step}" in browser.get(hall).text
    paper = browser.get(f"/opening/{room.playing.tender.uid}/record.pdf").data
    words = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(paper)).pages)
    assert "不具任何效力" in words
    assert "rehearsal.invalid" in words  # whose log it is: nobody takes it for the real one's


@pytest.fixture
def served(room):
    """The room on a port of its own."""
    with serving(room) as url:
        yield url


@pytest.fixture
def page(chromium, served):
    """Whoever practises; a problem in the console fails the test."""
    context = chromium.new_context(base_url=served, locale="zh-CN", viewport={"width": 360, "height": 800})
    page, problems = context.new_page(), []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    context.close()
    assert not problems


@pytest.mark.browser
def test_one_person_plays_a_whole_opening_in_every_role_and_begins_anew(room, page):
    at_the_start(room)
    page.goto("/rehearsal")
    band = page.locator(".sl-room")
    expect(band.get_by_role("heading")).to_have_text("演练 · 不具任何效力")
    over = page.evaluate("getComputedStyle(document.body, '::after').backgroundImage")
    watermark = page.request.get(re.search(r'url\("([^"]+)"\)', over)[1])
    assert watermark.headers["content-type"].startswith("image/svg")

    def step(name):
        expect(band).to_contain_text(f"现在：{name}")

    def let_the_room(what):
        band.get_by_role("button", name=f"代办：{what}").click()

    step("签到")
    let_the_room("请两家投标人签到")
    band.get_by_role("button", name="快进到截止").click()
    step("公布名单")
    expect(band.get_by_role("button", name="快进到截止")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"/hall/[a-z0-9]{12}$"))
    band.locator("summary").click()
    band.get_by_role("button", name="轮到").click()  # the guide says whose turn it is: the host
    page.get_by_role("button", name="公布投标人名单").click()  # by one's own hand
    step("开箱")
    let_the_room("请还缺的受托人交份额")
    for _ in range(3):
        step("唱标")
        let_the_room("请主持人念下一家")
    step("确认")
    let_the_room("请投标人确认，主持人结束确认")
    step("异议")
    let_the_room("请主持人形成记录")
    step("签字")
    let_the_room("请还没签的人签字并结束")
    step("结束")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    ended = page.url
    band.get_by_role("link", name="重新开始").click()
    page.get_by_role("button", name="政府采购").click()
    step("签到")
    assert page.request.get(ended).status == 404


def test_another_kind_of_tender_begins_anew_and_what_was_there_is_gone(room):
    browser = Browser(room)
    before = room.playing
    assert browser.post(f"/rehearsal/begin/{Family.PROCUREMENT.value}").status_code == 303
    assert room.playing is not before
    assert not (room.playing.centre.folder.parent.parent / before.centre.folder.parent.name).exists()
    assert "现在：签到" in browser.get("/rehearsal").text
    assert "【演练】" in browser.get("/notices").text


def test_nobody_is_played_who_is_not_of_the_cast_and_no_other_file_is_given(room):
    browser = Browser(room)
    for path in ("/rehearsal/as/chen", "/rehearsal/as/nobody", "/rehearsal/begin/land"):
        assert browser.post(path).status_code == 404
    assert browser.get("/rehearsal/keys/passwd").status_code == 404
    assert browser.get("/rehearsal/keys/notary").data.startswith(b"age-encryption.org")


def test_nothing_beside_it_takes_the_leap_to_the_deadline_for_an_outage(room):
    assert [rhythm.name for rhythm in pace(room.playing)] == ["witness"]


def test_it_shares_no_cookie_no_database_and_no_way_out_with_the_real_centre(room, app):
    theirs, ours = room.playing.app, app
    for name in (
        "SIGN_IN_COOKIE",
        "DEVICE_COOKIE",
        "SESSION_COOKIE_NAME",
        "SECRET_KEY",
        "SQLALCHEMY_DATABASE_URI",
        "LOG_HOST",
    ):
        assert theirs.config[name] != ours.config[name]
    assert theirs.extensions["post"].carriers == {}
    assert room.playing.centre.clock.now() < NOW
