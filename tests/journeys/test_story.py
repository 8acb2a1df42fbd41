"""Each role does its part of the job by the pages, in a real browser; only the tools that run at home are called.

Those are the tenderer's sealing, the trustees' shares and the witness: people run them on machines of their own, and
bring or fetch files by the pages.
"""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from bidding import create_app
from bidding.committee.models import Member
from bidding.committee.rules import Source
from bidding.core.canonical import dumps, loads
from bidding.core.clock import SHANGHAI, FakeClock
from bidding.core.entropy import ReplayEntropy
from bidding.db import db
from bidding.experts import client as draws
from bidding.experts import names_client
from bidding.experts.models import Draw
from bidding.opening.client import open_package
from bidding.sealing.client import seal, withdraw
from bidding.sealing.keys import BidKey
from bidding.story.cast import PASSPHRASE, PASSWORD, tenderer
from bidding.story.centre import Centre
from bidding.story.experts import PARTIES, SPECIALTIES, pool_list
from bidding.story.play import closing
from bidding.verification.receipts import ReceiptFile
from bidding.verification.verify import Asked, verify
from tests import once
from tests.browser import picture
from tests.conftest import MONDAY, ROOT
from tests.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TITLE = "城南片区老旧小区排水管网改造工程施工"
PRICES = {1: "11,900,000.00", 2: "12,000,000.00", 3: "12,100,000.00"}


class Stage:
    """A served centre, and a browser for everybody."""

    def __init__(self, app, clock, centre, url, chromium, home):
        self.app, self.clock, self.centre, self.url, self.home = app, clock, centre, url, home
        self._chromium = chromium
        self._pages: dict[str, Page] = {}
        self._shots = home / "shots"
        self._count = 0

    def page(self, login: str = "") -> Page:
        """Somebody's browser; the first time they sign in by the page."""
        if login not in self._pages:
            context = self._chromium.new_context(base_url=self.url, locale="zh-CN", reduced_motion="reduce")
            page = context.new_page()
            page.set_default_timeout(15_000)
            if login:
                page.goto("/sign-in")
                page.fill("[name=login]", login)
                page.fill("[name=password]", PASSWORD)
                page.locator("main button[type=submit]").first.click()
                expect(page.locator(".sl-person")).to_be_visible()
            self._pages[login] = page
        return self._pages[login]

    def shot(self, page: Page, name: str) -> None:
        """Keep a picture to be looked at."""
        self._count += 1
        picture(page, self._shots / f"{self._count:02d}-{name}.png")

    def press(self, page: Page, form: str) -> None:
        """Send the form with this action, giving the password where it is asked for."""
        found = page.locator(f"form[action$='{form}']")
        password = found.locator("[name=step_up_password]")
        if password.count():
            password.fill(PASSWORD)
        found.locator("button[type=submit]").click()
        page.wait_for_load_state()
        if page.locator(".sl-errors").count():
            raise AssertionError(page.locator(".sl-errors").inner_text())

    def tick(self, time=None) -> None:
        """Let time go by on the server, and the witness ask. After long everybody has to sign in again."""
        if time is not None and not (isinstance(time, timedelta) and time < timedelta(minutes=1)):
            self._pages.clear()
        with self.app.app_context():
            if time is None:
                self.centre.tick()
            else:
                self.centre.wait(time)
            self.centre.cosign()
            db.session.remove()

    def fetch(self, page: Page, click) -> bytes:
        """The file that a click downloads."""
        with page.expect_download() as download:
            click()
        return Path(download.value.path()).read_bytes()


