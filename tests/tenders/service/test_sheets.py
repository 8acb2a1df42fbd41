"""Taking a filled template: whole or not at all, once, by its own agency, and marked."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from bidding.core.errors import NotFound, WrongState
from bidding.db import db
from bidding.tenders import service
from bidding.tenders.models import Project, ProjectSheet
from bidding.tenders.rules import BudgetMissing, LotFacts
from bidding.tenders.service import SheetHasFaults, SheetTaken
from bidding.tenders.service.sheets import Draft
from tests.tenders.drafting import CLOSES, LOT, SMALL, WORKS
from tests.tenders.service.test_draft import STRANGERS

REGION = "539921"
DRAFTS = [Draft(2, WORKS, (LOT,), CLOSES), Draft(3, SMALL, (LOT, LOT))]


@pytest.fixture
def kept(begin, cast, rulebook):
    """``kept(digest)``: a sheet of zhou's that waits to be taken; its uid."""

    def _kept(sha256="a" * 64, by="zhou"):
        with begin(cast.actor(by)) as tx:
            return service.keep_sheet(tx, "计划.xlsx", sha256).uid

    return _kept


def take(begin, cast, uid, *, drafts=DRAFTS, faults=0, by="zhou"):
    with begin(cast.actor(by)) as tx:
        return [each.uid for each in service.take_sheet(tx, uid, drafts, faults, region=REGION)]


def count():
    db.session.rollback()
    return db.session.query(Project).count()


def test_every_row_becomes_a_draft_that_says_where_it_came_from(kept, begin, cast):
    take(begin, cast, kept())
    db.session.rollback()
    works, small = db.session.query(Project).order_by(Project.id)
    assert (works.written, works.closes_at) == (WORKS, CLOSES)
    assert [lot.code for lot in small.lots] == ["1", "2"]
    assert (small.closes_at, small.documents) == (None, [])
    assert [(each.origin.sheet.file_name, each.origin.row_number) for each in (works, small)] == [
        ("计划.xlsx", 2),
        ("计划.xlsx", 3),
    ]


def test_with_one_fault_or_one_refusal_nothing_is_written(kept, begin, cast):
    uid = kept()
    with pytest.raises(SheetHasFaults):
        take(begin, cast, uid, faults=1)
    with pytest.raises(BudgetMissing):
        take(begin, cast, uid, drafts=[*DRAFTS, Draft(4, SMALL, (LotFacts("无", 0),))])
    assert count() == 0
    assert len(take(begin, cast, uid)) == 2


def test_a_file_is_taken_once_also_when_it_was_uploaded_twice(kept, begin, cast, rival):
    first, second = kept(), kept()
    take(begin, cast, first)
    with pytest.raises(WrongState):
        take(begin, cast, first)
    with pytest.raises(SheetTaken):
        take(begin, cast, second)
    assert count() == 2
    assert len(take(begin, cast, kept(by="feng"), by="feng")) == 2  # another agency's is another file


def test_the_database_takes_a_file_once_whatever_the_program_thinks(kept, begin, cast):
    first, second = kept(), kept()
    taken = update(ProjectSheet).values(taken_at=CLOSES, taken_by_id=cast.zhou.id)
    with begin() as tx:
        tx.session.execute(taken.where(ProjectSheet.uid == first))
    with pytest.raises(IntegrityError), begin() as tx:
        tx.session.execute(taken.where(ProjectSheet.uid == second))


@pytest.mark.parametrize("stranger", STRANGERS)
def test_nobody_else_takes_it(stranger, kept, begin, cast, rival):
    uid = kept()
    with pytest.raises(NotFound):
        take(begin, cast, uid, by=stranger)
    assert count() == 0
