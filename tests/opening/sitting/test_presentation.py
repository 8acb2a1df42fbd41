from __future__ import annotations

from dataclasses import replace

import pytest

from bidding.db import db
from bidding.opening import queries
from bidding.opening.sitting import presentation
from tests.opening.sitting.test_service import HOST, Hall


@pytest.fixture
def shown(opened):
    """The board after the first sheet was read out."""
    hall = Hall(opened)
    hall.read_next(HOST, 1)
    return presentation.board(db.session(), queries.hall(db.session(), opened.uid), hall.centre.clock.now())


def test_a_sheet_is_read_aloud_with_amounts_in_words_and_units_behind_the_numbers(shown):
    said = presentation.spoken(shown.current)
    assert said.startswith("1号，岚岳建设集团有限公司。投标报价壹仟贰佰万零壹元整；工期")
    assert "日历天" in said
    assert "（" not in said.split("；")[0]


def test_what_could_not_be_opened_is_said_to_be_that(shown):
    row = replace(shown.current, sheet=replace(shown.current.sheet, verdict="tenderer"))
    assert presentation.spoken(row).endswith("未能开启。")


def test_fewer_readable_sheets_than_needed_are_told_with_what_follows(shown):
    (lot,) = shown.hall.lots
    assert shown.short_after(lot) is None
    bad = replace(lot.sheets[0], verdict="tenderer")
    assert "重新招标" in shown.short_after(replace(lot, sheets=[bad, *lot.sheets[1:]]))


def test_the_screen_turns_the_page_with_the_reading(shown):
    rows = [replace(shown.rows[0], sheet=replace(shown.rows[0].sheet, place=place)) for place in range(1, 14)]
    shown.sitting.sitting.read = 7
    page = replace(shown, rows=rows).page
    assert [row.sheet.place for row in page] == [7, 8, 9, 10, 11, 12]
