"""The rules of an award, on their boundaries."""

from __future__ import annotations

from datetime import date

import pytest

from bidding.award.rules import (
    Basis,
    Correction,
    Measure,
    Outcome,
    Price,
    PriceDiffers,
    PriceMissing,
    Result,
    Winner,
    basis_of,
    digest,
    limit_of,
    price_given,
    price_read,
    record_of,
    within,
)
from bidding.core.canonical import dumps
from bidding.tenders.kinds import Family, Method, PriceForm
from bidding.tenders.methods import preset

WORKS = preset(Family.WORKS, Method.OPEN_TENDER)
PROCUREMENT = preset(Family.PROCUREMENT, Method.OPEN_TENDER)
SALE = preset(Family.PROPERTY, Method.ASSET_TRANSFER)


def test_works_have_a_limit_only_where_a_ceiling_was_set():
    assert limit_of(WORKS, budget_fen=9, ceiling_fen=None) is None
    assert limit_of(WORKS, budget_fen=9, ceiling_fen=8) == Measure(Basis.CEILING, 8)
    assert limit_of(PROCUREMENT, budget_fen=9, ceiling_fen=None) == Measure(Basis.BUDGET, 9)


@pytest.mark.parametrize(
    ("switches", "amount", "fine"),
    [
        (WORKS, 8, True),
        (WORKS, 9, False),
        (SALE, 8, True),
        (SALE, 7, False),
    ],
)
def test_the_limit_itself_is_within(switches, amount, fine):
    assert within(switches, amount, Measure(Basis.CEILING, 8)) is fine
    assert within(switches, amount, None)


@pytest.mark.parametrize(
    ("form", "fields", "price"),
    [
        (PriceForm.AMOUNT, {"price_fen": 123}, Price(123)),
        (PriceForm.AMOUNT, {"price_fen": "123"}, Price()),
        (PriceForm.AMOUNT, {}, Price()),
        (PriceForm.RATE, {"rate_ppm": 985_000}, Price(words="98.5%")),
        (PriceForm.RATE, {"rate_ppm": 1_000_000}, Price(words="100%")),
        (PriceForm.RATE, {"rate_ppm": 1}, Price(words="0.0001%")),
        (PriceForm.UNIT, {"unit_price_fen": 123_456}, Price(words="1,234.56 元")),
        (PriceForm.UNIT, {}, Price()),
    ],
)
def test_the_price_that_was_read_out(form, fields, price):
    assert price_read(form, fields) == price


def test_what_was_read_out_counts_unless_something_else_is_given_with_a_reason():
    read = Price(100)
    assert price_given(PriceForm.AMOUNT, Price(), read) == Price(100)
    assert price_given(PriceForm.AMOUNT, Price(99, note=" 修正 "), read) == Price(99, note="修正")
    with pytest.raises(PriceDiffers) as refused:
        price_given(PriceForm.AMOUNT, Price(99, note=" "), read)
    assert refused.value.params == {"read": "1.00 元", "given": "0.99 元"}
    with pytest.raises(PriceMissing):
        price_given(PriceForm.AMOUNT, Price(), Price())
    with pytest.raises(PriceMissing):
        price_given(PriceForm.RATE, Price(100), Price())
    assert price_given(PriceForm.RATE, Price(100), Price(words="98%")) == Price(words="98%")


def test_a_record_says_everything_and_hashes_to_one_thing():
    result = Result(
        Outcome.AWARDED,
        Winner("甲", "91539921MA6KQ7X3AX"),
        "ab",
        Price(5),
        Measure(Basis.BUDGET, 9),
        date(2026, 11, 23),
        "N-1",
        "",
    )
    first = record_of("T-1", "1", result, 1, None)
    second = record_of("T-1", "1", result, 2, Correction("00" * 32, "误"))
    assert first["winner"] == {"name": "甲", "uscc": "91539921MA6KQ7X3AX", "bid": "ab"}
    assert digest(dumps(first)) == digest(dumps(dict(reversed(first.items()))))
    assert digest(dumps(first)) != digest(dumps(second))


@pytest.mark.parametrize(
    ("family", "method", "ceiling", "procurement", "expected"),
    [
        (Family.PROCUREMENT, Method.OPEN_TENDER, 80, Basis.BUDGET, (Basis.BUDGET, 100)),
        (Family.PROCUREMENT, Method.OPEN_TENDER, 80, Basis.CEILING, (Basis.CEILING, 80)),
        (Family.PROCUREMENT, Method.OPEN_TENDER, None, Basis.CEILING, (Basis.BUDGET, 100)),
        (Family.WORKS, Method.OPEN_TENDER, 80, Basis.BUDGET, (Basis.CEILING, 80)),
        (Family.WORKS, Method.OPEN_TENDER, None, Basis.CEILING, (Basis.ESTIMATE, 100)),
        (Family.PROPERTY, Method.ASSET_TRANSFER, None, Basis.CEILING, (Basis.START, 100)),
    ],
)
def test_a_centre_chooses_what_procurement_is_measured_against_and_nothing_else(
    family, method, ceiling, procurement, expected
):
    found = basis_of(preset(family, method), budget_fen=100, ceiling_fen=ceiling, procurement=procurement)
    assert (found.kind, found.fen) == expected
