"""Opened projects and the two persons who decide about them, and a tender's course."""

from __future__ import annotations

from tests.announcements.conftest import desk, rulebook  # noqa: F401
from tests.award.conftest import award, confirm, make, record, today  # noqa: F401
from tests.award.test_queries import statements  # noqa: F401
from tests.lifecycle.conftest import course  # noqa: F401
