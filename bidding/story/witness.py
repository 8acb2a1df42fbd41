"""The demonstration's witness: it cosigns beside the server that it watches, so that a first look shows cosignatures.

It has its own key and its own memory, and asks as every witness does. In earnest that machine is somebody else's:
a witness in the operator's hands shows how it works and protects nobody.
"""

from __future__ import annotations

import logging
from contextvars import Context
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask

from bidding.core.clock import Clock
from bidding.db.uow import World
from bidding.ledger.witness import StateFile, Witness, parse_key
from bidding.scheduling.clockwork import Rhythm

if TYPE_CHECKING:
    from bidding.ledger.cli import Turn

#: Where a demonstration keeps its witness, beneath the instance; a centre that was founded in earnest has no such file.
HOME = Path("demo") / "witness"
KEY, MEMORY = "witness.key", "state.json"
#: How often it asks.
PAUSE = timedelta(seconds=3)

log = logging.getLogger(__name__)


def witness_of(home: Path) -> Witness:
    """The witness whose key file and memory lie in a folder."""
    name, seed = parse_key((home / KEY).read_text("utf-8"))
    return Witness(name, seed, StateFile(home / MEMORY))


def ask(app: Flask, witness: Witness, clock: Clock) -> Turn:
    """Let a witness ask an app once, over HTTP without a network."""
    import httpx  # 9 MB, which only a demonstration's worker needs

    from bidding.ledger.cli import take_turn

    with httpx.Client(transport=httpx.WSGITransport(app=app), base_url="http://localhost") as client:
        # In a context of its own: the request must not find what this thread's application context keeps.
        return Context().run(take_turn, client, witness, clock)


def rhythms(app: Flask) -> list[Rhythm]:
    """The demonstration's witness at its pace; nothing in any other instance."""
    home = Path(app.instance_path) / HOME
    if not (home / KEY).exists():
        return []
    world: World = app.extensions["world"]
    return [Rhythm("demonstration's witness", PAUSE, partial(_ask, app, witness_of(home), world.clock))]


def _ask(app: Flask, witness: Witness, clock: Clock) -> None:
    for reason in ask(app, witness, clock).refused:
        log.warning("the demonstration's witness: %s", reason)
