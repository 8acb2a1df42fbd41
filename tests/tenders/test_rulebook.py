"""The file is whole: every figure can be cited and shown, and stands once."""

import pytest

from bidding.tenders import rules
from tests.tenders.figures import RULES

FIGURES = [rule.figure for rule in RULES]


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.code)
def test_every_figure_names_its_law_and_its_article(figure):
    assert figure.law
    assert figure.value > 0
    for law, article in figure.citations:
        # a numbered notice of a ministry is cited as a whole; so is what the centre sets itself
        assert article or "号" in law or figure.mark == rules.LOCAL


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.code)
def test_every_figure_can_be_shown(figure):
    assert figure.code.rsplit(".", 1)[1] in rules.LABELS
    assert figure.unit in rules.UNIT_LABELS
    assert figure.mark in rules.MARK_LABELS


def test_every_label_is_of_some_figure():
    assert {figure.code.rsplit(".", 1)[1] for figure in FIGURES} == set(rules.LABELS)


def test_no_figure_stands_twice_on_one_day():
    keys = [(rule.figure.code, rule.validity.first) for rule in RULES]
    assert len(keys) == len(set(keys))


def test_a_figure_of_the_centre_is_a_setting_and_no_other_is():
    for figure in FIGURES:
        assert (figure.mark == rules.LOCAL) == (figure.law in ("本中心设定", "财库〔2019〕69号"))
