"""Every period of every method, on the day that will do and on the day before (domain.md §2b, §10).

The days are reckoned by hand from Monday 2026-11-23; whoever changes a figure changes them here.
"""

from datetime import date, timedelta

import pytest

from bidding.core.workdays import OfficialCalendar
from bidding.tenders import rules
from bidding.tenders.kinds import Family, Method
from bidding.tenders.methods import PRESETS, preset
from tests.tenders.figures import RULES, figures_of, shanghai

CALENDAR = OfficialCalendar()
MONDAY = date(2026, 11, 23)
WAN = 10_000 * 100
ONE_DAY = timedelta(days=1)

W, P, A, L = Family.WORKS, Family.PROCUREMENT, Family.PROPERTY, Family.LOCAL
#: Family, method, starting price or budget, and for every period that bounds the deadline its last day.
FORWARD = [
    (W, Method.OPEN_TENDER, 0, {"document-available": (11, 30), "preparation": (12, 14)}),
    (W, Method.INVITED_TENDER, 0, {"document-available": (11, 30), "preparation": (12, 14)}),
    (
        P,
        Method.OPEN_TENDER,
        0,
        {"notice-period": (11, 30), "document-available": (11, 30), "preparation": (12, 14)},
    ),
    (
        P,
        Method.INVITED_TENDER,
        0,
        {"notice-period": (11, 30), "document-available": (11, 30), "preparation": (12, 14)},
    ),
    (P, Method.NEGOTIATION, 0, {"notice-period": (11, 26), "preparation": (11, 26)}),
    (
        P,
        Method.CONSULTATION,
        0,
        {"notice-period": (11, 26), "document-available": (11, 30), "preparation": (12, 3)},
    ),
    (P, Method.QUOTATION, 0, {"notice-period": (11, 26), "preparation": (11, 26)}),
    (P, Method.SINGLE_SOURCE, 0, {}),
    (
        P,
        Method.FRAMEWORK,
        0,
        {"notice-period": (11, 30), "document-available": (11, 30), "preparation": (12, 14)},
    ),
    (A, Method.ASSET_TRANSFER, 100 * WAN - 1, {"notice-period": (11, 30)}),
    (A, Method.ASSET_TRANSFER, 100 * WAN, {"notice-period": (12, 7)}),
    (A, Method.ASSET_TRANSFER, 1000 * WAN, {"notice-period": (12, 7)}),
    (A, Method.ASSET_TRANSFER, 1000 * WAN + 1, {"notice-period": (12, 21)}),
    (A, Method.DISPOSAL, 0, {"notice-period": (11, 30)}),
    (A, Method.LEASE, 0, {"notice-period": (11, 30)}),
    (A, Method.EQUITY_TRANSFER, 0, {"notice-period": (12, 21)}),
    (L, Method.COMPARISON, 0, {"notice-period": (11, 26), "preparation": (11, 30)}),
]
#: The last days before a deadline on Monday 2026-12-21: nothing rolls backwards.
BACKWARD = {
    (W, Method.OPEN_TENDER): {"clarification": (12, 6), "objection": (12, 11), "question": (12, 11)},
    (W, Method.INVITED_TENDER): {"clarification": (12, 6), "objection": (12, 11)},
    (P, Method.OPEN_TENDER): {"clarification": (12, 6), "question": (12, 11)},
    (P, Method.INVITED_TENDER): {"clarification": (12, 6)},
    (P, Method.NEGOTIATION): {"clarification": (12, 16)},
    (P, Method.CONSULTATION): {"clarification": (12, 16)},
    (P, Method.QUOTATION): {"clarification": (12, 16)},
    (P, Method.FRAMEWORK): {"clarification": (12, 6)},
    (L, Method.COMPARISON): {"question": (12, 20)},
}


def problems(switches, figures, day):
    closes = shanghai(day)
    return rules.check_dates(
        switches,
        MONDAY,
        figures,
        CALENDAR,
        closes_at=closes,
        opens_at=closes,
        now=shanghai(MONDAY, 9, 0),
    )