@pytest.fixture
def stage(tmp_path, chromium):
    """People, trustees, witness and three approved tenderers; nothing has been published yet."""
    clock = FakeClock(MONDAY)
    app = create_app(
        {
            "INSTANCE": str(tmp_path / "instance"),
            "SECRET_KEY": "story",
            "PASSWORD_MEMORY_KIB": 8,
            "PASSWORD_ROUNDS": 1,
            "REGION": "539921",
            "SECOND_FACTOR_DAYS": 0,  # weeks go by; what happens then is asked by tests of its own
        },
        clock=clock,
        entropy=ReplayEntropy(b"story"),
    )
    with app.app_context():
        once.hurry(db.engine)
        db.create_all()
        centre = Centre(app, clock, tmp_path / "people")
        centre.found()
        centre.register(range(1, 4), b"%PDF-1.4 a licence")
        db.session.remove()
    with serving(app) as url:
        yield Stage(app, clock, centre, url, chromium, tmp_path)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_the_whole_job_by_the_pages(stage):
    uid = publish(stage)
    keys = bid(stage, uid)
    open_box(stage, uid)
    draw = draw_experts(stage, uid)
    arrive(stage, uid, draw)
    award(stage, uid)
    check(stage, uid, keys)


def publish(stage) -> str:
    """The agency drafts, its second person publishes."""
    page = stage.page("zhou")
    page.goto("/projects/new?kind=works.open-tender.construction")
    for name, text in {
        "title": TITLE,
        "owner_name": "明川县城市更新中心",
        "summary": "新建雨水、污水管道 6.8 公里。",
        "qualification": "市政公用工程施工总承包三级及以上资质。",
        "award_method": "综合评估法。",
        "place": "明川县城南片区",
        "term": "165 日历天",
        "funding": "县级财政资金",
        "owner_address": "明川县滨河路 18 号",
        "owner_contact": "吴科长 0000-7654321",
        "agency_address": "明川县建设路 6 号三楼",
        "media": "中国招标投标公共服务平台、本中心网站",
        "contact": "周经办",
        "phone": "0000-1234567",
    }.items():
        page.fill(f"[name={name}]", text)
    page.select_option("[name=trade]", "A02")
    stage.shot(page, "draft")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(lambda url: "/projects/new" not in url)
    uid = page.url.rsplit("/", 1)[1]
    add_lot(stage, page, uid)
    weigh(stage, page, uid)
    add_file(stage, page, uid)
    set_dates(stage, page, uid)
    stage.press(page, f"/projects/{uid}/submit")
    stage.shot(page, "handed over")
    through_the_window(stage, page, uid)
    second = stage.page("wu")
    second.goto("/")
    expect(second.get_by_text(TITLE).first).to_be_visible()
    second.goto(f"/projects/{uid}/publish")
    stage.press(second, f"/projects/{uid}/publish")
    expect(second).to_have_url(f"{stage.url}/notices/{uid}")
    stage.shot(second, "notice")
    stage.tick()
    return uid


def through_the_window(stage, page, uid):
    """The agency answers the checklist and files; two of the window take the project on."""
    page.goto(f"/projects/{uid}")
    stage.press(page, f"/projects/{uid}/acceptance")
    expect(page.locator("h1")).to_have_text("申请受理的材料")
    case = page.url.rsplit("/", 2)[1]
    stage.press(page, f"/cases/{case}/materials/documents/draft")
    for line in ("approval", "plan", "funds", "mandate", "promise"):
        item = page.locator(f"#line-{line}")
        item.locator("summary").click()
        item.locator("[value=paper]").check()
        item.locator("form button[type=submit]").last.click()
        expect(page.locator(f"#line-{line}")).to_contain_text("有了")
    stage.shot(page, "materials")
    stage.press(page, f"/cases/{case}/file")
    window = stage.page("wang")
    window.goto("/")
    window.get_by_role("link", name="去办理").first.click()
    stage.press(window, f"/cases/{case}/accept")
    window.fill("[name=examine-words]", "材料齐全，与批准的内容一致。")
    stage.press(window, f"/cases/{case}/examine")
    other = stage.page("chen")
    other.goto(f"/cases/{case}")
    other.locator("[name=review-decision][value=granted]").check()
    stage.press(other, f"/cases/{case}/review")
    stage.press(other, f"/cases/{case}/close")
    expect(other.locator("main")).to_contain_text("已办结：同意进场交易")
    stage.shot(other, "closed case")


