"""Every version of the schema can be reached and left, and the newest is what the models say."""

from datetime import date
from importlib import import_module

import pytest
from sqlalchemy import create_engine, inspect, select, text

from bidding.core.canonical import dumps, loads
from bidding.db import db, engine, schema
from bidding.experts.fitness import Level
from bidding.experts.models import Expert
from bidding.experts.rules import Conditions, Place


@pytest.fixture
def empty(app, postgresql, tmp_path):
    """A database without tables, of the kind the suite runs on."""
    if postgresql:
        admin = create_engine(postgresql, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text("CREATE DATABASE migrating"))
        url = admin.url.set(database="migrating")
    else:
        url = f"sqlite:///{tmp_path}/empty.db"
    made = create_engine(url, **engine.engine_options(str(url)))
    engine.configure(made)
    yield made
    made.dispose()
    if postgresql:
        with admin.connect() as connection:
            connection.execute(text("DROP DATABASE migrating"))
        admin.dispose()


def tables(of):
    return set(inspect(of).get_table_names()) - {"alembic_version"}


def test_the_newest_schema_is_what_the_models_say(empty):
    schema.migrate(empty)
    assert schema.differences(empty) == []
    by_hand = {name for name in tables(empty) if name.startswith(schema.BY_HAND)}  # and what FTS5 keeps it in
    assert by_hand >= set(schema.BY_HAND)
    assert tables(empty) - by_hand == set(db.metadata.tables)


def test_the_way_down_leaves_nothing_and_the_way_up_can_be_gone_again(empty):
    schema.migrate(empty)
    schema.migrate(empty, "base")
    assert tables(empty) == set()
    schema.migrate(empty)
    assert schema.differences(empty) == []


def test_going_where_one_is_changes_nothing_and_what_is_there_is_kept(empty):
    """With experts of before 0030, whom other rows refer to: their telephones are sealed on the way."""
    schema.migrate(empty, "0028")
    with empty.begin() as connection:
        for line in (
            "INSERT INTO specialty (id, code, name) VALUES (1, 'A01', '给排水')",
            (
                "INSERT INTO expert (id, uid, name, unit, title, years, region, phone, active, added_at) VALUES"
                " (1, 'u', '张三', '某院', '高级工程师', 12, '', '13800000000', true, '2024-02-29 01:02:03')"
            ),
            "INSERT INTO expert_specialty (expert_id, specialty_id) VALUES (1, 1)",
        ):
            connection.execute(text(line))
    schema.migrate(empty)
    schema.migrate(empty)
    assert schema.differences(empty) == []
    with empty.begin() as connection:
        (row,) = connection.execute(select(Expert.phone, Expert.level, Expert.field_since))
        stored = bytes(connection.execute(text("SELECT phone FROM expert")).scalar_one())
        assert connection.execute(text("SELECT count(*) FROM expert_specialty")).scalar_one() == 1
    assert row == ("13800000000", Level.SENIOR, date(2012, 2, 28))
    assert b"138" not in stored


@pytest.mark.parametrize("region", ["", "明川县", " 明川 县", "513221"])
def test_before_0033_a_list_of_one_region_goes_by_its_id_in_the_log(region):
    """The program before refuses conditions with a word that it does not know."""
    place = Place("A0801", 2, 3, region)
    before = import_module("bidding.db.migrations.versions.0033_recusal").without_regions(
        dumps(Conditions(5, 1, (place,)).as_json()).decode()
    )
    assert loads(before)["places"] == [{"specialty": place.id, "need": 2, "backups": 3}]


def test_a_missing_column_is_noticed(empty):
    schema.migrate(empty)
    with empty.begin() as connection:
        connection.execute(text("ALTER TABLE witness DROP COLUMN retired_at"))
    assert schema.differences(empty)


def test_migrated_and_created_schemas_hold_the_same_rules(empty, app):
    """What Alembic does not compare: CHECK constraints and unique indexes."""
    schema.migrate(empty)
    migrated, created = inspect(empty), inspect(db.engine)
    for table in sorted(db.metadata.tables):
        for ask in ("get_check_constraints", "get_unique_constraints", "get_indexes", "get_foreign_keys"):
            here = {str(item["name"]): _rule(item) for item in getattr(migrated, ask)(table)}
            there = {str(item["name"]): _rule(item) for item in getattr(created, ask)(table)}
            assert here == there, f"{table}: {ask}"


def _rule(item):
    where = {
        key: str(value) for key, value in item.get("dialect_options", {}).items() if key.endswith("_where")
    }
    sql = " ".join(str(item.get("sqltext", "")).split())
    return item.get("column_names"), item.get("unique"), item.get("referred_table"), where, sql
