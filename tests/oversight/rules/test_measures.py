"""Measures as they were shipped, and what may be put in their place."""

from __future__ import annotations

import pytest

from bidding.oversight.rules import LABELS, SOURCES, UNIT_LABELS, WHYS, WORDS, Flag, check_value, shipped
from bidding.oversight.rules.measures import BadMeasure, NotNew


def test_every_measure_has_words_a_reason_and_a_value_within_its_bounds():
    assert shipped().keys() == LABELS.keys()
    for each in shipped().values():
        assert each.least <= each.value <= each.most
        assert each.unit == "count" or each.unit in UNIT_LABELS
        assert each.flag in list(Flag)
        assert each.why in WHYS


def test_every_flag_has_words_and_sources():
    assert set(WORDS) == set(SOURCES) == set(Flag)


@pytest.mark.parametrize(("value", "error"), [(-1, BadMeasure), (31, BadMeasure), (3, NotNew)])
def test_a_value_is_within_bounds_and_new(value, error):
    measure = shipped()["late-correction.days"]
    with pytest.raises(error):
        check_value(measure, value)
    assert check_value(measure, 0) == 0
    assert check_value(measure, 30) == 30
