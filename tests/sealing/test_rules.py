from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bidding.core.errors import DomainError
from bidding.sealing import rules
from bidding.sealing.panel import parse_panel
from bidding.sealing.rules import Candidate, State
from tests.sealing.papers import panel_event

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
FIVE = ("supervisor", "finance", "agency", "administrator", "notary")


def seats(*roles, state=State.READY):
    return [Candidate(f"u{n}", f"n{n}", role, f"org{n}", state) for n, role in enumerate(roles)]


@pytest.mark.parametrize(
    ("ends_in", "wanted"),
    [
        (None, State.NEW),
        (timedelta(days=8), State.READY),
        (timedelta(days=7, microseconds=1), State.READY),
        (timedelta(days=7), State.DUE),
        (timedelta(microseconds=1), State.DUE),
        (timedelta(0), State.EXPIRED),
    ],
)
def test_a_trustee_stands_by_the_end_of_its_drill(ends_in, wanted):
    until = None if ends_in is None else NOW + ends_in
    assert rules.state(confirmed_at=NOW, retired_at=None, valid_until=until, now=NOW) is wanted
    assert rules.state(confirmed_at=None, retired_at=None, valid_until=until, now=NOW) is State.PROPOSED
    assert rules.state(confirmed_at=NOW, retired_at=NOW, valid_until=until, now=NOW) is State.RETIRED


def test_only_valid_drills_open():
    assert [state for state in State if rules.can_open(state)] == [State.READY, State.DUE]
    assert rules.awaits_answer(NOW - rules.ANSWER_WITHIN + timedelta(microseconds=1), NOW)
    assert not rules.awaits_answer(NOW - rules.ANSWER_WITHIN, NOW)


@pytest.mark.parametrize(
    ("given", "k", "error"),
    [
        (seats(*FIVE), 3, None),
        (seats(*FIVE[:4]), 3, None),
        (seats("supervisor", "finance", "agency"), 2, None),
        (seats("supervisor", "agency"), 2, rules.PanelSize),
        (seats(*FIVE), 1, rules.PanelSize),
        (seats(*FIVE), 5, rules.PanelSize),
        (seats("supervisor", "agency", *["bank"] * 14), 3, rules.PanelSize),
        (seats("finance", "agency", "notary"), 2, rules.PanelSeat),
        (seats("supervisor", "supervisor", "agency", "notary"), 3, rules.PanelSeat),
        (seats("supervisor", "agency", "administrator"), 2, rules.PanelInsiders),
        (seats("supervisor", "agency", "centre", "finance"), 2, rules.PanelInsiders),
        (seats(*FIVE[:4], state=State.EXPIRED), 3, rules.DrillMissing),
        (seats(*FIVE[:4], state=State.RETIRED), 3, rules.TrusteeNotStanding),
        (seats(*FIVE[:4], state=State.PROPOSED), 3, rules.TrusteeNotStanding),
    ],
)
def test_what_may_make_up_a_panel(given, k, error):
    if error is None:
        rules.check_composition(given, k)
    else:
        with pytest.raises(error):
            rules.check_composition(given, k)


def test_one_unit_cannot_hold_k_seats():
    given = [
        Candidate(f"u{n}", f"n{n}", role, "one", State.READY) for n, role in enumerate(("finance", "bank"))
    ]
    given += seats("supervisor", "agency")
    rules.check_composition(given, 3)
    with pytest.raises(rules.PanelOneUnit):
        rules.check_composition(given, 2)


def test_the_rules_allow_what_the_protocol_allows():
    """Every panel that the words let through is one that ``parse_panel`` takes, and the other way round."""
    for roles in (
        FIVE,
        FIVE[:4],
        FIVE[:3],
        ("supervisor", "agency", "administrator"),
        ("supervisor", "agency", "bank"),
    ):
        for k in range(1, 6):
            event = panel_event(k=k, trustees=panel_event()["trustees"][: len(roles)])
            for seat, role in zip(event["trustees"], roles, strict=True):
                seat["role"] = role
            in_words = _passes(rules.check_composition, seats(*roles), k)
            assert in_words == _passes(parse_panel, event)


