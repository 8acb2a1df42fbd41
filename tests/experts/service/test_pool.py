"""Keeping the pool: what a list does to it, and what of it can be read in the database or beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from bidding.core.canonical import loads
from bidding.core.errors import Forbidden, WrongState
from bidding.db import db
from bidding.experts import queries, rules, service, specialties
from bidding.experts.columns import pool_vault
from bidding.experts.models import DrawLeaf, Expert
from bidding.ledger import queries as ledger
from bidding.ledger.models import Log
from tests.experts.playing import SPECIALTIES, bring, fill_pool, listing, person, take


def _stored():
    """Every byte of every table, and on SQLite of the database's files."""
    with db.engine.connect() as connection:
        rows = [
            repr(tuple(bytes(v) if isinstance(v, memoryview) else v for v in row))
            for table in db.metadata.sorted_tables
            for row in connection.exec_driver_sql(f'SELECT * FROM "{table.name}"')
        ]
    raw = b""
    if db.engine.dialect.name == "sqlite":
        file = Path(db.engine.url.database)
        raw = b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))
    return "\n".join(rows).encode() + raw


def test_a_list_is_shown_first_and_taken_whole_or_not_at_all(centre):
    rows = [person(n) for n in range(5)] + [person(5, 姓名="缺专业的人", 专业="")]
    with centre.act("wang") as tx:
        for code, name in SPECIALTIES:
            service.add_specialty(tx, code, name)
    with centre.act("wang") as tx:
        uid = bring(tx, listing(rows), centre.blobs).uid
    session = db.session()
    assert session.query(Expert).count() == 0
    with pytest.raises(rules.ImportHasErrors), centre.act("wang") as tx:
        take(tx, uid, centre.blobs, centre.keys)
    assert session.query(Expert).count() == 0
    with centre.act("wang") as tx:
        row = take(tx, uid, centre.blobs, centre.keys, skip_refused=True)
        assert (row.taken, row.refused) == (5, 1)
    assert session.query(Expert).count() == 5
    with pytest.raises(WrongState), centre.act("wang") as tx:
        take(tx, uid, centre.blobs, centre.keys, skip_refused=True)
    log = session.scalar(select(Log).where(Log.code == "centre"))
    note = loads(ledger.leaves(session, log)[-1].event)
    assert note["data"] == {"sha256": row.sha256, "taken": 5, "changed": 0, "refused": 1}


def test_nobodys_number_can_be_read_in_the_database_or_beside_it(centre, app):
    rows = [
        person(7, 身份证号="11010519491231002X", 邮箱="someone@example.cn"),
        person(8, 电话="13712345678"),
    ]
    with centre.act("wang") as tx:
        for code, name in SPECIALTIES:
            service.add_specialty(tx, code, name)
    with centre.act("wang") as tx:
        uid = bring(tx, listing(rows), centre.blobs).uid
    with centre.act("wang") as tx:
        take(tx, uid, centre.blobs, centre.keys)
    with centre.act("wang") as tx:  # and once more, changed
        again = bring(
            tx, listing([person(8, 电话="13712345678", 年限="20", 邮箱="other@example.cn")]), centre.blobs
        ).uid
    with centre.act("wang") as tx:
        take(tx, again, centre.blobs, centre.keys)
    stored = _stored()
    blobs = b"".join(path.read_bytes() for path in Path(app.config["BLOBS"]).rglob("*") if path.is_file())
    assert "专家007".encode() in stored  # what is not secret is found, so this looks where it should
    for secret in (
        "13800000007",
        "13712345678",
        "11010519491231002X",
        "someone@example.cn",
        "other@example.cn",
    ):
        assert secret.encode() not in stored
        assert secret.encode() not in blobs


def test_who_is_known_is_changed_and_not_entered_again(centre):
    fill_pool(centre.act, centre.blobs, centre.keys, count=3)
    rows = [person(0), person(1, 单位="新设计院", 专业="A0901"), person(3), person(4, 电话="x")]
    with centre.act("wang") as tx:
        uid = bring(tx, listing(rows), centre.blobs).uid
    with centre.act("wang") as tx:
        row = take(tx, uid, centre.blobs, centre.keys, skip_refused=True)
        assert (row.taken, row.changed, row.refused) == (1, 1, 1)
    session = db.session()
    changed = session.query(Expert).filter_by(name="专家001").one()
    assert (changed.unit, [one.code for one in changed.specialties]) == ("新设计院", ["A0901"])
    assert session.query(Expert).count() == 4


