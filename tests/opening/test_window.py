from __future__ import annotations

from datetime import timedelta

import pytest

from bidding.db import db
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.opening import queries, rules, service, window
from bidding.opening.jobs import expire_windows
from bidding.submissions.rules import GateState
from tests.opening.parts import batch_of, fetch, hand_in, project_of, state_of

LENGTH = timedelta(minutes=120)


@pytest.fixture
def closed(three_in):
    """Three bids behind a closed gate, cosigned; the opening's instant is now."""
    return three_in


def expire(tender, app):
    return expire_windows(app.extensions["world"], tender.centre.sealed, tender.centre.keys)


def verdicts(tender):
    return [sheet.verdict for sheet in queries.opened(db.session(), project_of(tender).id)]


def test_the_trustees_time_is_a_dated_figure_of_the_centre(closed):
    assert window.length(db.session(), project_of(closed)) == LENGTH


def test_until_the_time_is_up_nothing_is_said_of_missing_trustees(closed, app):
    fetch(closed)
    hand_in(closed, batch_of(closed, "reform").value)
    closed.centre.clock.advance(LENGTH - timedelta(minutes=5))
    assert expire(closed, app) == 0
    assert state_of(closed) is GateState.OPENING


def test_with_too_few_shares_in_time_every_sheet_is_the_trustees_fault(closed, app):
    hand_in(closed, batch_of(closed, "reform").value)
    hand_in(closed, batch_of(closed, "finance").value)
    closed.centre.wait(LENGTH)
    assert verdicts(closed) == ["trustees"] * 3
    assert state_of(closed) is GateState.OPENED
    sheet = queries.opened(db.session(), project_of(closed).id)[0]
    assert sheet.evidence["shares"] == 2
    assert sheet.evidence["seconds"] == LENGTH.total_seconds()
    assert sheet.opened_at.timestamp() >= sheet.evidence["since"] + sheet.evidence["seconds"]
    assert expire(closed, app) == 0


def test_k_batches_that_a_crash_left_lying_open_the_sheets_and_nobody_is_blamed(closed, app):
    for name in ("reform", "finance", "notary"):
        hand_in(closed, batch_of(closed, name).value)
    closed.centre.clock.advance(LENGTH)
    assert expire(closed, app) == 0
    assert verdicts(closed) == [None] * 3


def test_a_missing_witness_is_not_the_trustees_fault(centre, tender, attachment, app):
    for number in (1, 2, 3):
        tender.submit(number, tender.seal(number, [attachment], price_fen=1_200_000_000))
    centre.wait(tender.closes_at)
    centre.wait(timedelta(seconds=2))
    centre.wait(LENGTH * 2)
    assert state_of(tender) is GateState.CLOSED
    assert expire(tender, app) == 0


def test_a_hold_stops_the_time_and_its_end_begins_it_anew(closed, app):
    project = project_of(closed)
    with closed.centre.act("sun") as tx:
        _, _, book = service.locked(tx, project.uid)
        for on in (True, False):
            ledger.record(tx, book, EventType.HOLD, on=on, reason="演练")
    lifted = closed.centre.clock.now()
    with closed.centre.act("sun") as tx:
        gate, project, book = service.locked(tx, project.uid)
        began = window.began_at(tx.session, gate, book, service.record_of(tx.session, book), rules.FIRST)
    assert abs(began - lifted) < timedelta(seconds=2)
    assert began >= project.opens_at


def test_nothing_is_given_up_in_a_tender_that_is_not_closed(tender, app):
    assert window.due(db.session(), tender.centre.clock.now()) == []
    with tender.centre.act("sun") as tx:
        assert not window.expire(tx, tender.uid, tender.centre.sealed)
    with pytest.raises(rules.NotClosed):
        fetch(tender)
