"""Reminders: at their time, to those concerned, once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bidding.core.workdays import OfficialCalendar
from bidding.opening.rules import eve
from bidding.sealing import queries as trustees
from bidding.sealing import service as sealing
from bidding.submissions.models import Upload
from bidding.telling import jobs
from bidding.telling.models import Reminder
from bidding.tenders import service as tenders
from bidding.tenders.models import Project

DAY = timedelta(days=1)


@pytest.fixture
def remind(world):
    return lambda: jobs.remind(world, leaves=True)


def follow(tender, login):
    with tender.centre.act(login) as tx:
        tenders.follow(tx, tender.uid)


def test_followers_are_told_a_day_before_the_deadline_and_once(tender, clock, remind, everybody):
    follow(tender, "t2")
    clock.set(tender.closes_at - DAY - timedelta(microseconds=1))
    remind()
    assert not any(found["deadline-near"] for found in everybody().values())
    clock.set(tender.closes_at - DAY)
    remind()
    remind()
    told = {login: found["deadline-near"] for login, found in everybody().items() if found["deadline-near"]}
    assert told == {"t2": 1}


def test_nobody_is_reminded_of_what_is_over(tender, clock, remind, inbox):
    follow(tender, "t2")
    clock.set(tender.closes_at)
    remind()
    assert inbox("t2")["deadline-near"] == 0


def test_who_has_begun_and_not_finished_is_told_two_hours_before(
    tender, centre, clock, remind, inbox, account_id
):
    clock.set(tender.closes_at - timedelta(hours=2))
    with centre.act("t1") as tx:
        project = tx.session.query(Project).one()
        tx.session.add(
            Upload(
                uid="u",
                project_id=project.id,
                organisation_id=tx.actor.organisation_id,
                account_id=tx.actor.account_id,
                bid_uid="b",
                envelope="offer",
                n=0,
                length=10,
                received=3,
                expires_at=tender.closes_at + DAY,
            )
        )
    remind()
    assert inbox("t1")["bid-unfinished"] == 1
    assert inbox("t2")["bid-unfinished"] == 0
    assert inbox("zhou")["bid-unfinished"] == 0


def test_a_drill_about_to_lapse_is_told_to_its_trustee_and_the_administrators(
    centre, clock, remind, everybody
):
    clock.advance(timedelta(days=24))
    remind()
    remind()
    told = {login: found["drill-due"] for login, found in everybody().items() if found["drill-due"]}
    assert told["wang"] == 5, "one for each trustee"
    assert set(told) >= {"wang", "chen"}


def test_reminders_are_the_same_rows_whether_or_not_anybody_bids(tender, centre, clock, remind):
    clock.set(tender.closes_at - timedelta(hours=1))
    remind()
    with centre.act() as tx:
        assert {row.what.partition(" ")[0] for row in tx.session.query(Reminder)} >= {
            "deadline",
            "unfinished",
        }


def test_keys_are_asked_for_on_the_morning_of_the_eve_once_and_not_where_they_were_tried(
    tender, centre, clock, remind, everybody, inbox
):
    holders = [centre.actor(login).account_id for login in ("sun", "zhou")]
    with centre.act("wang") as tx:
        for uid, account_id in zip(centre.trustee_uids[:2], holders, strict=True):
            trustees.trustee(tx.session, uid).account_id = account_id
    clock.set(eve(tender.closes_at, OfficialCalendar({})) + timedelta(hours=8) - timedelta(seconds=1))
    centre.drill(centre.trustee_uids[1], list(centre.trustees.values())[1])
    remind()
    assert not any(found["key-check"] for found in everybody().values())
    clock.advance(timedelta(seconds=1))
    remind()
    remind()
    told = {login: found["key-check"] for login, found in everybody().items() if found["key-check"]}
    assert told["sun"] == 1
    assert told["wang"] == 3, "those without an account"
    assert "zhou" not in told, "whose key was tried at night"
    assert not any(found["keys-short"] for found in everybody().values())


def test_too_few_keys_on_the_eve_are_told_to_those_who_run_the_opening(
    tender, centre, clock, remind, everybody
):
    clock.set(tender.closes_at - timedelta(hours=2))
    for uid in centre.trustee_uids[:3]:
        with centre.act("wang") as tx:
            sealing.retire_trustee(tx, uid, reason="丢失", keys=centre.app.extensions["log_keys"])
    remind()
    told = {login for login, found in everybody().items() if found["keys-short"]}
    assert {"sun", "zhou", "wang"} <= told
    assert not told & {"t1", "t2", "t3"}