def add_lot(stage, page, uid):
    """A lot: first with a budget below the ceiling, which is refused beside the field."""
    page.goto(f"/projects/{uid}/lots")
    page.fill("[name=name]", "雨污分流主干管")
    page.fill("[name=budget_fen]", "1,000,000")
    page.fill("[name=ceiling_fen]", "12,864,000")
    page.locator("main form:has([name=budget_fen]) button[type=submit]").first.click()
    expect(page.locator(".sl-errors")).to_contain_text("预算")
    stage.shot(page, "budget below ceiling")
    expect(page.locator("[name=name]")).to_have_value("雨污分流主干管")
    page.fill("[name=budget_fen]", "13,200,000")
    page.locator("main form:has([name=budget_fen]) button[type=submit]").first.click()
    expect(page.locator("main")).to_contain_text("13,200,000.00")


def weigh(stage, page, uid):
    """The built-in table is copied, a row moved down and up again; a condition is written."""
    page.goto(f"/projects/{uid}/scoring")
    page.get_by_role("button", name="照抄").click()
    expect(page.locator("main")).to_contain_text("合计 100 分")
    stage.shot(page, "scoring table")
    page.locator("button[value=down-0]").click()
    expect(page.locator("[name=rows-1-item]")).to_have_value("投标报价")
    page.locator("button[value=up-1]").click()
    expect(page.locator("[name=rows-0-item]")).to_have_value("投标报价")
    page.goto(f"/projects/{uid}/qualification")
    page.fill("[name=rows-0-what]", "安全生产许可证有效")
    page.fill("[name=rows-0-proof]", "许可证副本")
    stage.shot(page, "conditions")
    page.get_by_role("button", name="保存").last.click()
    expect(page.locator("[name=rows-0-what]")).to_have_value("安全生产许可证有效")


def add_file(stage, page, uid):
    """A file that is published with the notice."""
    page.goto(f"/projects/{uid}/files")
    page.set_input_files("main [type=file]", ROOT / "pyproject.toml")
    page.locator("main form:has([type=file]) button[type=submit]").click()
    expect(page.locator("main table")).to_contain_text("pyproject.toml")


def set_dates(stage, page, uid):
    """A deadline: first one that the law forbids, with the article and the earliest day said."""
    page.goto(f"/projects/{uid}/dates")
    early = (stage.clock.now() + timedelta(days=9)).astimezone(SHANGHAI)
    page.fill("[name=closes_at]", early.strftime("%Y-%m-%dT14:30"))
    page.locator("main form:has([name=closes_at]) button[type=submit]").click()
    expect(page.locator(".sl-errors")).to_contain_text("招标投标法第24条")
    expect(page.locator(".sl-errors")).to_contain_text("最早合法日期")
    stage.shot(page, "deadline too short")
    page.fill("[name=closes_at]", closes_at(stage).strftime("%Y-%m-%dT%H:%M"))
    page.select_option("[name=opening_room]", index=1)
    page.check("[name=accepts]")
    page.locator("main form:has([name=closes_at]) button[type=submit]").click()
    page.wait_for_load_state()
    page.goto(f"/projects/{uid}/dates")
    expect(page.locator("section:has(#occupied) table")).to_contain_text("14:00–16:30")
    stage.shot(page, "dates with their room")
    page.goto(f"/projects/{uid}")


def closes_at(stage):
    return closing(MONDAY + timedelta(days=24)).astimezone(SHANGHAI)