@pytest.mark.parametrize(
    ("family", "method", "fen", "ends"),
    FORWARD,
    ids=[f"{family.value}.{method.value}.{fen}" for family, method, fen, _ in FORWARD],
)
def test_a_deadline_may_fall_on_the_last_day_of_every_period_and_not_before(family, method, fen, ends):
    switches = preset(family, method)
    figures = rules.at_amount(figures_of(family, method), fen)
    assert set(ends) == {name for name in rules.FORWARD if name in figures}
    days = {name: date(2026, *day) for name, day in ends.items()}
    for name, last in days.items():
        figure = figures[name]
        one = {name: figure}
        assert rules.end_of(figure, MONDAY, CALENDAR) == last
        assert not [each for each in problems(switches, one, last) if each.figure is figure]
        (early,) = [each for each in problems(switches, one, last - ONE_DAY) if each.figure is figure]
        assert (early.blocks, early.earliest) == (figure.mark == rules.CERTAIN, last)
        assert rules.cite(figure) in str(early.refusal)
    plan = rules.plan(family, method, MONDAY, figures, CALENDAR)
    assert plan.earliest_close == max(days.values(), default=MONDAY + ONE_DAY)


@pytest.mark.parametrize("switches", PRESETS, ids=lambda each: f"{each.family.value}.{each.method.value}")
def test_what_others_may_still_do_ends_on_its_day_before_the_deadline(switches):
    pair = switches.family, switches.method
    figures = figures_of(*pair)
    expected = BACKWARD.get(pair, {})
    assert set(expected) == {name for name in rules.BACKWARD if name in figures}
    plan = rules.plan(*pair, MONDAY, figures, CALENDAR, closes_on=date(2026, 12, 21))
    assert {name: plan.period(name).last for name in expected} == {
        name: date(2026, *day) for name, day in expected.items()
    }


PERIODS = [rule.figure for rule in RULES if rule.figure.unit in ("day", "working-day")]


@pytest.mark.parametrize("start", [MONDAY, date(2026, 2, 13), date(2026, 9, 28), date(2026, 11, 20)])
def test_every_period_of_the_rulebook_ends_where_counting_on_ones_fingers_ends(start):
    for figure in PERIODS:
        day, counted = start, 0
        while counted < figure.value:
            day += ONE_DAY
            counted += figure.unit == "day" or CALENDAR.works(day).works
        while not CALENDAR.works(day).works:  # a period's end on a rest day goes to the next working day
            day += ONE_DAY
        assert rules.end_of(figure, start, CALENDAR) == day, figure.code


@pytest.mark.parametrize(
    ("code", "start", "last"),
    [
        ("procurement.open-tender.notice-period", date(2026, 11, 23), date(2026, 11, 30)),
        ("procurement.open-tender.notice-period", date(2026, 9, 28), date(2026, 10, 10)),
        ("procurement.open-tender.notice-period", date(2026, 2, 13), date(2026, 2, 27)),
        ("procurement.negotiation.notice-period", date(2026, 4, 30), date(2026, 5, 8)),
        ("works.open-tender.preparation", date(2026, 12, 1), date(2026, 12, 21)),
        ("works.open-tender.preparation", date(2026, 9, 14), date(2026, 10, 8)),
        ("works.open-tender.publicity", date(2026, 9, 29), date(2026, 10, 8)),
        ("works.open-tender.publicity", date(2026, 11, 19), date(2026, 11, 23)),
        ("works.open-tender.contract", date(2026, 11, 20), date(2026, 12, 21)),
    ],
)
def test_the_vectors_of_the_reference(code, start, last):
    (figure,) = [each for each in PERIODS if each.code == code]
    assert rules.end_of(figure, start, CALENDAR) == last


def test_backwards_vectors_of_the_reference():
    figures = figures_of(W, Method.OPEN_TENDER)
    last = rules.latest_before(figures["clarification"], date(2026, 12, 21), CALENDAR)
    assert last == date(2026, 12, 6)
    draw = figures_of(P, Method.OPEN_TENDER)["draw-earliest"]
    assert rules.latest_before(draw, date(2026, 11, 30), CALENDAR) == date(2026, 11, 26)


def test_what_is_no_period_has_no_last_day():
    figure = figures_of(W, Method.OPEN_TENDER)["min-bids"]
    for reckon in (rules.end_of, rules.latest_before):
        with pytest.raises(ValueError, match="not a period"):
            reckon(figure, MONDAY, CALENDAR)
