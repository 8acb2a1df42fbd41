from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bidding.core.canonical import sha
from bidding.core.errors import DomainError
from bidding.experts.calls import (
    AFTER_ACCEPTING,
    GONE,
    Answer,
    CallOut,
    MustSkip,
    NotTheirTurn,
    ReasonMissing,
)
from bidding.experts.draw import StratumResult, check_spec, draw
from tests.experts.test_draw import HASHES, people, spec_of

PROOF = "0" * 64


def told(out, stratum, h, answer):
    gone = answer in GONE
    out.record(stratum, h, answer, reason="in hospital" if gone else None, record=PROOF if gone else None)


def out_of(spec):
    results = draw(sha("calls"), check_spec(spec))
    return CallOut(spec, results), results


def test_strictly_down_the_picks():
    out, (line,) = out_of(spec_of(("a", 2, 2, people(6))))
    with pytest.raises(NotTheirTurn):
        told(out, "a", line.picks[1], Answer.ACCEPT)
    told(out, "a", line.picks[0], Answer.ACCEPT)
    told(out, "a", line.picks[1], Answer.ACCEPT)
    assert out.next("a") is None
    assert out.complete()


def test_a_backup_only_while_somebody_is_missing():
    out, (line,) = out_of(spec_of(("a", 2, 2, people(6))))
    told(out, "a", line.picks[0], Answer.DECLINE)
    with pytest.raises(NotTheirTurn):
        told(out, "a", line.backups[0], Answer.ACCEPT)  # the picks come first
    told(out, "a", line.picks[1], Answer.ACCEPT)
    told(out, "a", line.backups[0], Answer.NO_ANSWER)
    told(out, "a", line.backups[1], Answer.ACCEPT)
    assert out.complete()
    with pytest.raises(NotTheirTurn):
        told(out, "a", line.backups[1], Answer.ACCEPT)


def test_one_who_accepted_may_still_be_absent_or_recused():
    out, (line,) = out_of(spec_of(("a", 1, 1, people(4))))
    told(out, "a", line.picks[0], Answer.ACCEPT)
    told(out, "a", line.picks[0], Answer.RECUSED)
    with pytest.raises(NotTheirTurn):
        told(out, "a", line.picks[0], Answer.RECUSED)
    assert out.next("a").h == line.backups[0]
    told(out, "a", line.backups[0], Answer.ACCEPT)
    told(out, "a", line.backups[0], Answer.ABSENT)
    assert out.used_up("a")
    assert out.next("a") is None


def test_reason_and_record_stand_together_or_not_at_all():
    out, (line,) = out_of(spec_of(("a", 1, 1, people(4))))
    for reason, record in (("ill", None), (None, PROOF), (None, None), ("", PROOF)):
        with pytest.raises(ReasonMissing):
            out.record("a", line.picks[0], Answer.DECLINE, reason=reason, record=record)
    with pytest.raises(ReasonMissing):
        out.record("a", line.picks[0], Answer.ACCEPT, reason="glad", record=None)


def test_a_reserve_drawn_elsewhere_is_skipped_and_nobody_else():
    x, y, z = sorted(HASHES[:3])
    spec = spec_of(("a", 1, 2, people(3)), ("b", 1, 0, people(3)), cap=9)
    results = [StratumResult("a", [x, y, z], [x], [y, z], []), StratumResult("b", [y, x, z], [y], [], [])]
    out = CallOut(spec, results)
    with pytest.raises(MustSkip):
        told(out, "a", x, Answer.SKIP)
    told(out, "a", x, Answer.DECLINE)
    assert out.next("a").skip
    with pytest.raises(MustSkip):
        told(out, "a", y, Answer.ACCEPT)
    told(out, "a", y, Answer.SKIP)
    told(out, "a", z, Answer.ACCEPT)


def test_a_reserve_beyond_the_cap_is_skipped_counting_all_who_have_not_declined():
    x, y, z = sorted(HASHES[:3])
    spec = spec_of(("a", 2, 1, [(x, None, "u"), (y, None, "v"), (z, None, "u")]))
    results = [StratumResult("a", [x, y, z], [x, y], [z], [])]
    out = CallOut(spec, results)
    told(out, "a", x, Answer.ACCEPT)
    told(out, "a", y, Answer.DECLINE)
    assert out.next("a").skip  # x serves for their unit
    other = CallOut(spec, results)
    told(other, "a", x, Answer.DECLINE)
    told(other, "a", y, Answer.ACCEPT)
    assert not other.next("a").skip


class Calling(RuleBasedStateMachine):
    """Whatever is answered, and whatever is tried out of turn, the panel never overfills and nobody jumps in."""

    def __init__(self):
        super().__init__()
        everybody = [(h, None, f"u{i % 6}" if i % 4 else None) for i, h in enumerate(HASHES[:24])]
        self.spec = spec_of(("a", 3, 2, everybody[:14]), ("b", 2, 3, everybody[8:]), cap=1)
        self.out, self.results = out_of(self.spec)
        self.log = []

    @rule(stratum=st.sampled_from("ab"), answer=st.sampled_from([a for a in Answer if a is not Answer.SKIP]))
    def call_next(self, stratum, answer):
        turn = self.out.next(stratum)
        if turn is None:
            return
        told(self.out, stratum, turn.h, Answer.SKIP if turn.skip else answer)
        self.log.append((stratum, turn.h))

    @precondition(lambda self: any(self.out.serving(s) for s in "ab"))
    @rule(data=st.data(), answer=st.sampled_from(sorted(AFTER_ACCEPTING)))
    def fall_out(self, data, answer):
        serving = [(s, h) for s in "ab" for h in self.out.serving(s)]
        stratum, h = data.draw(st.sampled_from(serving))
        told(self.out, stratum, h, answer)

    @rule(stratum=st.sampled_from("ab"), h=st.sampled_from(HASHES[:24]))
    def jump_the_queue(self, stratum, h):
        turn = self.out.next(stratum)
        if turn is not None and turn.h == h:
            return
        with pytest.raises(DomainError):
            told(self.out, stratum, h, Answer.ACCEPT)

    @invariant()
    def never_overfilled(self):
        for result in self.results:
            assert len(self.out.serving(result.id)) <= len(result.picks)

    @invariant()
    def nobody_serves_twice_and_no_unit_beyond_the_cap(self):
        serving = [h for s in "ab" for h in self.out.serving(s)]
        assert len(serving) == len(set(serving))
        unit = {leaf["h"]: leaf["unit"] for s in self.spec["strata"] for leaf in s["leaves"]}
        units = [unit[h] for h in serving if unit[h] is not None]
        assert len(units) == len(set(units))

    @invariant()
    def in_the_order_of_the_ranking(self):
        for result in self.results:
            asked = [h for s, h in self.log if s == result.id]
            assert asked == [*result.picks, *result.backups][: len(asked)]


Calling.TestCase.settings = settings(max_examples=30, stateful_step_count=25)
TestCalling = Calling.TestCase
