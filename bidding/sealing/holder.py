"""Whose a bag is, as the log commits to it (protocol §4, "Paper"). Pure."""

from __future__ import annotations

from bidding.core.canonical import dumps, lp, sha


def holder_hash(salt: bytes, name: str, uscc: str) -> str:
    """The commitment of a ``paper`` to its tenderer, in hex: opened with the bag, never of a bag that stays shut.

    An event of the log is opened after the close even where its lot failed; whose a bag is that was never opened the
    public must not learn (as little as whose a sealed bid is).
    """
    return sha(lp("bidlog/v1 holder", salt, dumps({"name": name, "uscc": uscc}))).hex()
