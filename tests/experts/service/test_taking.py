"""A list goes into the pool part by part, and out of it again as if it had never been."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bidding.core.canonical import loads
from bidding.core.errors import Forbidden, WrongState
from bidding.db import db
from bidding.experts import jobs, queries, rules, service, undoing
from bidding.experts.columns import pool_vault
from bidding.experts.fitness import ActKind
from bidding.experts.models import Expert, PoolChange, PoolImport
from bidding.experts.standing import Proposal
from bidding.ledger import queries as ledger
from bidding.ledger.models import Log
from bidding.tenders.queries import local_day
from tests.experts.playing import SPECIALTIES, bring, listing, person, take


@pytest.fixture
def pool(centre):
    """An empty pool with its specialties."""
    with centre.act("wang") as tx:
        for code, name in SPECIALTIES:
            service.add_specialty(tx, code, name)
    return centre


def brought(centre, rows):
    with centre.act("wang") as tx:
        return bring(tx, listing(rows), centre.blobs).uid


def taken(centre, rows):
    uid = brought(centre, rows)
    with centre.act("wang") as tx:
        take(tx, uid, centre.blobs, centre.keys)
    return uid


def start(centre, uid, who="wang", **options):
    session = db.session()
    row = queries.pool_import(session, uid)
    found = queries.store_parts(session, row, centre.blobs, pool_vault(), local_day(centre.clock.now()))
    parts, refused = found
    with centre.act(who) as tx:
        service.start_import(tx, uid, parts, **({"refused": refused, "skip_refused": False} | options))
    return len(parts)


def part(centre, uid, who="wang"):
    with centre.act(who) as tx:
        return service.take_part(tx, uid, centre.blobs, centre.keys, pool_vault())


def undone(centre, uid):
    with centre.act("wang") as tx:
        service.undo_import(tx, uid)
    more = True
    while more:
        with centre.act("wang") as tx:
            more = service.undo_part(tx, uid, centre.keys, pool_vault())


def everybody():
    """Everything that is known of the pool, by name."""
    session = db.session()
    session.rollback()
    session.expire_all()
    columns = [c.name for c in Expert.__table__.columns if c.name not in ("id", "import_id")]
    return {
        one.name: ({name: getattr(one, name) for name in columns}, [each.code for each in one.specialties])
        for one in session.scalars(select(Expert))
    }


def imported(uid):
    db.session().rollback()
    db.session().expire_all()
    return queries.pool_import(db.session(), uid)


def last_note(centre):
    session = db.session()
    log = session.scalar(select(Log).where(Log.code == "centre"))
    return loads(ledger.leaves(session, log)[-1].event)


def test_a_long_list_goes_in_by_parts_and_a_process_that_died_goes_on(pool):
    uid = brought(pool, [person(n) for n in range(1001)])
    assert start(pool, uid) == 2
    assert part(pool, uid)
    row = imported(uid)
    assert (row.done, row.taken, row.applied_at) == (1, 1000, None)
    other = brought(pool, [person(2000)])
    with pytest.raises(undoing.ImportUnderWay):
        start(pool, other)
    world = pool.world
    assert jobs.go_on(world, pool.blobs, pool.keys, pool_vault()) == 1  # the clockwork takes the rest
    assert jobs.go_on(world, pool.blobs, pool.keys, pool_vault()) == 0
    row = imported(uid)
    assert (row.done, row.taken, row.applied_by_id) == (2, 1001, row.started_by_id)
    assert last_note(pool)["kind"] == "pool-imported"
    assert len(everybody()) == 1001
    with pytest.raises(WrongState):
        part(pool, uid)
    with pytest.raises(WrongState):
        start(pool, uid)


def test_rows_that_are_not_good_any_more_are_counted_out(pool):
    uid = brought(pool, [person(0), person(1)])
    start(pool, uid)
    with pool.act("wang") as tx:
        service.retire_specialty(tx, person(1)["专业"].split("；")[0].split(";")[0], retired=True)
    assert not part(pool, uid)
    row = imported(uid)
    assert row.taken + row.refused == 2
    assert row.refused >= 1


def test_a_list_with_errors_or_nothing_is_not_begun(pool):
    uid = brought(pool, [person(0), person(1, 专业="")])
    with pytest.raises(rules.ImportHasErrors):
        start(pool, uid)
    empty = brought(pool, [person(1, 专业="")])
    with pytest.raises(rules.NothingToImport):
        start(pool, empty)
    with pytest.raises(Forbidden):
        start(pool, uid, "zhou", skip_refused=True)
    start(pool, uid, skip_refused=True)


def test_a_list_taken_back_leaves_the_pool_as_it_was(pool):
    taken(pool, [person(n) for n in range(3)])
    before = everybody()
    changed = [
        person(0, 单位="另一家设计院", 职称="高级工程师", 专业="A0901", 邮箱="a@b.cn", 出生日期="1975-06-01"),
        person(1),
        person(7),
    ]
    uid = taken(pool, changed)
    assert len(everybody()) == 4
    assert everybody() != before
    undone(pool, uid)
    assert everybody() == before
    row = imported(uid)
    assert row.gone_at is not None
    assert db.session().scalars(select(PoolChange)).all() == []
    assert last_note(pool)["kind"] == "pool-import-undone"
    with pytest.raises(WrongState):
        undone(pool, uid)
    again = taken(pool, changed)  # and may come again
    assert imported(again).taken == 1


def test_only_the_last_list_is_taken_back_and_only_untouched(play):
    centre = play.centre
    first = db.session().scalars(select(PoolImport)).one().uid
    second = taken(centre, [person(990)])
    with pytest.raises(undoing.NotTheLast), centre.act("wang") as tx:
        service.undo_import(tx, first)
    with pytest.raises(Forbidden), centre.act("sun") as tx:
        service.undo_import(tx, second)
    uid = db.session().scalar(select(Expert.uid).where(Expert.name == person(990)["姓名"]))
    today = local_day(centre.clock.now())
    with centre.act("wang") as tx:
        service.propose_act(tx, uid, Proposal(ActKind.SUSPENSION, "函 1 号", today))
    with pytest.raises(undoing.PeopleInUse), centre.act("wang") as tx:
        service.undo_import(tx, second)
    third = taken(centre, [person(991)])
    play.request().freeze()
    with pytest.raises(undoing.UndoFrozen), centre.act("wang") as tx:
        service.undo_import(tx, third)


def test_after_a_week_it_stays(pool):
    uid = taken(pool, [person(0)])
    pool.clock.set(pool.clock.now() + timedelta(days=8))
    with pytest.raises(undoing.UndoTooLate), pool.act("wang") as tx:
        service.undo_import(tx, uid)


def suspend(centre, name):
    uid = db.session().scalar(select(Expert.uid).where(Expert.name == name))
    with centre.act("wang") as tx:
        day = local_day(centre.clock.now())
        service.propose_act(tx, uid, Proposal(ActKind.SUSPENSION, "函 1 号", day))


def test_a_specialty_that_is_out_of_use_stays_with_whom_a_list_changed_and_changed_back(pool):
    taken(pool, [person(0, 专业="A0801；A0901"), person(1, 专业="A0802")])
    with pool.act("wang") as tx:
        service.retire_specialty(tx, "A0802", retired=True)
        service.retire_specialty(tx, "A0901", retired=True)
    before = everybody()
    uid = taken(pool, [person(0, 专业="A0801", 职称="工程师"), person(1, 专业="A0801")])
    assert everybody() != before
    undone(pool, uid)  # the second had nothing in use before
    assert everybody() == before


def test_of_whom_something_was_put_down_meanwhile_stays_and_the_list_still_goes(pool):
    uid = taken(pool, [person(0), person(1)])
    with pool.act("wang") as tx:
        service.undo_import(tx, uid)
    suspend(pool, person(1)["姓名"])
    assert jobs.go_on(pool.world, pool.blobs, pool.keys, pool_vault()) == 2
    assert list(everybody()) == [person(1)["姓名"]]
    assert imported(uid).gone_at is not None
    assert last_note(pool)["data"]["kept"] == 1
    taken(pool, [person(2)])  # no list waits for it


def test_nobody_is_drawn_from_a_list_that_is_going(play):
    uid = taken(play.centre, [person(990)])
    play.request()
    with play.centre.act("wang") as tx:
        service.undo_import(tx, uid)
    with pytest.raises(undoing.ImportUnderWay):
        play.freeze()
    assert jobs.go_on(play.centre.world, play.centre.blobs, play.centre.keys, pool_vault()) == 2
    play.freeze()
