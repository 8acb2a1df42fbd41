"""A tender on the day of its notice, and whoever asks, answers and corrects."""

from __future__ import annotations

import pytest

from bidding.story.play import Tender, Told
from tests.clarifications.correcting import Desk
from tests.stage import ROOT


@pytest.fixture
def further(tmp_path):
    def published(centre, _):
        made = Tender(centre, tmp_path / "fresh", Told())
        made.publish([ROOT / "pyproject.toml"])
        return made

    return {"fresh": ("centre", published)}


@pytest.fixture
def fresh(laid):
    """A tender published today, 24 days before its deadline."""
    return laid[1]


@pytest.fixture
def desk(fresh, tmp_path):
    return Desk(fresh, tmp_path)