def test_a_retired_specialty_is_asked_for_no_more_and_stays_with_who_has_it(play):
    with play.centre.act("wang") as tx:
        service.retire_specialty(tx, "A0802", retired=True)
    with pytest.raises(rules.UnknownSpecialty):
        play.request()
    with play.centre.act("wang") as tx:  # a list neither gives it nor takes it away
        uid = bring(tx, listing([person(1, 专业="A0901"), person(2, 专业="A0802")]), play.centre.blobs).uid
    with play.centre.act("wang") as tx:
        assert take(tx, uid, play.centre.blobs, play.centre.keys, skip_refused=True).refused == 1
    one = db.session().query(Expert).filter_by(name="专家001").one()
    assert [each.code for each in one.specialties] == ["A0802", "A0901"]
    with pytest.raises(WrongState), play.centre.act("wang") as tx:
        service.retire_specialty(tx, "A0802", retired=True)
    with play.centre.act("wang") as tx:
        service.retire_specialty(tx, "A0802", retired=False)
    play.request()


def test_a_table_of_specialties_is_brought_as_a_list(centre):
    with centre.act("wang") as tx:
        service.add_specialty(tx, "A0801", "给水")
        service.add_specialty(tx, "A0901", "工程造价")
    table = "代码,专业\nA0801,给排水\nA0901,工程造价\nB01,园林\n园林,园林\nB01,再来\nB02,\n".encode()
    with centre.act("wang") as tx:
        found = specialties.brought("专业.csv", table)
        uid = service.bring_list(tx, found, centre.blobs, pool_vault()).uid
    with pytest.raises(rules.ImportHasErrors), centre.act("wang") as tx:
        take(tx, uid, centre.blobs, centre.keys)
    with centre.act("wang") as tx:
        row = take(tx, uid, centre.blobs, centre.keys, skip_refused=True)
        assert (row.taken, row.changed, row.refused) == (1, 1, 3)
    names = {row.code: row.name for row in queries.specialties(db.session())}
    assert names == {"A0801": "给排水", "A0901": "工程造价", "B01": "园林"}


def test_who_does_not_qualify_is_on_no_list(play):
    session = db.session()
    gone = session.query(Expert).filter_by(name="专家000").one()
    number = gone.id
    with play.centre.act("wang") as tx:
        tx.session.get(Expert, number).level = None
    play.request().freeze()
    listed = db.session().scalars(select(DrawLeaf.expert_id)).all()
    assert number not in listed
    assert len(listed) == 59


def test_a_list_of_nothing_but_errors_is_not_taken(centre):
    with centre.act("wang") as tx:
        uid = bring(tx, listing([person(1)]), centre.blobs).uid
    with pytest.raises(rules.NothingToImport), centre.act("wang") as tx:
        take(tx, uid, centre.blobs, centre.keys, skip_refused=True)


@pytest.mark.parametrize("code", ["", "给排水", "-a", "a" * 65, "A0801"])
def test_a_specialtys_code_can_stand_in_a_log_and_stands_once(centre, code):
    with centre.act("wang") as tx:
        service.add_specialty(tx, "A0801", "给排水")
    with pytest.raises(rules.BadSpecialty), centre.act("wang") as tx:
        service.add_specialty(tx, code, "名称")


@pytest.mark.parametrize("who", ["zhou", "sun", "t1"])
def test_only_administrators_keep_the_pool(play, who):
    for act in (
        lambda tx: service.add_specialty(tx, "X1", "x"),
        lambda tx: bring(tx, listing([person(999)]), play.centre.blobs),
        lambda tx: service.retire_specialty(tx, "A0801", retired=True),
    ):
        with pytest.raises(Forbidden), play.centre.act(who) as tx:
            act(tx)
