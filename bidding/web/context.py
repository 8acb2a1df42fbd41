"""What a route may ask of the running request."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from typing import cast

from flask import current_app, g
from sqlalchemy.orm import Session

from bidding.db import db, uow
from bidding.db.uow import Tx, World
from bidding.web.auth import current_actor


def world() -> World:
    """The app's clock, entropy, listeners and writer lock."""
    return cast("World", current_app.extensions["world"])


def transaction() -> AbstractContextManager[Tx]:
    """The request's unit of work, with its actor and its one reading of the clock."""
    return uow.transaction(current_actor(), world())


def session() -> Session:
    """For reading only: what is changed through it is never committed."""
    return db.session()


def now() -> datetime:
    """The request's one reading of the clock, for pages that only read."""
    if "now" not in g:
        g.now = world().clock.now()
    return cast("datetime", g.now)
