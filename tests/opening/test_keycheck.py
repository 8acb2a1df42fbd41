"""Who can open what opens soon, and whose keys were tried for it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from bidding.core.clock import SHANGHAI
from bidding.core.workdays import OfficialCalendar
from bidding.db import db
from bidding.opening import rules
from bidding.opening.keycheck import Trust, held_by, key_checks
from bidding.sealing import queries as trustees
from bidding.sealing import service as sealing
from bidding.story.centre import Centre
from tests.people import sign_in


@pytest.fixture
def checks(app, clock):
    def _checks(**given):
        db.session.rollback()
        return key_checks(db.session, clock.now(), **given)

    return _checks


def uid_of(centre: Centre, name: str) -> str:
    return centre.trustee_uids[list(centre.trustees).index(name)]


def drill(centre: Centre, name: str) -> None:
    """Have a trustee's key tried."""
    centre.drill(uid_of(centre, name), centre.trustees[name])


def retire(centre: Centre, name: str) -> str:
    uid = uid_of(centre, name)
    with centre.act("wang") as tx:
        sealing.retire_trustee(tx, uid, reason="优盘丢失", keys=centre.app.extensions["log_keys"])
    return uid


@pytest.mark.parametrize(
    ("opens", "eve"),
    [
        ("2026-12-02 09:00", "2026-12-01"),  # Wednesday
        ("2026-11-30 09:00", "2026-11-27"),  # Monday: the Friday before
        ("2026-12-02 00:00", "2026-12-01"),
        ("2027-01-04 09:00", "2026-12-31"),  # after New Year's Day and a weekend
    ],
)
def test_the_eve_is_the_working_day_before(opens, eve):
    at = datetime.fromisoformat(opens).replace(tzinfo=SHANGHAI)
    found = rules.eve(at, OfficialCalendar({}))
    assert found.astimezone(SHANGHAI).date() == date.fromisoformat(eve)
    assert found.astimezone(SHANGHAI).hour == 0


def test_a_coming_opening_shows_its_panel_and_who_is_left_to_try(tender, centre, clock, checks):
    (check,) = checks()
    assert (check.project.uid, check.needed, check.able, check.short) == (tender.uid, 3, 5, False)
    assert {key.trust for key in check.keys} == {Trust.GOOD}
    clock.set(check.since)
    (check,) = checks()
    assert {key.trust for key in check.keys} == {Trust.DUE}
    clock.set(check.since + timedelta(hours=9))
    drill(centre, "finance")
    (check,) = checks()
    assert [key.role for key in check.keys if key.trust is Trust.TRIED] == ["finance"]
    assert "finance" not in {standing.trustee.role for standing in check.untried()}


def test_what_opens_later_or_was_opened_is_not_listed(tender, checks, clock):
    assert checks(until=tender.closes_at - timedelta(seconds=1)) == []
    assert len(checks(until=tender.closes_at)) == 1


def test_an_opened_box_asks_for_no_key(opened, checks):
    assert checks() == []


def test_where_every_lot_failed_no_key_is_asked_for(tender, checks):
    tender.close()
    assert checks() == []


def test_lapsed_drills_and_lost_keys_count_as_unable_and_what_is_left_is_said(
    tender, centre, clock, checks, app
):
    uid = retire(centre, "notary")
    (check,) = checks()
    assert check.able == 4
    db.session.rollback()
    lost = trustees.trustee(db.session, uid)
    (held,) = held_by(db.session, lost, clock.now())
    assert held.without(lost) == 4
    other = trustees.trustee(db.session, centre.trustee_uids[0])
    (held,) = held_by(db.session, other, clock.now())
    assert held.without(other) == 3
    db.session.rollback()
    clock.set(tender.closes_at - timedelta(hours=1))
    (check,) = checks()
    assert check.able == 4
    clock.advance(timedelta(days=40))
    (check,) = checks()
    assert (check.able, check.short) == (0, True)


def test_the_board_is_everybodys_and_says_it_in_words(client, tender, centre):
    page = client.get("/opening/keys").text
    assert "开得了：要 3 位，眼下 5 位可用" in page
    assert page.count("能开箱</span>") == 5
    for name in ("notary", "finance"):
        retire(centre, name)
    assert "刚够：要 3 位，眼下 3 位可用，一位也不能缺" in client.get("/opening/keys").text
    retire(centre, "reform")
    page = client.get("/opening/keys").text
    assert "开不了：要 3 位，眼下 2 位可用" in page
    assert "没有把握：演练过期或已停用" in page


def test_whoever_retires_a_key_sees_what_can_still_be_opened(app, client, tender, centre):
    uid = uid_of(centre, "finance")
    page = sign_in(app, "wang").get(f"/trustees/{uid}/retire").text
    assert "开得了：要 3 位，其余有 4 位可用" in page
    for name in ("notary", "reform"):
        retire(centre, name)
    page = sign_in(app, "wang").get(f"/trustees/{uid}/retire").text
    assert "开不了：要 3 位，其余只有 2 位可用" in page
    assert "密钥还在的，不要停用" in page
