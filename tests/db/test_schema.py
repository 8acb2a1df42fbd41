"""Every version of the schema can be reached and left, and the newest is what the models say."""

import pytest
from sqlalchemy import create_engine, inspect, text

from bidding.db import db, engine, schema
from bidding.tenders.models import INDEX


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
    by_hand = {name for name in tables(empty) if name.startswith(INDEX.name)}  # and what FTS5 keeps it in
    assert INDEX.name in by_hand
    assert tables(empty) - by_hand == set(db.metadata.tables)


def test_the_way_down_leaves_nothing_and_the_way_up_can_be_gone_again(empty):
    schema.migrate(empty)
    schema.migrate(empty, "base")
    assert tables(empty) == set()
    schema.migrate(empty)
    assert schema.differences(empty) == []


def test_going_where_one_is_changes_nothing(empty):
    schema.migrate(empty)
    schema.migrate(empty)
    assert schema.differences(empty) == []


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