def bid(stage, uid) -> dict[int, BidKey]:
    """Three tenderers fetch the tender file, seal at home and upload; one replaces, one sends rubbish first."""
    stage.tick(timedelta(days=20))
    keys = {}
    for number in (1, 2, 3):
        page = stage.page(f"t{number}")
        page.goto(f"/notices/{uid}/submit")
        tender = json.loads(
            stage.fetch(page, lambda page=page: page.locator("a[href$='tender.json']").first.click())
        )
        if number == 3:
            upload(stage, page, uid, stage.home / "not-sealed.bidseal", b"%PDF-1.7 plain")
            expect(page.locator(".sl-errors")).to_be_visible()
            stage.shot(page, "not sealed")
        made = sealed(stage, tender, number, PRICES[number])
        upload(stage, page, uid, made.package)
        expect(page.locator("h1")).to_have_text("已递交")
        keys[number] = made.key
    stage.shot(page, "receipt")
    page = stage.page("t1")
    again = sealed(stage, tender, 1, "11,800,000.00", replaces=keys[1])
    page.goto(f"/notices/{uid}/submit")
    upload(stage, page, uid, again.package)
    keys[1] = again.key
    receipt = stage.fetch(page, lambda: page.locator("a[href$='receipt.tlog-proof']").click())
    (stage.home / "t1.tlog-proof").write_bytes(receipt)
    withdraw_and_return(stage, uid, tender, keys)
    stage.tick()
    return keys


def withdraw_and_return(stage, uid, tender, keys):
    """The third withdraws with the bid's own key, and bids anew."""
    page = stage.page("t3")
    page.goto("/bids")
    page.locator("main table a").first.click()
    page.locator("a[href$='/withdraw']").click()
    proof = stage.home / "withdrawal.json"
    proof.write_bytes(dumps(withdraw(keys[3])))
    page.set_input_files("[name=withdrawal]", proof)
    if page.locator("[name=step_up_password]").count():
        page.fill("[name=step_up_password]", PASSWORD)
    page.locator("main form button[type=submit]").click()
    expect(page.locator("h1")).to_have_text("已撤回")
    stage.shot(page, "withdrawn")
    made = sealed(stage, tender, 3, "12,050,000.00")
    page.goto(f"/notices/{uid}/submit")
    upload(stage, page, uid, made.package)
    expect(page.locator("h1")).to_have_text("已递交")
    keys[3] = made.key


def sealed(stage, tender, number, price, replaces=None):
    """A package, sealed by the tenderer's client on the tenderer's machine."""
    unit, _ = tenderer(number)
    count = len(list(stage.home.glob("*.bidseal")))
    return seal(
        tender,
        lot="1",
        tenderer=(unit.name, unit.uscc),
        offer={"price_fen": price, "days": "160", "quality": "合格", "lead": "李某", "validity_days": "90"},
        files=[("other", ROOT / "pyproject.toml")],
        out=stage.home / f"t{number}-{count}.bidseal",
        entropy=stage.app.extensions["world"].entropy,
        replaces=replaces,
    )


def upload(stage, page, uid, path, data=None):
    """Send a package by the page's form."""
    if data is not None:
        path.write_bytes(data)
    page.set_input_files("[name=package]", path)
    stage_password = page.locator("main [name=step_up_password]")
    if stage_password.count():
        stage_password.fill(PASSWORD)
    page.locator(f"form[action$='/notices/{uid}/submit'] button[type=submit]").click()
    page.wait_for_load_state()


def open_box(stage, uid):
    """The gate closes by itself; three of five trustees hand their shares in; everybody watches."""
    public = stage.page()
    public.goto(f"/hall/{uid}")
    expect(public.locator("main")).to_contain_text("箱子封着")
    stage.shot(public, "hall before")
    stage.tick(closes_at(stage))
    stage.tick(timedelta(seconds=2))
    page = stage.page("sun")
    for name in ("reform", "finance", "notary"):
        page.goto(f"/hall/{uid}")
        package = stage.fetch(page, lambda: let_package_out(page))
        batches = open_package(
            package,
            seed=stage.centre.trustees[name].seed,
            stage=1,
            now=stage.clock.now(),
            entropy=stage.app.extensions["world"].entropy,
        )
        for place, batch in enumerate(batches):
            path = stage.home / f"{name}-{place}.json"
            path.write_bytes(dumps(batch.value))
            page.goto(f"/hall/{uid}")
            page.set_input_files("[name=batch]", path)
            stage.press(page, "/shares")
        stage.tick(timedelta(seconds=20))
    public.reload()
    expect(public.locator("table.sl-bids tbody th")).to_have_count(3)
    expect(public.locator("table.sl-bids")).to_contain_text("11,800,000.00")
    stage.shot(public, "hall opened")


