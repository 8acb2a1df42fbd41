"""The logs' Merkle trees, kept in memory between requests so that signing costs as much as is new.

Only committed leaves enter a kept tree. What the transaction under way has appended is marked on its session;
while the mark stands, trees are built anew and nothing is signed.
"""

from __future__ import annotations

import threading
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bidding.ledger.merkle import Tree
from bidding.ledger.models import Leaf

_MARK = "ledger.appended"
_kept: WeakKeyDictionary[Any, dict[int, Tree]] = WeakKeyDictionary()
_lock = threading.Lock()
_LEAVES_FROM = (
    select(Leaf.idx, Leaf.leaf_hash)
    .where(Leaf.log_id == bindparam("log"), Leaf.idx >= bindparam("first"))
    .order_by(Leaf.idx)
)


def mark_appended(session: Session, log_id: int) -> None:
    """Say that the session's transaction has appended to this log."""
    transaction, logs = session.info.get(_MARK, (None, set()))
    if transaction is not session.get_transaction():
        logs = set()
    session.info[_MARK] = (session.get_transaction(), logs | {log_id})


def has_appended(session: Session, log_id: int) -> bool:
    """Whether the session's transaction holds leaves of this log that are not committed."""
    transaction, logs = session.info.get(_MARK, (None, set()))
    return transaction is not None and transaction is session.get_transaction() and log_id in logs


def tree(session: Session, log_id: int) -> Tree:
    """The tree over all leaves that the session sees. It may grow later: ask it for a size."""
    if has_appended(session, log_id):
        return _continued(session, log_id, Tree())
    with _lock:
        trees = _kept.setdefault(session.get_bind(), {})
        trees[log_id] = _continued(session, log_id, trees.get(log_id, Tree()))
        return trees[log_id]


def _continued(session: Session, log_id: int, known: Tree) -> Tree:
    """A tree with what is new. Begun anew if its last leaf is not in the database: a restored backup, or another log."""
    last = len(known) - 1
    rows = _leaves_from(session, log_id, max(last, 0))
    if last >= 0 and rows[:1] != [(last, known.leaf(last).hex())]:
        known, last = Tree(), -1
        rows = _leaves_from(session, log_id, 0)
    for index, digest in rows[1:] if last >= 0 else rows:
        if index != len(known):
            msg = f"log {log_id}: leaf {len(known)} is missing"
            raise RuntimeError(msg)
        known.append(bytes.fromhex(digest))
    return known


def _leaves_from(session: Session, log_id: int, first: int) -> list[tuple[int, str]]:
    """(index, hash) of the leaves from ``first`` on."""
    return [
        (row.idx, row.leaf_hash) for row in session.execute(_LEAVES_FROM, {"log": log_id, "first": first})
    ]
