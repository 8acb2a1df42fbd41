"""Noting, numbering, filling in, leaving out, sending anew, packing."""

import pytest
from sqlalchemy import select

from bidding.province import codes, service
from bidding.province.models import DealCode, DealSerial, ProvinceMessage
from bidding.tenders.models import Family, Lot, Project
from tests.province.conftest import PLATFORM


@pytest.fixture
def noted(begin, make, project_of, station):
    """``noted(given…)``: an opened project of which everything was noted; its id."""

    def _noted(**wanted):
        project_id = project_of(make(**wanted))
        with begin() as tx:
            service.note_project(tx, project_id, station)
        return project_id

    return _noted


@pytest.fixture
def told(begin):
    """``told(project_id)``: what was noted of a project, as (set, subject)."""

    def _told(project_id):
        with begin() as tx:
            rows = tx.session.scalars(
                select(ProvinceMessage)
                .where(ProvinceMessage.project_id == project_id)
                .order_by(ProvinceMessage.id)
            )
            return [(row.data_set, row.subject) for row in rows]

    return _told


def lots(begin, project_id):
    with begin() as tx:
        return tx.session.execute(
            select(Lot.code, DealCode.code)
            .join(DealCode, DealCode.lot_id == Lot.id)
            .where(Lot.project_id == project_id)
            .order_by(Lot.id)
        ).all()


def message_of(tx, code):
    return tx.session.scalars(
        select(ProvinceMessage)
        .where(ProvinceMessage.data_set == code)
        .order_by(ProvinceMessage.id.desc())
        .limit(1)
    ).one()


WORKS = [
    ("500", "published"),
    ("501", "published"),
    ("502", "published"),
    ("503", "published"),
    ("504", "documents"),
]


def test_an_opened_project_is_told_from_its_beginning_in_the_provinces_order(noted, told):
    assert told(noted()) == [*WORKS, ("506", "opening-1"), ("507", "tenderers")]


def test_before_the_sheets_are_open_nothing_of_bids_is_told(noted, told):
    assert told(noted(opened=False)) == WORKS


@pytest.mark.parametrize(
    ("family", "expected"),
    [
        (Family.PROCUREMENT, ["550", "551", "556", "557"]),
        (Family.PROPERTY, ["700"]),
        (Family.LOCAL, []),
    ],
)
def test_each_law_has_its_own_sets(noted, told, family, expected):
    assert [code for code, _ in told(noted(family=family))] == expected


def test_what_was_noted_is_not_noted_again(noted, told, begin, station):
    project_id = noted()
    with begin() as tx:
        assert service.note_project(tx, project_id, station) == 0
    assert len(told(project_id)) == 7


def test_a_result_is_told_in_the_transaction_that_makes_it_final(make, project_of, award, told, station):
    given = make()
    award(given)
    found = told(project_of(given))
    assert found[-1] == ("513", "result-1-1")
    assert ("501", "published") in found  # and with it what had never been noted


def test_without_the_platforms_code_nothing_is_noted_and_no_number_given(
    make, project_of, award, told, begin
):
    given = make()
    award(given)
    assert told(project_of(given)) == []
    assert lots(begin, project_of(given)) == []


def test_every_lot_has_the_next_number_of_the_day_of_publication_and_keeps_it(noted, begin, station):
    first = noted(uid="p1", code="T-1", lots=("1", "2"))
    second = noted(uid="p2", code="T-2")
    found = [codes.read_deal_code(code) for _, code in (*lots(begin, first), *lots(begin, second))]
    assert [(each.trade, each.platform, each.serial) for each in found] == [
        ("A02", PLATFORM, 1),
        ("A02", PLATFORM, 2),
        ("A02", PLATFORM, 3),
    ]
    was = lots(begin, first)
    with begin() as tx:
        tx.session.get_one(Project, first).trade = "A05"
        service.give_codes(tx, tx.session.get_one(Project, first), station)
    assert lots(begin, first) == was


def test_a_number_that_was_not_kept_leaves_no_gap(make, project_of, begin, station):
    project_id = project_of(make())
    with begin() as tx:
        service.note_project(tx, project_id, station)
        tx.session.rollback()  # as when somebody after it refuses
    with begin() as tx:
        service.note_project(tx, project_id, station)
        assert tx.session.scalars(select(DealSerial.last)).all() == [1]
    assert codes.read_deal_code(lots(begin, project_id)[0][1]).serial == 1
