"""The pages of bids on paper in a real browser, by keys alone: the window, the hall, the laptop's page."""

from __future__ import annotations

import pytest

from bidding.db import db
from bidding.story.cast import tenderer
from tests.bags import TYPED, bring, publish
from tests.people import sign_in

pytestmark = pytest.mark.browser


def reach(page, selector):
    """Tab forward from where the focus is until it stands on what is meant."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("(it) => document.activeElement.matches(it)", selector):
            return
    raise AssertionError(f"Tab does not reach {selector}")


def fill(page, fields):
    for name, value in fields.items():
        reach(page, f"main [name={name}]")
        page.keyboard.type(value)


def send(page):
    reach(page, "main form .btn-primary, main form button[type=submit]")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_bag_goes_from_the_window_into_the_hall_by_keys_alone(centre, tmp_path, app, seen):
    desk = publish(centre, tmp_path / "tender")
    for number in (1, 2):
        bring(desk, number)
    window = seen(sign_in(app, "wang"))
    window.go(f"/notices/{desk.uid}/bags")
    fill(window.page, {"uscc": tenderer(3)[0].uscc, "deliverer": "送件人"})
    reach(window.page, "main [name=sealing]")
    window.page.keyboard.press("Space")
    send(window.page)
    assert window.page.locator("[id^=bag-]").count() == 3
    window.at_its_best()
    db.session.rollback()
    desk.close()
    laptop = seen(sign_in(app, "sun"))
    laptop.go(f"/opening/{desk.uid}/offline")
    laptop.at_its_best()
    desk.open(["reform", "finance", "notary"])
    hall = seen(sign_in(app, "zhou"))
    hall.go(f"/opening/{desk.uid}/bags")
    hall.is_accessible()
    reach(hall.page, "main .sl-row a")
    with hall.page.expect_navigation():
        hall.page.keyboard.press("Enter")
    hall.at_its_best()
    fill(hall.page, TYPED)
    send(hall.page)
    assert hall.page.get_by_text("您已录入，等另一人录入").count() == 1
    assert not window.problems + laptop.problems + hall.problems