def let_package_out(page):
    form = page.locator("form[action$='/package']")
    password = form.locator("[name=step_up_password]")
    if password.count():
        password.fill(PASSWORD)
    form.locator("button").click()


def draw_experts(stage, uid):
    """The pool is brought as a list; request, order, contributions and calls go through the hands of all."""
    bring_pool(stage)
    page = stage.page("zhou")
    page.goto(f"/projects/{uid}/draw")
    stage.shot(page, "request a draw")
    evaluation = (stage.clock.now() + timedelta(days=1)).astimezone(SHANGHAI).replace(hour=9, minute=0)
    for name, text in {
        "members": "5",
        "evaluation_at": evaluation.strftime("%Y-%m-%dT%H:%M"),
        "place": "评标二室",
        **{f"places-{n}-need": need for n, need in enumerate("211")},
        # two decline, and chance draws people twice or two of a unit: with two in reserve a list was now and then used up
        **{f"places-{n}-backups": "6" for n in range(3)},
    }.items():
        page.fill(f"[name={name}]", text)
    for n, (code, _) in enumerate(SPECIALTIES):
        page.select_option(f"[name=places-{n}-specialty]", code)
    page.check("[name=notes]")
    give_password(page)
    page.locator("main form:has([name=members]) button[type=submit]").click()
    page.wait_for_url("**/draws/*")
    draw = page.url.rsplit("/", 1)[1]
    act(stage, "wang", draw, "freeze")
    supervisor = stage.centre.trustees["reform"]
    listed = names_client.open_list(file_of(stage, "sun", draw, "list.json"), supervisor)
    hand_in(stage, "sun", draw, "order", draws.sign_order(draws.read_order_file(listed), supervisor))
    secrets = contribute(stage, draw)
    act(stage, "wang", draw, "close")
    stage.tick()
    for party, who in PARTIES[:2]:  # the centre does not reveal
        closed = draws.read_closed_file(file_of(stage, who, draw, "closed.json"))
        hand_in(stage, who, draw, "reveal", draws.reveal(closed, secrets[party]))
    for trustee in ("reform", "finance", "notary"):
        asked = draws.read_share_file(file_of(stage, "sun", draw, "parties/centre.json"))
        made = draws.make_party_share(asked, stage.centre.trustees[trustee], entropy_of(stage))
        hand_in(stage, "sun", draw, "share", made)
    call_experts(stage, draw)
    watch(stage, draw)
    return draw


def bring_pool(stage):
    """Specialties, and a list that is looked at before anybody enters the pool by it."""
    page = stage.page("wang")
    for code, name in SPECIALTIES:
        page.goto("/experts/specialties")
        form = page.locator("main form:has([name=code])")
        form.locator("[name=code]").fill(code)
        form.locator("[name=name]").fill(name)
        form.locator("button[type=submit]").click()
        page.wait_for_load_state()
    page.goto("/experts/imports")
    page.set_input_files("main [name=file]", pool_list(stage.home / "experts.csv", 60))
    page.locator("main form:has([name=file]) button[type=submit]").click()
    page.wait_for_load_state()
    stage.shot(page, "list of experts")
    give_password(page)
    page.locator("main form[method=post] button[type=submit]").first.click()
    page.wait_for_load_state()
    page.goto("/experts")
    expect(page.locator("main")).to_contain_text("专家001")


