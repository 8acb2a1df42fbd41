from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bidding.opening.sitting.rules import READING, SHORT_AFTER, Standing, Step, is_idle, step
from bidding.submissions.rules import GateState
from bidding.tenders.methods import OFFERED

OPENED = datetime(2026, 12, 15, 1, 30, tzinfo=UTC)
IN_HALL = {"state": GateState.OPENED, "told": True, "listed": True, "opened_at": OPENED, "rows": 3}


@pytest.mark.parametrize(
    ("standing", "found"),
    [
        (Standing(GateState.OPEN, told=False), Step.SIGN_IN),
        (Standing(GateState.CLOSING, told=False), Step.CLOSE),
        (Standing(GateState.CLOSED, told=False), Step.CLOSE),
        (Standing(GateState.CLOSED, told=True), Step.LIST),
        (Standing(GateState.OPENING, told=True), Step.OPEN),
        (Standing(**IN_HALL), Step.READ),
        (Standing(**IN_HALL, read=2), Step.READ),
        (Standing(**IN_HALL, read=3), Step.LINES),
        (Standing(**IN_HALL, read=3, lines_closed=True), Step.OBJECTIONS),
        (Standing(**IN_HALL, read=3, lines_closed=True, recorded=True), Step.SIGN),
        (Standing(**IN_HALL, read=3, lines_closed=True, recorded=True, ended=True), Step.END),
    ],
)
def test_each_step_follows_from_what_has_happened(standing, found):
    assert step(standing) is found


def test_a_hall_that_nobody_hosts_is_idle_after_two_hours():
    alone = Standing(GateState.OPENED, told=True, opened_at=OPENED, rows=3)
    assert not is_idle(alone, OPENED + READING - timedelta(seconds=1))
    assert is_idle(alone, OPENED + READING)
    assert not is_idle(Standing(**IN_HALL), OPENED + READING)


def test_every_law_says_what_follows_when_too_few_could_be_read():
    assert SHORT_AFTER.keys() == {family for family, _ in OFFERED}
