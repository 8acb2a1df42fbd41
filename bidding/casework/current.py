"""What the running app has at hand for cases."""

from __future__ import annotations

from typing import cast

from flask import current_app

from bidding.casework.desk import Desk


def desk() -> Desk:
    """The running app's, which ``wiring`` made."""
    return cast("Desk", current_app.extensions["case_desk"])
