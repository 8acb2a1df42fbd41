"""What the running app has at hand for its logs."""

from __future__ import annotations

from typing import cast

from flask import current_app

from bidding.ledger.keys import LogKeys


def log_keys() -> LogKeys:
    """The running app's signing keys, which ``wiring`` made."""
    return cast("LogKeys", current_app.extensions["log_keys"])
