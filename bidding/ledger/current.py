"""What the running app has at hand for its logs."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from flask import current_app
from sqlalchemy.orm import Session

from bidding.ledger.keys import LogKeys


def log_keys() -> LogKeys:
    """The running app's signing keys, which ``wiring`` made."""
    return cast("LogKeys", current_app.extensions["log_keys"])


def is_public(session: Session, code: str) -> bool:
    """Whether everybody may read the log of a project: known above the ledger, so ``wiring`` says whom to ask."""
    ask = cast("Callable[[Session, str], bool]", current_app.extensions["log_is_public"])
    return ask(session, code)
