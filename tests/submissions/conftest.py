from __future__ import annotations

import pytest

from tests.submissions.sending import Sender

PRICE = 1_200_000_000


@pytest.fixture
def sealed(tender, attachment):
    return tender.seal(1, [attachment], price_fen=PRICE)


@pytest.fixture
def sender(app, tender, sealed):
    """A tenderer whose sealed files are still to be sent."""
    return Sender(app, tender, sealed)
