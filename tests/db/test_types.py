"""Instants are aware, in and out."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from bidding.core.clock import SHANGHAI
from bidding.db import db
from bidding.ledger.models import Witness


def test_instants_come_back_as_utc_to_the_microsecond(begin):
    at = datetime(2026, 11, 23, 9, 0, 0, 123456, tzinfo=SHANGHAI)
    with begin() as tx:
        tx.session.add(Witness(name="a", vkey="a", enrolled_at=at))
    db.session.expire_all()
    (found,) = db.session.scalars(select(Witness)).all()
    assert found.enrolled_at == at
    assert found.enrolled_at.tzinfo is UTC
    assert found.retired_at is None
    assert db.session.scalars(select(Witness).where(Witness.enrolled_at <= at)).all() == [found]


def test_a_naive_instant_is_refused(app):
    naive = datetime(2026, 11, 23)  # noqa: DTZ001 — the very thing that must not pass
    with pytest.raises(StatementError, match="naive"):
        db.session.scalars(select(Witness).where(Witness.enrolled_at == naive)).all()
    db.session.rollback()
