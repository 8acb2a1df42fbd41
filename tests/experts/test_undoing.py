from datetime import UTC, datetime, timedelta

import pytest

from bidding.experts.undoing import (
    WITHIN,
    NotTheLast,
    PeopleInUse,
    UndoFrozen,
    UndoTooLate,
    check_undo,
)

TAKEN = datetime(2026, 12, 1, tzinfo=UTC)
FREE = {"frozen": False, "later": False, "in_use": 0}


def test_a_list_can_be_taken_back_until_seven_days_have_passed():
    check_undo(TAKEN, TAKEN + WITHIN - timedelta(microseconds=1), **FREE)
    with pytest.raises(UndoTooLate):
        check_undo(TAKEN, TAKEN + WITHIN, **FREE)


@pytest.mark.parametrize(
    ("way", "refusal"),
    [({"frozen": True}, UndoFrozen), ({"later": True}, NotTheLast), ({"in_use": 1}, PeopleInUse)],
)
def test_what_stands_in_the_way(way, refusal):
    with pytest.raises(refusal):
        check_undo(TAKEN, TAKEN, **(FREE | way))
