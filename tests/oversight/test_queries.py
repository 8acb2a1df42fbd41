"""Which facts the rules are given: what was published, and as it stood then."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import select

from bidding.clarifications.models import Clarification
from bidding.core.canonical import dumps
from bidding.core.clock import SHANGHAI
from bidding.db import db
from bidding.outages.models import Extension
from bidding.oversight import queries
from bidding.oversight.rules import Flag
from bidding.tenders.models import Family, Method, Project, Stage

CHANGED = {"facts": {"place": "县城"}, "ceilings": {}, "files": []}
SAME = {"facts": {}, "ceilings": {}, "files": []}


@pytest.fixture
def dated(opened, begin):
    """``dated(published, closes)``: an opened project of these days; its number."""

    def _dated(published, closes, **wanted):
        given = opened(**wanted)
        with begin() as tx:
            project = tx.session.scalars(select(Project).where(Project.uid == given.uid)).one()
            project.published_at, project.closes_at = _noon(published), _noon(closes)
            project.opens_at, project.rules_on = project.closes_at, published
            return project.id

    return _dated


def _noon(day):
    return datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI)


@pytest.fixture
def correct(begin, cast):
    """``correct(project_id, number, on, …)``: a correction in force since that day."""

    def _correct(project_id, number, on, *, changes=CHANGED, published=True, extension_id=None):
        with begin() as tx:
            tx.session.add(
                Clarification(
                    uid=f"c{number}",
                    project_id=project_id,
                    number=number if published else None,
                    changes=dumps(changes).decode(),
                    affects=True,
                    drafted_at=_noon(on),
                    drafted_by_id=cast.zhou.id,
                    submitted_at=_noon(on),
                    submitted_by_id=cast.zhou.id,
                    approved_at=_noon(on),
                    approved_by_id=cast.wu.id,
                    extension_id=extension_id,
                    published_at=_noon(on) if published else None,
                    notice="{}" if published else None,
                    notice_sha256=f"{number:064d}" if published else None,
                    version=1,
                )
            )

    return _correct


@pytest.fixture
def extend(begin, cast):
    """``extend(project_id, n, on, was, to)``: a later deadline in force since that day; its number."""

    def _extend(project_id, n, on, was, to):
        with begin() as tx:
            made = Extension(
                uid=f"e{n}",
                project_id=project_id,
                n=n,
                was_closes_at=_noon(was),
                closes_at=_noon(to),
                opens_at=_noon(to),
                reason="更正",
                event="{}",
                drafted_at=_noon(on),
                drafted_by_id=cast.zhou.id,
                agency_sig="a",
                agency_by_id=cast.zhou.id,
                supervisor_sig="s",
                supervisor_by_id=cast.sun.id,
                done_at=_noon(on),
                notice="{}",
                notice_sha256=f"{n + 100:064d}",
            )
            tx.session.add(made)
            tx.session.flush()
            return made.id

    return _extend


def facts(project_id):
    db.session.rollback()
    ((_, found),) = queries.projects(db.session, [project_id])
    return found


def test_the_first_deadline_counts_and_each_correction_has_the_one_of_its_day(dated, correct, extend):
    first, second, third = date(2026, 10, 1), date(2026, 10, 20), date(2026, 11, 5)
    project = dated(date(2026, 9, 1), third)
    correct(project, 1, date(2026, 9, 29))
    one = extend(project, 2, date(2026, 9, 30), first, second)
    correct(project, 2, date(2026, 9, 30), extension_id=one)
    correct(project, 3, date(2026, 10, 18), changes=SAME)
    extend(project, 3, date(2026, 10, 19), second, third)
    correct(project, 4, date(2026, 11, 4))
    found = facts(project)
    assert found.first_closes_on == first
    assert (found.moves, found.moved_on) == (2, date(2026, 10, 19))
    told = [(each.number, each.closes_on, each.moved) for each in found.corrections]
    assert told == [(1, first, False), (2, second, True), (4, third, False)]


def test_a_correction_that_is_not_out_yet_is_no_fact(dated, correct):
    project = dated(date(2026, 9, 1), date(2026, 10, 8))
    correct(project, 1, date(2026, 10, 7), published=False)
    assert facts(project).corrections == ()


def test_late_and_many_changes_are_found(dated, correct, extend, found):
    project = dated(date(2026, 9, 1), date(2026, 11, 5))
    for number, day in enumerate((1, 2, 3), 1):
        correct(project, number, date(2026, 11, day))
    extend(project, 2, date(2026, 9, 20), date(2026, 10, 1), date(2026, 10, 20))
    extend(project, 3, date(2026, 10, 10), date(2026, 10, 20), date(2026, 11, 5))
    by_flag = {each.flag: each for each in found()}
    assert by_flag[Flag.LATE_CORRECTION].figures["number"] == 3
    assert by_flag[Flag.MANY_CORRECTIONS].figures["count"] == 3
    assert by_flag[Flag.DEADLINE_MOVED].figures["count"] == 2


@pytest.mark.parametrize(("closes", "short"), [(date(2026, 12, 21), True), (date(2026, 12, 22), False)])
def test_a_period_is_held_against_the_rulebook_of_its_day(rulebook, dated, found, closes, short):
    """Twenty days from 2026-12-01 end on 2026-12-21 (招标投标法 24)."""
    project = dated(date(2026, 12, 1), closes)
    assert facts(project).least_on == date(2026, 12, 21)
    told = [each for each in found() if each.flag is Flag.SHORT_PERIOD]
    assert bool(told) is short
    if told:
        assert "招标投标法第24条" in told[0].figures["source"]


def test_around_the_national_day_a_short_period_is_of_rest_days(rulebook, dated, found):
    """2026-09-14 to 10-08: two weekends, and seven days of holiday of which one weekend is worked."""
    project = dated(date(2026, 9, 14), date(2026, 10, 8))
    assert facts(project).rest_days == 11
    assert facts(project).least_on == date(2026, 10, 8)
    (told,) = [each for each in found() if each.flag is Flag.HOLIDAYS]
    assert told.figures["share_ppm"] == 458_333


@pytest.mark.parametrize("stage", [Stage.DRAFT, Stage.PREQUALIFYING, Stage.UNQUALIFIED, Stage.SUBMITTED])
def test_what_is_not_published_is_no_fact(dated, begin, stage):
    project = dated(date(2026, 9, 1), date(2026, 10, 8))
    with begin() as tx:
        tx.session.get_one(Project, project).stage = stage
    db.session.rollback()
    assert queries.projects(db.session, [project]) == []


def test_thresholds_are_those_of_the_day(rulebook, app, bring_in, ledger_file):
    rows = [f"A-{year},设备,限额以下,比选,县医院,某公司,25,24,{year}-03-01,成交" for year in (2019, 2021)]
    bring_in(ledger_file(*rows))
    db.session.rollback()
    ((_, items),) = queries.owner_items(db.session, [1], app.config["REGION"]).values()
    told = [{each.code: each.fen for each in item.thresholds} for item in items]
    assert "procurement.entry.goods-services" not in told[0]
    assert told[1]["procurement.entry.goods-services"] == 30_000_000


def test_a_negotiation_has_no_offers(dated):
    project = dated(date(2026, 9, 1), date(2026, 10, 8), family=Family.PROCUREMENT, method=Method.NEGOTIATION)
    found = facts(project)
    assert found.opened_on is None
    assert [lot.received for lot in found.lots] == [0]
