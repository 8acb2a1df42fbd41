"""The public list of results: what is final, and nothing before; found by any two neighbouring signs."""

from __future__ import annotations

import importlib
from datetime import timedelta

import pytest
from sqlalchemy import select

from bidding.db import db
from bidding.lifecycle.rules import Kind
from bidding.portal.models import RESULT_WORDS, Result
from bidding.portal.rules import ResultKind, ResultSearch
from bidding.portal.search import regions, results, since
from bidding.portal.service.results import refresh
from bidding.tenders.kinds import Family, Method
from bidding.tenders.models import Project
from bidding.tenders.rules.numbering import project_code


def told(**asked):
    """What is found, the newest first: tender, lot, what became of it, who won."""
    db.session.rollback()
    window = {name: asked.pop(name) for name in ("before", "after", "size") if name in asked}
    rows = results(db.session(), ResultSearch(**asked), **window).items
    return [(row.title, row.place, row.kind.value, row.winner_name) for row in rows]


@pytest.fixture
def again(begin):
    """Let the list say what a tender has come to: ``make`` writes rows, and no close tells of them."""

    def _again(given):
        with begin() as tx:
            refresh(tx, tx.session.scalars(select(Project.id).where(Project.uid == given.uid)).one())

    return _again


def test_a_result_is_listed_when_the_second_person_agrees_and_not_before(make, record, confirm, client):
    given = make()
    seen = record(given)
    assert told() == []
    assert "岚岳" not in client.get("/results").text
    confirm(given, seen)
    assert told() == [(given.title, "1", "awarded", "岚岳建设集团有限公司")]
    page = client.get("/results").text
    assert 'href="/notices/p1/award"' in page
    assert "12,000,000.00" in page


def test_a_correction_keeps_its_place_and_is_found_by_what_it_says_now(make, award, clock, client):
    given = make()
    award(given)
    award(make(uid="p2", code="T-2", title="桥梁检测"))
    clock.advance(timedelta(days=3))
    award(given, "zhao", correction="评审报告算错了")
    assert [row[0] for row in told()] == ["桥梁检测", given.title]
    assert told(words="兆禾") == [(given.title, "1", "awarded", "兆禾市政工程有限公司")]
    assert told(words="岚岳") == [("桥梁检测", "1", "awarded", "岚岳建设集团有限公司")]
    (row,) = [row for row in db.session.scalars(select(Result)) if row.words.startswith(given.title)]
    assert row.changed_at - row.announced_at == timedelta(days=3)
    assert "2026-11-26 更正" in client.get("/results").text


def test_a_lot_without_a_winner_and_one_that_failed_are_results_too(make, award, again):
    given = make(lots=("1", "2"), failed=("2",))
    award(given, None, reason="有效投标不足三家，缺乏竞争")
    again(given)
    assert {row[1:3] for row in told()} == {("1", "nobody"), ("2", "failed")}
    assert [row[1] for row in told(kind=ResultKind.FAILED)] == ["2"]


def test_a_terminated_tender_stands_once_with_its_notice(course, client):
    course.announce(Kind.TERMINATION, reason="建设任务取消", next_step="不再招标")
    assert [row[1:3] for row in told()] == [("", "terminated")]
    assert f"/notices/{course.tender.uid}/course/1" in client.get("/results").text


def test_a_suspension_is_no_result(course):
    course.announce(Kind.SUSPENSION)
    assert told() == []


def test_a_close_with_too_few_bids_is_told_when_it_stands_for_good(tender, attachment, client):
    """Who looks before learns nothing of how many have bid."""
    tender.submit(1, tender.seal(1, [attachment], price_fen=1))
    assert "还没有结果" in client.get("/results").text
    tender.close()
    assert {row[2] for row in told()} == {"failed"}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("排水", 1),
        ("管网", 1),
        ("岚岳", 1),
        ("城市更新中心", 1),
        ("水排", 0),
        ("排水 岚岳", 1),
        ("排水 兆禾", 0),
        ("t 2026", 1),
        ("——", 0),
    ],
)
def test_words_of_two_signs_are_found(make, award, words, found):
    award(make())
    assert len(told(words=words)) == found