def _passes(check, *arguments):
    try:
        check(*arguments)
    except (DomainError, ValueError):
        return False
    return True


def test_seats_stand_by_role_and_name():
    given = [*reversed(seats(*FIVE))]
    assert [seat.role for seat in rules.in_order(given)] == list(FIVE)


@pytest.mark.parametrize(
    ("roles", "wanted"),
    [
        (FIVE, (5, 3)),
        ((*FIVE, "bank", "centre", "supervisor"), (5, 3)),
        (FIVE[:4], (4, 3)),
        (("supervisor", "agency", "bank"), (3, 2)),
        (("supervisor", "agency", "bank", "audit", "notary"), (5, 3)),
        (("supervisor", "agency", "administrator"), (0, 0)),
        (("finance", "agency", "notary"), (0, 0)),
        ((), (0, 0)),
    ],
)
def test_the_panel_that_is_offered(roles, wanted):
    chosen, k = rules.suggest(seats(*roles))
    assert (len(chosen), k) == wanted


def test_whoever_cannot_open_is_not_offered():
    given = [*seats(*FIVE[:4]), Candidate("late", "late", "notary", "org", State.EXPIRED)]
    chosen, k = rules.suggest(given)
    assert "late" not in chosen
    assert (len(chosen), k) == (4, 3)


def test_every_state_has_words_and_a_lamp():
    assert set(rules.STATE_WORDS) == set(rules.STATE_LAMPS) == set(State)


def standing(**states):
    """Candidates by uid ``role_number``; the state of each."""
    return [Candidate(uid, uid, uid.rpartition("_")[0], f"org-{uid}", state) for uid, state in states.items()]


RANKS = {"supervisor_1": 1, "supervisor_2": 2, "finance_1": 1, "administrator_1": 1, "notary_1": 1}
READY, EXPIRED = State.READY, State.EXPIRED


def test_the_first_alternate_who_can_open_takes_the_seat_and_it_is_said():
    found = rules.propose(
        RANKS,
        3,
        standing(
            supervisor_1=EXPIRED,
            supervisor_2=READY,
            finance_1=READY,
            agency_1=READY,
            administrator_1=READY,
            notary_1=State.NEW,
            audit_1=READY,
        ),
    )
    assert found.seats == ["supervisor_2", "finance_1", "agency_1", "administrator_1"]
    assert [(s.role, s.wanted.uid, s.chosen and s.chosen.uid) for s in found.swaps] == [
        ("supervisor", "supervisor_1", "supervisor_2"),
        ("notary", "notary_1", None),
    ]
    assert found.empty == ("notary",)


def test_an_agency_without_a_key_that_opens_is_said_and_has_no_alternate():
    found = rules.propose(RANKS, 3, standing(supervisor_1=READY, agency_1=EXPIRED))
    assert (found.seats, found.swaps) == (["supervisor_1"], ())
    assert "agency" in found.empty


@pytest.mark.parametrize(
    ("ranks", "k", "refusal"),
    [
        (RANKS | {"supervisor_2": 1}, 3, rules.RankTwice),
        (RANKS | {"notary_1": 2}, 3, rules.NoFirstChoice),
        ({"supervisor_1": 1, "finance_1": 1}, 3, rules.PanelSize),
        ({"finance_1": 1, "notary_1": 1}, 2, rules.PanelSeat),
        (RANKS, 2, rules.PanelInsiders),
    ],
)
def test_a_default_that_could_never_be_a_panel_is_refused(ranks, k, refusal):
    everybody = standing(**dict.fromkeys(RANKS, EXPIRED))
    with pytest.raises(refusal):
        rules.check_ranks(ranks, k, everybody)
    rules.check_ranks(RANKS, 3, everybody)
