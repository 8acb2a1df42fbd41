"""A centre with a published tender, set up through the services; what tests of bidding and opening begin from."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bidding.story.centre import Centre
from bidding.story.play import Tender, Told

ROOT = Path(__file__).parent.parent


@pytest.fixture
def centre(app, clock, tmp_path):
    """People, witness and trustees; three tenderers (``t1`` to ``t3``) whose papers were approved."""
    found = Centre(app, clock, tmp_path / "people")
    found.found()
    found.register(range(1, 4), b"%PDF-1.4 a licence")
    return found


@pytest.fixture
def tender(centre, tmp_path):
    """A published tender twenty days on, its deadline four days ahead."""
    made = Tender(centre, tmp_path / "tender", Told())
    made.publish([ROOT / "pyproject.toml"])
    centre.wait(timedelta(days=20))
    centre.cosign()
    return made


@pytest.fixture
def attachment(tmp_path):
    """A file of some size to seal."""
    path = tmp_path / "technical.txt"
    path.write_text("施工组织设计\n" * 5000, "utf-8")
    return path


@pytest.fixture
def opened(centre, tender, attachment):
    """The tender after three bids, the close and the opening by three of five trustees."""
    for number in (1, 2, 3):
        sealed = tender.seal(number, [attachment], price_fen=1_200_000_000 + number * 100)
        tender.submit(number, sealed)
        centre.wait(timedelta(minutes=5))
    tender.close()
    tender.open(["reform", "finance", "notary"])
    return tender