def entropy_of(stage):
    return stage.app.extensions["world"].entropy


def give_password(page):
    """Repeat the password where a binding act asks for it."""
    found = page.locator("main [name=step_up_password]")
    if found.count():
        found.first.fill(PASSWORD)


def act(stage, login, draw, name):
    """One of the draw's binding acts."""
    page = stage.page(login)
    page.goto(f"/draws/{draw}")
    stage.press(page, f"/draws/{draw}/{name}")


def file_of(stage, login, draw, name):
    """A file that the draw's page gives, as its client reads it."""
    page = stage.page(login)
    page.goto(f"/draws/{draw}")
    link = page.locator(f"a[href$='/draws/{draw}/{name}']").first
    if not link.is_visible():
        page.locator("main details:not([open])", has=link).locator("> summary").click()
    return loads(stage.fetch(page, link.click))


def hand_in(stage, login, draw, name, value):
    """Upload what a client wrote."""
    path = stage.home / f"{name}-{len(list(stage.home.iterdir()))}.json"
    path.write_bytes(dumps(value))
    page = stage.page(login)
    page.goto(f"/draws/{draw}")
    form = page.locator(f"form[action$='/draws/{draw}/{name}']")
    if not form.is_visible():
        page.locator("main details:not([open])", has=form).locator("> summary").click()
    form.locator("[name=file]").set_input_files(path)
    stage.press(page, f"/draws/{draw}/{name}")


def contribute(stage, draw):
    """Supervisor, agency and administrator each seal a number of their own."""
    secrets = {}
    for party, who in PARTIES:
        file = draws.read_deal_file(file_of(stage, who, draw, "order.json"))
        deal, secrets[party] = draws.make_deal(
            file, key=stage.centre.trustees[party], entropy=entropy_of(stage)
        )
        hand_in(stage, who, draw, "deal", deal)
    stage.shot(stage.page("wang"), "contributions")
    return secrets


def call_experts(stage, draw):
    """Call one after the other until every place is taken; the first two decline. Names are opened in the page, by two."""
    give_halves(stage, draw)
    page = stage.page("wang")
    page.goto(f"/draws/{draw}")
    unlock(stage, page, "centre")
    declines = 2
    for _ in range(24):
        passed_over = page.locator("button[name=outcome][value=skip]")
        shown = page.locator(f"form[action$='/draws/{draw}/show']")
        if passed_over.count():  # whom the draw puts there twice is chance
            with page.expect_response("**/answer"):
                passed_over.first.click()
        elif shown.count():
            shown.first.locator("button").click()
            page.wait_for_selector("[data-names-do=call] dl")
            assert page.locator("main .btn-primary:visible").count() == 1
            assert page.evaluate(
                "document.activeElement !== document.body"
            )  # the keyboard is not lost with the button
            form = page.locator(f"form[action$='/draws/{draw}/answer']:has([type=radio])").first
            form.locator(f"[name=outcome][value^={'decline' if declines else 'accept'}]").first.check()
            declines = max(declines - 1, 0)
            form.locator("button[type=submit]").click()
            page.wait_for_selector("[data-names-do=call] dl", state="detached")
        elif page.get_by_text("等监督在本页交出半把钥匙").count():  # a reserve's turn
            give_halves(stage, draw)
            page.goto(f"/draws/{draw}")
            unlock(stage, page, "centre")
        else:
            break
    stage.shot(page, "calls")
    page.goto(f"/draws/{draw}")
    assert page.locator(f"form[action$='/draws/{draw}/show']").count() == 0
    stage.tick()


def watch(stage, draw):
    """Whoever wants to sees the draw on a screen: numbers, and nobody's name."""
    page = stage.page("zhou")
    page.goto(f"/draws/{draw}")
    address = page.locator("a[href$='/screen']").get_attribute("href")
    public = stage.page()
    public.goto(address)
    expect(public.locator("body")).to_contain_text("已确认 4 人，共需 4 人")
    expect(public.locator("body")).to_contain_text("婉拒")
    assert "专家0" not in public.content()
    stage.shot(public, "screen of the draw")
    public.goto("/")


