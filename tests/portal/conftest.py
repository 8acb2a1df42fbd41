"""Opened projects and the two persons who decide about them, and a tender's course."""

from __future__ import annotations

import pytest

from bidding.db import db
from tests.announcements.conftest import desk, rulebook  # noqa: F401
from tests.award.conftest import award, confirm, make, record, today  # noqa: F401
from tests.award.test_queries import statements  # noqa: F401
from tests.lifecycle.conftest import course  # noqa: F401


@pytest.fixture
def session_of(app):
    """A session that sees what was committed last."""

    def _session():
        db.session.rollback()
        return db.session()

    return _session
