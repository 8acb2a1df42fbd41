"""Several people at one job, each in a browser of their own: what they press, and what is asked of the pages they see."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from bidding.core.clock import SHANGHAI
from bidding.db import db
from bidding.story.cast import PASSWORD
from bidding.story.play import FACTS, Tender, Told, closing
from tests.conftest import ROOT
from tests.journeys import conftest
from tests.journeys.test_look import Visit


class Walk(Visit):
    """One person's pages; ``problems`` is what was wrong with those that were looked at."""

    @property
    def text(self):
        """What the page says, without what is around it."""
        return self.page.locator("main").inner_text()

    def press(self, form):
        """Send the form with this action, giving the password where it is asked for."""
        found = self.page.locator(f"main form[action$='{form}']")
        password = found.locator("[name$=step_up_password]")
        if password.count():
            password.fill(PASSWORD)
        self.sent(found.locator("button[type=submit]").first)

    def sent(self, button):
        """Press a button that leads to another page, where nothing is refused."""
        with self.page.expect_navigation():
            button.click()
        refused = self.page.locator(".sl-errors")
        assert refused.count() == 0, refused.inner_text()

    def fill(self, fields):
        """Fill what is to be typed, by the names of the fields."""
        for name, text in fields.items():
            self.page.fill(f"main [name={name}]", text)

    def look(self, name):
        """The page that is open has no barrier, and is no wider than the screen of a telephone."""
        self.at = name
        self.is_accessible()
        self.fits(pictures=True)


def sound(*walks):
    """Nobody saw a barrier, a page too wide, or a word in the console."""
    problems = [each for walk in walks for each in walk.problems]
    assert not problems, "\n".join(problems)


def in_english(walk, *addresses):
    """These pages are whole in English, on the screen of a telephone too."""
    with walk.site.app.app_context():
        typed = (
            conftest._chinese_data()
        )  # it is nobody's to translate, nor are its clauses in a table of differences
        clauses = {clause for text in typed for clause in re.split(r"(?<=[、，。])", text) if len(clause) > 3}
        walk.site.data = (*typed, *sorted(clauses, key=len, reverse=True))
        db.session.remove()
    for address in addresses:
        walk.go(address)
        walk.is_in_english()
        walk.fits(pictures=True)


def instant(site, days):
    """A working hour some days from now, as a field takes it."""
    return closing(site.clock.now() + timedelta(days=days)).astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")


def published(site, folder, **facts):
    """A works tender that is out since today, set up through the services; its uid."""
    with site.app.app_context():
        uid = Tender(site.centre, folder, Told(), facts=replace(FACTS, **facts)).publish()
        site.data = conftest._chinese_data()
        db.session.remove()
    return uid


def drafts(walk, kind, facts, lot):
    """A draft with its facts, one lot, a file and a deadline far enough away; its uid."""
    page = walk.page
    page.goto(f"/projects/new?kind={kind}")
    walk.fill(facts)
    walk.sent(page.locator("main form button[type=submit]").first)
    uid = page.url.rsplit("/", 1)[1]
    page.goto(f"/projects/{uid}/lots")
    walk.fill(lot)
    walk.sent(page.locator("main form:has([name=budget_fen]) button[type=submit]").first)
    page.goto(f"/projects/{uid}/files")
    page.set_input_files("main [type=file]", ROOT / "pyproject.toml")
    walk.sent(page.locator("main form:has([type=file]) button[type=submit]"))
    page.goto(f"/projects/{uid}/dates")
    page.fill("[name=closes_at]", instant(walk.site, 30))
    walk.sent(page.locator("main #dates .btn-primary"))
    return uid


def files_at_window(walk, project, on_paper):
    """Open the case, let the draft answer the line of the documents, say the rest on paper, and file; the case's uid."""
    page = walk.page
    page.goto(f"/projects/{project}")
    walk.press(f"/projects/{project}/acceptance")
    case = page.url.rsplit("/", 2)[1]
    walk.press(f"/cases/{case}/materials/documents/draft")
    for line in on_paper:
        item = page.locator(f"#line-{line}")
        item.locator("summary").click()
        item.locator("[value=paper]").check()
        walk.sent(item.locator("form button[type=submit]").last)
    walk.look("materials")
    walk.press(f"/cases/{case}/file")
    return case


def takes_on(first, second, case):
    """One of the window accepts and examines, another reviews and closes."""
    first.page.goto(f"/cases/{case}")
    first.look("case")
    first.press(f"/cases/{case}/accept")
    first.page.fill("[name=examine-words]", "材料齐全，与批准的内容一致。")
    first.press(f"/cases/{case}/examine")
    assert "等另一位同事审核" in first.text
    second.page.goto(f"/cases/{case}")
    second.page.check("[name=review-decision][value=granted]")
    second.press(f"/cases/{case}/review")
    second.press(f"/cases/{case}/close")
    assert "已办结：同意进场交易" in second.text
    second.look("closed-case")