def arrive(stage, uid, draw):
    """Names are let into the room; its page signs everybody in, and the draw is replayed for whoever doubts it."""
    page = stage.page("zhou")
    page.goto(f"/projects/{uid}/committee")
    form = page.locator("form[action$='/committee/members']")
    for name, text in {"name": "方圆", "unit": "明川县住房和城乡建设局", "phone_end": "1234"}.items():
        form.locator(f"[name={name}]").fill(text)
    form.locator("button[type=submit]").click()
    page = stage.page("sun")
    page.goto(f"/projects/{uid}/committee")
    page.click("form[action$='/confirm'] button")
    act(stage, "sun", draw, "countersign")
    with stage.app.app_context():
        evaluation = db.session.scalar(select(Draw.evaluation_at).where(Draw.uid == draw))
        db.session.remove()
    stage.tick(evaluation)
    page = stage.page("wang")
    page.goto(f"/draws/{draw}")
    unlock(stage, page, "centre")
    page.click("[data-names-do=release] button")
    asked = page.locator("form[action$='/release'] [name=step_up_password]")
    if asked.count():
        asked.fill(PASSWORD)
        asked.press("Enter")
    page.wait_for_selector("#names")
    stage.shot(page, "released to the room")
    page.goto(f"/projects/{uid}/committee")
    stage.press(page, f"/projects/{uid}/committee/room")
    room = page.url
    kiosk = stage.page()
    for name, digits in [("方圆", "1234"), *numbers_of(stage)]:
        kiosk.goto(room)
        kiosk.fill("[name=name]", name)
        kiosk.fill("[name=phone_end]", digits)
        kiosk.click("main button[type=submit]")
        kiosk.check("[name=accepts]")
        kiosk.check("[name=declared][value=none]")
        kiosk.click("main button[type=submit]")
        expect(kiosk.locator("main")).to_contain_text("签到成功")
    page.goto(f"/projects/{uid}/committee")
    page.select_option("[name=chair]", index=1)
    stage.press(page, f"/projects/{uid}/committee/chair")
    expect(page.locator("main")).to_contain_text("5 / 5 人")
    stage.shot(page, "committee")
    replay(stage, uid)


def replay(stage, uid):
    """Anybody sees again how the places were drawn."""
    public = stage.page()
    proof = stage.home / "draw.zip"
    proof.write_bytes(public.request.get(f"/projects/{uid}/draw.zip").body())
    public.goto("/verify/replay")
    public.set_input_files("#replay-file", proof)
    public.click("form button[type=submit]")
    expect(public.locator("#replay-answer > h2")).to_contain_text("没有发现问题", timeout=20_000)
    expect(public.locator(".rp-counter")).to_contain_text("第 1 步")
    stage.shot(public, "replay")
    public.goto("/")


def numbers_of(stage):
    """Names and last digits of everybody who is seated by the draw."""
    with stage.app.app_context():
        rows = db.session.scalars(select(Member).where(Member.source == Source.DRAWN)).all()
        found = [(one.name, one.phone_end) for one in rows]
        db.session.remove()
    return found


def give_halves(stage, draw):
    """The supervisor agrees to whoever is to be called, with the key of their own seat."""
    page = stage.page("sun")
    page.goto(f"/draws/{draw}")
    unlock(stage, page, "reform")
    page.click("[data-names-do=halves] button")
    asked = page.locator(f"form[action$='/draws/{draw}/halves'] [name=step_up_password]")
    if asked.count():
        asked.fill(PASSWORD)
        asked.press("Enter")
    page.wait_for_selector("[data-names-do=halves]", state="detached")


