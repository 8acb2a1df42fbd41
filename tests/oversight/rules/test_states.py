"""What a supervisor's note makes of a finding, and what a note needs."""

from __future__ import annotations

import pytest

from bidding.oversight.rules import Decision, State, check_note, check_reason, state_of
from bidding.oversight.rules.states import MOST_REASON, MOST_REFERENCE, ReasonMissing, ReferenceMissing


@pytest.mark.parametrize(
    ("decision", "same", "gone", "state"),
    [
        (None, False, False, State.OPEN),
        (Decision.LOOKED, True, False, State.LOOKED),
        (Decision.LOOKED, False, False, State.CHANGED),
        (Decision.WATCH, True, False, State.WATCH),
        (Decision.WATCH, False, False, State.CHANGED),
        (Decision.CASE, False, False, State.CASE),
        (Decision.LOOKED, True, True, State.GONE),
        (None, False, True, State.GONE),
    ],
)
def test_how_a_finding_stands(decision, same, gone, state):
    assert state_of(decision, same=same, gone=gone) is state


@pytest.mark.parametrize("reason", ["", "  \n", "字" * (MOST_REASON + 1)])
def test_a_note_needs_a_reason(reason):
    with pytest.raises(ReasonMissing):
        check_reason(reason)
    assert check_reason(f" {'字' * MOST_REASON} ") == "字" * MOST_REASON


def test_a_case_needs_its_number_and_nothing_else_does():
    with pytest.raises(ReferenceMissing):
        check_note(Decision.CASE, "像是串通", " ")
    with pytest.raises(ReferenceMissing):
        check_note(Decision.LOOKED, "正常", "号" * (MOST_REFERENCE + 1))
    assert check_note(Decision.CASE, "像是串通", " 明发改 1 号 ") == ("像是串通", "明发改 1 号")
    assert check_note(Decision.LOOKED, "正常", "") == ("正常", "")
