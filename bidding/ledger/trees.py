"""The logs' Merkle trees, kept in memory between requests so that signing costs as much as is new.

Only committed leaves enter a kept tree. What the transaction under way has appended is marked on its session;
while the mark stands, trees are built anew and nothing is signed.
"""

from __future__ import annotations

import threading
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.ledger.merkle import Tree
from bidding.ledger.models import Leaf

_MARK = "ledger.appended"
_kept: WeakKeyDictionary[Any, dict[int, Tree]] = WeakKeyDictionary()
_lock = threading.Lock()


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
        return _grown(session, log_id, Tree())
    with _lock:
        trees = _kept.setdefault(session.get_bind(), {})
        kept = trees.get(log_id)
        if kept is None or not _still_true(session, log_id, kept):
            kept = trees[log_id] = Tree()
        return _grown(session, log_id, kept)


def _still_true(session: Session, log_id: int, kept: Tree) -> bool:
    """Whether the last leaf known is in the database: not so after a restored backup, or for another log."""
    if not len(kept):
        return True
    found = session.scalar(select(Leaf.leaf_hash).where(Leaf.log_id == log_id, Leaf.idx == len(kept) - 1))
    return found == kept.leaf(len(kept) - 1).hex()


def _grown(session: Session, log_id: int, known: Tree) -> Tree:
    rows = session.execute(
        select(Leaf.idx, Leaf.leaf_hash)
        .where(Leaf.log_id == log_id, Leaf.idx >= len(known))
        .order_by(Leaf.idx)
    )
    for index, digest in rows:
        if index != len(known):
            msg = f"log {log_id}: leaf {len(known)} is missing"
            raise RuntimeError(msg)
        known.append(bytes.fromhex(digest))
    return known
