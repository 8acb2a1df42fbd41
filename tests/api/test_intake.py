"""The same words are taken, or refused, whether they come in a workbook or as JSON."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bidding.api import intake
from bidding.api.rules import BadArguments
from bidding.core.clock import SHANGHAI
from bidding.db import db
from bidding.tenders import queries, workbook
from bidding.tenders.importing import Law, check, said
from bidding.tenders.methods import OFFERED
from bidding.tenders.workbook import KINDS
from tests.api.conftest import DRAFT
from tests.conftest import MONDAY
from tests.tenders.filling import filled, lot_row, project_row

CLOSES = datetime(2026, 12, 15, 14, 30, tzinfo=SHANGHAI)
SAME = {
    "title": DRAFT["title"],
    "phone": DRAFT["phone"],
    "owner_name": DRAFT["owner_name"],
}


def by_workbook(row, lots):
    read = workbook.read("x.xlsx", filled([row], lots))
    today = queries.local_day(MONDAY)
    session = db.session()
    law = {
        pair: Law(queries.rules_for(session, *pair, today), queries.two_envelopes(session, *pair, MONDAY))
        for pair in OFFERED
    }
    return check(read, law, queries.calendar(session), MONDAY)


def by_json(body):
    return intake.taken(db.session(), body, MONDAY)


@pytest.fixture
def asked(app, rulebook):
    with app.test_request_context():
        yield


def test_a_body_becomes_what_the_same_row_of_a_workbook_becomes(asked):
    (of_row,) = by_workbook(
        project_row(**SAME, closes_at="2026-12-15 14:30"), [lot_row(budget_fen=100000, ceiling_fen=98000.5)]
    ).drafts
    of_body = by_json({**DRAFT, "closes_at": CLOSES})
    assert (of_body.facts, of_body.lots) == (of_row.facts, of_row.lots)
    assert (of_body.closes_at, of_body.prices_open_at) == (of_row.closes_at, of_row.prices_open_at)


@pytest.mark.parametrize(
    ("changed", "row", "lot", "pointer"),
    [
        ({"title": ""}, {"title": ""}, {}, "/title"),
        ({"closes_at": MONDAY - timedelta(days=1)}, {"closes_at": "2026-11-22 09:00"}, {}, "/closes_at"),
        ({"lots": [{"name": "x", "budget_fen": 0}]}, {}, {"budget_fen": 0}, "/lots/0/budget_fen"),
        (
            {"lots": [{"name": "x", "budget_fen": 100, "ceiling_fen": 101}]},
            {},
            {"budget_fen": 1, "ceiling_fen": 1.01},
            "/lots/0/ceiling_fen",
        ),
        ({"policies": "x"}, {"policies": "x"}, {}, "/policies"),
        ({"approval_code": "17"}, {"approval_code": "17"}, {}, "/approval_code"),
    ],
)
def test_what_a_workbook_is_told_of_a_cell_a_program_is_told_of_the_place(asked, changed, row, lot, pointer):
    faults = by_workbook(project_row(**{**SAME, **row}), [lot_row(**lot)]).faults
    with pytest.raises(BadArguments) as refused:
        by_json({**DRAFT, **changed})
    assert [each["detail"] for each in refused.value.errors] == [said(each) for each in faults]
    assert pointer in [each["pointer"] for each in refused.value.errors]


def test_every_kind_that_the_workbook_offers_has_a_code_of_its_own():
    assert len(intake.KIND_CODES) == len(KINDS)
    assert set(intake.KIND_CODES.values()) == set(KINDS)


def test_an_instant_that_is_not_a_whole_minute_is_refused_and_not_rounded(asked):
    with pytest.raises(BadArguments):
        by_json({**DRAFT, "closes_at": CLOSES + timedelta(seconds=1)})
    with pytest.raises(BadArguments):
        by_json({**DRAFT, "closes_at": CLOSES + timedelta(microseconds=1)})
