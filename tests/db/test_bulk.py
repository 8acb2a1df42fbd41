"""Many rows at once are the rows that SQLAlchemy's own insert would have put there."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bidding.db import db
from bidding.db.bulk import insert_rows
from bidding.reporting.models import SavingsOwner

_OWNERS = SavingsOwner.metadata.tables["savings_owner"]


def test_rows_go_in_whatever_order_their_columns_are_named_in(begin):
    with begin() as tx:
        insert_rows(tx.session, _OWNERS, ("name", "id"), [("明川县水利局", 7), ("甲%s乙%(name)s?:name", 8)])
        insert_rows(tx.session, _OWNERS, ("name",), [])
    found = db.session.execute(select(SavingsOwner.id, SavingsOwner.name).order_by(SavingsOwner.id)).all()
    assert [tuple(row) for row in found] == [(7, "明川县水利局"), (8, "甲%s乙%(name)s?:name")]


def test_a_row_that_the_database_refuses_takes_all_of_them_back(begin):
    with pytest.raises(IntegrityError), begin() as tx:
        insert_rows(tx.session, _OWNERS, ("id", "name"), [(1, "甲"), (2, "乙"), (3, "甲")])
    assert db.session.scalars(select(SavingsOwner)).all() == []


def test_a_row_with_a_value_too_few_is_a_mistake_of_the_caller(begin):
    with begin() as tx, pytest.raises((ValueError, IndexError)):
        insert_rows(tx.session, _OWNERS, ("id", "name"), [(1, "甲"), (2,)])
