"""What every act on a draw does: hold the draw and its log, write an event, and see that a verifier would take it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bidding.core.canonical import Malformed, loads
from bidding.core.errors import Forbidden, NotFound, WrongState
from bidding.db.uow import Tx
from bidding.experts import queries
from bidding.experts.models import Draw
from bidding.experts.policy import Permission
from bidding.experts.replay import DrawRecord
from bidding.experts.rules import RefusedProof, Step
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.keys import LogKeys
from bidding.ledger.models import Leaf, Log
from bidding.tenders.models import Project


def person(tx: Tx, permission: Permission) -> int:
    """The account that acts, if it may. Raises ``Forbidden``."""
    if tx.actor.account_id is None or not tx.actor.may(permission):
        raise Forbidden
    return tx.actor.account_id


def log_of(tx: Tx, project: Project) -> Log:
    """The project's log, held: whoever holds it is alone in the project. Raises ``NotFound`` for a draft."""
    if project.log_id is None:
        raise NotFound
    return ledger.lock(tx, tx.session.get_one(Log, project.log_id))


def held(tx: Tx, uid: str, *steps: Step) -> tuple[Draw, Log]:
    """A draw that the actor may see, in one of these steps, with its log held.

    Raises ``NotFound``; ``WrongState`` where the draw stands elsewhere.
    """
    draw = queries.draw_for(tx.session, tx.actor, uid)
    log = log_of(tx, draw.project)
    tx.session.refresh(draw)
    if draw.step not in steps:
        raise WrongState
    return draw, log


@contextmanager
def proof() -> Iterator[None]:
    """Say of a file that does not hold what the verifier says of it. Raises ``RefusedProof``."""
    try:
        yield
    except Malformed as error:
        raise RefusedProof(reason=str(error), field="file") from error


def write(tx: Tx, draw: Draw, log: Log, kind: EventType, /, **fields: Any) -> tuple[Leaf, DrawRecord]:
    """Write an event of a draw, and the draw as its log now tells it.

    The log is replayed as the verifier will: what would not verify is not written. Raises ``RefusedProof``.
    """
    replay = queries.replay_of(tx.session, draw.project)
    with proof():
        leaf = ledger.record(tx, log, kind, **fields)
        record = replay.take(leaf.idx, loads(leaf.event))
    return leaf, record


def sign(tx: Tx, uid: str, keys: LogKeys) -> None:
    """Sign the log of a draw's project as it stands. In a transaction of its own, after the one that wrote."""
    draw = queries.draw_for(tx.session, tx.actor, uid)
    ledger.sign_checkpoint(tx, log_of(tx, draw.project), keys)
