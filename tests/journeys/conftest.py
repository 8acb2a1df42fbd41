"""A real browser before a real server, both of this machine.

``site`` serves a centre in which one tender has been awarded, another is closing soon, and a tenderer waits at the
window. ``browser_page(login, lang, width)`` is a page of somebody's own browser, signed in without a password.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import current_app
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from bidding import create_app
from bidding.core.clock import FakeClock
from bidding.core.entropy import ReplayEntropy
from bidding.db import db
from bidding.i18n.catalog import COOKIE
from bidding.identity import service as identity
from bidding.identity.models import Account, Organisation, OrganisationKind
from bidding.identity.service import Paper
from bidding.portal.shell import LOOK_COOKIE
from bidding.reporting.vocabulary import HEADERS, STANDINGS
from bidding.story.centre import Centre
from bidding.story.play import FACTS, Tender, Told
from bidding.tenders.kinds import Envelopes
from tests import once
from tests.conftest import MONDAY, ROOT
from tests.people import sign_in, uscc
from tests.serving import serving

HEIGHT = 800
#: A tenderer whose papers wait at the window.
NEWCOMER = "t4"
#: Somebody of every role; the centre's cast is ``bidding.story.cast``.
ROLES = {"administrator": "wang", "agency": "zhou", "supervisor": "sun", "tenderer": "t1"}


@dataclass(eq=False)
class Site:
    """A served app and what stands in it."""

    app: object
    url: str
    clock: FakeClock
    centre: Centre
    uids: dict[str, str] = field(default_factory=dict)
    data: tuple[str, ...] = ()


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The served centre, one for all journeys that change nothing."""
    home = tmp_path_factory.mktemp("site")
    clock = FakeClock(MONDAY)
    app = create_app(
        {
            "INSTANCE": str(home),
            "SQLALCHEMY_DATABASE_URI": f"sqlite:///{home}/site.db",
            "SECRET_KEY": "journeys",
            "TESTING": True,
            "PROPAGATE_EXCEPTIONS": False,  # a broken page is one line of the report, not the end of it
            "CLOCKWORK": False,
            "PASSWORD_MEMORY_KIB": 8,
            "PASSWORD_ROUNDS": 1,
            "SEND_FILE_MAX_AGE_DEFAULT": 3600,  # the browser need not ask for the same sheet on every page
            "HOTLINE": "0000-1234567",
            "CENTRE_NAME": "明川县公共资源交易中心",
        },
        clock=clock,
        entropy=ReplayEntropy(b"journeys"),
    )
    with app.app_context():
        once.hurry(db.engine)
        db.create_all()
        centre = Centre(app, clock, home / "people")
        uids = _stage(centre, home)
        data = _chinese_data()
        db.session.remove()
    with serving(app) as url:
        yield Site(app, url, clock, centre, uids, data)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _stage(centre: Centre, home: Path) -> dict[str, str]:
    centre.found()
    centre.register(range(1, 4), b"%PDF-1.4 a licence")
    attachment = home / "technical.txt"
    attachment.write_text("施工组织设计\n" * 100, "utf-8")
    whole, running = Tender(centre, home / "whole", Told()), Tender(centre, home / "running", Told())
    two = Tender(centre, home / "two", Told(), facts=replace(FACTS, envelopes=Envelopes.TWO))
    for tender in (whole, running):
        tender.publish([ROOT / "pyproject.toml"])
        centre.wait(timedelta(days=10))
        centre.cosign()
    two.publish()
    for number in (1, 2, 3):
        sealed = whole.seal(number, [attachment], price_fen=1_200_000_000 + number * 100)
        whole.submit(number, sealed)
        centre.wait(timedelta(minutes=5))
    whole.close()
    whole.open(["reform", "finance", "notary"])
    whole.award()
    running.submit(1, running.seal(1, [attachment], price_fen=1_100_000_000))
    _newcomer(centre)
    session = db.session()
    return {
        "awarded": whole.uid,
        "running": running.uid,
        "two": two.uid,
        "waiting": session.scalar(select(Organisation.uid).where(Organisation.name.contains("候审"))),
        "account": session.scalar(select(Account.uid).where(Account.login == "zhou")),
    }


def _newcomer(centre: Centre) -> None:
    """A tenderer whose papers wait at the window."""
    paper = Paper(centre.blobs.put(b"%PDF-1.4 a licence"), "营业执照.pdf")
    with centre.act() as tx:
        identity.register_tenderer(
            tx,
            name="候审园林有限公司",
            uscc=uscc("91539921MA6KQ7X9F"),
            contact="候先生",
            phone="0000-7654321",
            login=NEWCOMER,
            password_hash="",
        )
    with centre.act(NEWCOMER) as tx:
        identity.file_papers(tx, licence=paper, authorisation=paper, contact="候先生", phone="0000-7654321")
    with centre.act("wang") as tx:
        identity.add_organisation(
            tx, kind=OrganisationKind.OTHER, name="明川县建筑设计院", uscc=uscc("91539921MB1A00006")
        )


def _chinese_data() -> tuple[str, ...]:
    """Every Chinese text of the database and the settings, the longest first: data, which nobody translates."""
    found: set[str] = set()
    for table in db.metadata.sorted_tables:
        for row in db.session.execute(select(table)):
            found.update(line for value in row if isinstance(value, str) for line in value.splitlines())
    for words in (HEADERS, STANDINGS):  # what stands in the files that are imported
        found.update(word for each in words.values() for word in each)
    found.update(setting for setting in current_app.config.values() if isinstance(setting, str))
    return tuple(sorted((text for text in found if not text.isascii()), key=len, reverse=True))


@pytest.fixture
def browser_page(site, chromium: Browser):
    """``browser_page("t1", "en", 360)``: a page of a browser of t1's; ``page.problems`` is what its console says."""
    opened = []

    def _page(login: str | None = None, lang: str = "zh-Hans", width: int = 1280, look: str = "") -> Page:
        context = chromium.new_context(
            base_url=site.url,
            viewport={"width": width, "height": HEIGHT},
            locale="zh-CN" if lang == "zh-Hans" else "en-GB",
            reduced_motion="reduce",
        )
        opened.append(context)
        cookies = {COOKIE: lang, LOOK_COOKIE: look}
        if login is not None:
            name = site.app.config["SIGN_IN_COOKIE"]
            cookies[name] = sign_in(site.app, login).get_cookie(name).value
        context.add_cookies(
            [{"name": name, "value": value, "url": site.url} for name, value in cookies.items() if value]
        )
        return context.new_page()

    yield _page
    for context in opened:
        context.close()


@pytest.fixture(scope="session")
def shots(tmp_path_factory):
    """The folder that screenshots go to."""
    return tmp_path_factory.mktemp("shots")
