"""What the running app has at hand for taking bids."""

from __future__ import annotations

from typing import cast

from flask import current_app

from bidding.submissions.reception import Desk


def desk() -> Desk:
    """The running app's stores, keys and limits, which ``wiring`` put together."""
    return cast("Desk", current_app.extensions["desk"])
