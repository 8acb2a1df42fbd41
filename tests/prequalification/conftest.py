"""A project with prequalification, as far as a test wants it."""

from __future__ import annotations

import pytest

from tests.prequalification.holding import Holding
from tests.tenders.conftest import keys, rival, rulebook, seats  # noqa: F401 — fixtures


@pytest.fixture
def holding(app, begin, cast, blobs, clock, rulebook):  # noqa: F811
    """Zhou and Wu prequalify; Li and the others apply."""
    return Holding(app, begin, cast, blobs, clock)
