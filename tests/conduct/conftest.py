"""Drafts and a published tender, from the tenders' own fixtures."""

import pytest

from tests.tenders.conftest import begun, keys, published, rulebook, seats, written  # noqa: F401 — fixtures


@pytest.fixture
def drafts(begun, written):  # noqa: F811
    """``drafts()``: a draft that could be handed over; ``whole=False``: one that could not."""
    return lambda *, whole=True: written() if whole else begun()


@pytest.fixture
def tender(published):  # noqa: F811
    """The uid of a published tender, whose lot has a bid security."""
    return published()
