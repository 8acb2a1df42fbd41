"""How numbers and rates are shown."""

from __future__ import annotations

import pytest

from bidding.oversight.presentation import ENOUGH, fires, formula, shown
from bidding.oversight.queries import FlagLine
from bidding.oversight.rules import Flag


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("low_fen", 123450, "1,234.50"),
        ("share_ppm", 5231, "0.52%"),
        ("limit_permille", 450, "45.0%"),
        ("count", 1200, "1,200"),
        ("closes_on", "2026-12-01", "2026-12-01"),
    ],
)
def test_a_number_is_shown_as_its_name_says(name, value, text):
    assert shown(name, value) == text


def test_a_share_of_few_is_not_told(app):
    with app.test_request_context():
        assert fires(FlagLine(Flag.SINGLE, 0, 0, 0)) == "还没有可以比的"
        assert "%" not in fires(FlagLine(Flag.SINGLE, 1, 1, ENOUGH - 1))
        assert fires(FlagLine(Flag.SINGLE, 1, 1, ENOUGH)) == "20 个开标的标段里 1 条，5.00%"


def test_names_with_signs_of_percent_stay_as_they_are(app):
    numbers = {"count": 2, "limit": 2}
    with app.test_request_context():
        assert formula(Flag.DEADLINE_MOVED, numbers) == "截止时间改动 2 次，不少于 2 次。"
        said = {"winner": "百分之百%s公司", "wins": 4, "awards": 5, "share_ppm": 1, "limit_permille": 1}
        assert "百分之百%s公司" in formula(
            Flag.REPEATED_WINNER, {**said, "sum_fen": 1, "amount_ppm": 1, "least": 4}
        )


def test_what_was_kept_before_a_formula_changed_can_still_be_read(app):
    with app.test_request_context():
        assert formula(Flag.DEADLINE_MOVED, {"count": 2}) == "截止时间改动 2 次，不少于 – 次。"


def test_a_source_is_told_in_the_readers_language_and_a_law_by_its_name(app):
    with app.test_request_context(headers={"Cookie": "language=en"}):
        assert shown("source", "招标投标法第24条；本中心设定") == "招标投标法第24条；set by this centre"
        assert shown("source", "") == ""