def test_family_method_kind_region_and_days_narrow_the_list(make, award, clock):
    award(make(code=project_code("A02", "510500", 2026, 1)))
    clock.advance(timedelta(days=1))
    sale = make(
        uid="p2",
        code=project_code("B01", "510600", 2026, 2),
        title="门面出租",
        family=Family.PROCUREMENT,
        method=Method.OPEN_TENDER,
    )
    award(sale, awarded_on=clock.now().date())
    day = clock.now().date()
    assert [row[0] for row in told(family=Family.PROCUREMENT)] == ["门面出租"]
    assert len(told(method=Method.OPEN_TENDER)) == 2
    assert len(told(kind=ResultKind.AWARDED)) == 2
    assert told(kind=ResultKind.TERMINATED) == []
    assert [row[0] for row in told(region="510600")] == ["门面出租"]
    assert regions(db.session()) == ["510500", "510600"]
    assert [row[0] for row in told(since=day)] == ["门面出租"]
    assert [row[0] for row in told(until=day - timedelta(days=1))] == ["排水管网改造工程施工"]
    assert len(told(until=day)) == 2
    assert told(since=day + timedelta(days=1)) == []
    assert len(told(since=day - timedelta(days=1), until=day)) == 2


def test_the_list_is_walked_both_ways_without_a_gap(make, award):
    for number in range(5):
        award(make(uid=f"p{number}", code=f"T-{number}", title=f"道路 {number}"))
    session = db.session()
    for words in ("", "道路"):
        first = results(session, ResultSearch(words), size=2)
        second = results(session, ResultSearch(words), before=first.older, size=2)
        third = results(session, ResultSearch(words), before=second.older, size=2)
        titles = [row.title for part in (first, second, third) for row in part.items]
        assert titles == [f"道路 {number}" for number in (4, 3, 2, 1, 0)]
        assert third.older is None
        assert first.newer is None
        assert (first.total, second.total) == (5, 5)
        back = results(session, ResultSearch(words), after=second.newer, size=2)
        assert [row.title for row in back.items] == [row.title for row in first.items]


def test_what_changed_since_an_instant_comes_oldest_first(make, award, clock):
    given = make()
    award(given)
    first = clock.now()
    clock.advance(timedelta(hours=1))
    award(make(uid="p2", code="T-2", title="桥梁检测"))
    clock.advance(timedelta(hours=1))
    award(given, "zhao", correction="评审报告算错了")
    db.session.rollback()
    found = [row.title for row in since(db.session(), first, clock.now(), 9)]
    assert found == ["桥梁检测", given.title]
    assert [row.title for row in since(db.session(), first, clock.now(), 1)] == [given.title]  # the last
    assert since(db.session(), clock.now(), clock.now(), 9) == []


def test_telling_it_again_changes_nothing(make, award, again, clock):
    given = make()
    award(given)
    clock.advance(timedelta(days=1))
    again(given)
    (row,) = db.session.scalars(select(Result))
    assert row.changed_at == row.announced_at


BY_HAND = select(
    *(
        getattr(Result, name)
        for name in ("project_id", "place", "kind", "award_id", "notice_n", "words", "marks")
    )
)


def migrated():
    """What the list says, and what the migration makes of the same centre as if it had none."""
    migration = importlib.import_module("bidding.db.migrations.versions.0036_portal")
    db.session.rollback()
    kept = {tuple(row) for row in db.session.execute(BY_HAND)}
    with db.engine.begin() as connection:
        for row in connection.execute(select(Result.id, Result.words, Result.marks)).all():
            RESULT_WORDS.put(connection, "drop", *row)
        connection.execute(Result.__table__.delete())
        migration._fill(connection)
    db.session.rollback()
    return kept, {tuple(row) for row in db.session.execute(BY_HAND)}


def test_the_migration_lists_results_and_failures_as_the_listeners_do(make, award, again):
    given = make(lots=("1", "2"), failed=("2",))
    award(given)
    again(given)
    award(given, "zhao", correction="评审报告算错了")
    kept, made = migrated()
    assert kept == made
    assert len(made) == 2
    assert told(words="兆禾") == [(given.title, "1", "awarded", "兆禾市政工程有限公司")]


def test_the_migration_lists_terminations_and_failures_at_the_close(course):
    course.announce(Kind.TERMINATION)
    kept, made = migrated()
    assert kept == made
    assert len(made) == 1


def test_a_mistyped_address_is_no_error(client):
    for query in (
        "since=gestern",
        "until=2026-13-41",
        "kind=x",
        "family=x",
        "before=9999999999",
        "region=zz",
        "since=0001-01-01",
        "until=9999-12-31",
    ):
        assert client.get(f"/results?{query}").status_code == 200