def unlock(stage, page, name):
    """A trustee's key in the page's memory; no page after this one has it."""
    page.set_input_files("#names-key-file", stage.centre.folder / "trustees" / f"trustee-{name}.age")
    page.fill("#names-key-word", PASSPHRASE)
    page.click("[data-names-key] [type=submit]")
    page.wait_for_selector("[data-names-open]:not([hidden])")


def publicise(stage, uid):
    """One of the agency writes the candidates down, another publishes them, and their three days go by."""
    page = stage.page("zhou")
    page.goto(f"/projects/{uid}/award")
    page.get_by_role("link", name="公示中标候选人").click()
    page.locator("#bid_1").select_option(index=_index(page, "岚岳"))
    page.fill("#fit_1", "市政公用工程施工总承包二级，同类业绩两项。")
    page.fill("#summary", "投标全部通过初步评审，按综合评估法推荐。")
    page.fill("#reported_on", f"{stage.clock.now().astimezone(SHANGHAI):%Y-%m-%d}")
    page.fill("#finance_name", "明川县住房和城乡建设局")
    page.fill("#finance_address", "明川县滨河路 20 号")
    page.fill("#finance_contact", "康科长 0000-7654350")
    for name in ("owner_address", "owner_contact", "agency_address", "contact", "phone"):
        if not page.input_value(f"#{name}"):
            page.fill(f"#{name}", "见公告")
    stage.shot(page, "candidates")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/announcing/*")
    work = urlsplit(page.url).path
    page.get_by_role("button", name="提交复核").click()
    page.wait_for_load_state()
    second = stage.page("wu")
    second.goto(work)
    if second.locator("[name=step_up_password]").count():
        second.locator("[name=step_up_password]").first.fill(PASSWORD)
    second.get_by_role("button", name="发布中标候选人公示").click()
    second.wait_for_url("**/announcements/*")
    expect(second.locator("main")).to_contain_text("11,800,000.00")
    stage.shot(second, "candidates published")
    stage.tick(timedelta(days=5))


def _index(page, name):
    """Which choice of the first rank is of whoever has this in the name."""
    said = page.locator("#bid_1 option").all_inner_texts()
    return next(place for place, text in enumerate(said) if name in text)


def award(stage, uid):
    """One of the agency puts the result down, another makes it final; the public sees it and the saving."""
    stage.tick(timedelta(days=1))
    publicise(stage, uid)
    page = stage.page("zhou")
    page.goto(f"/projects/{uid}/award/1")
    stage.shot(page, "award")
    page.locator("main label", has_text="岚岳").first.click()
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()
    second = stage.page("wu")
    second.goto(f"/projects/{uid}/award/1/confirm")
    if second.locator("[name=step_up_password]").count():
        second.fill("[name=step_up_password]", PASSWORD)
    second.locator("main form button[type=submit]").first.click()
    second.wait_for_load_state()
    stage.shot(second, "award confirmed")
    public = stage.page()
    public.goto(f"/notices/{uid}/award")
    expect(public.locator("main")).to_contain_text("11,800,000.00")
    public.goto("/savings")
    expect(public.locator("main")).to_contain_text("8.27")
    stage.shot(public, "savings")


def check(stage, uid, keys):
    """Anybody downloads the bundle and verifies it, with a tenderer's receipt."""
    stage.tick()
    public = stage.page()
    public.goto(f"/hall/{uid}")
    bundle = stage.home / "opening.zip"
    bundle.write_bytes(stage.fetch(public, lambda: public.locator("a[href$='opening.zip']").click()))
    public.goto(f"/notices/{uid}")
    anchor = "".join(public.locator("#anchor").inner_text().split())
    receipt = ReceiptFile("t1", (stage.home / "t1.tlog-proof").read_text("utf-8"))
    report = verify(bundle, Asked([receipt], panel=anchor))
    assert [finding.to_json() for finding in report.refusals] == []
    assert {sheet.bid for sheet in report.sheets} == {key.bid for key in keys.values()}
