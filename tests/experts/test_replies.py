"""Until when a link holds, what may be answered by it, and what is kept of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bidding.core.entropy import ReplayEntropy, SystemEntropy
from bidding.experts.calls import REASONS, Answer
from bidding.experts.replies import REASON_LABELS, digest, holds, is_answer, new_token
from bidding.experts.rules import Step
from tests.conftest import MONDAY

TICK = timedelta(microseconds=1)


def test_a_link_holds_up_to_the_evaluation_and_not_at_its_instant():
    assert holds(MONDAY - TICK, MONDAY, Step.DRAWN)
    assert not holds(MONDAY, MONDAY, Step.DRAWN)
    assert not holds(MONDAY + TICK, MONDAY, Step.DRAWN)


@pytest.mark.parametrize("step", [step for step in Step if step is not Step.DRAWN])
def test_a_link_holds_while_a_draw_is_being_called_and_at_no_other_step(step):
    assert not holds(MONDAY - TICK, MONDAY, step)


@pytest.mark.parametrize("answer", Answer)
def test_whoever_holds_a_link_comes_or_says_one_of_the_reasons_why_not(answer):
    by_link = {Answer.ACCEPT: [""], Answer.DECLINE: list(REASONS[Answer.DECLINE])}
    every = {"", "随便", *(reason for reasons in REASONS.values() for reason in reasons)}
    assert [reason for reason in sorted(every) if is_answer(answer, reason)] == sorted(
        by_link.get(answer, [])
    )


def test_the_page_has_words_of_its_own_for_every_reason():
    for label, reason in zip(REASON_LABELS, REASONS[Answer.DECLINE], strict=True):
        assert reason.startswith(label)


def test_a_link_has_more_than_128_bits_in_signs_that_can_be_typed_from_a_telephone():
    token = new_token(SystemEntropy())
    assert 31 ** len(token) > 2**128
    assert set(token) <= set("23456789abcdefghjkmnpqrstuvwxyz")
    assert token != new_token(SystemEntropy())
    assert token not in digest(new_token(ReplayEntropy(b"a"))) != digest(token)
