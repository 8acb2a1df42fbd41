"""One public envelope and what comes out of it: a sheet, or a verdict with its evidence (protocol §6.3, §6.4). Pure.

The server does this over its own store, a laptop in the hall over the files it carries: with the same batches both
must find the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from bidding.core.canonical import Malformed
from bidding.opening.batches import Shares, open_envelope, open_sheet
from bidding.opening.record import LoggedBid, Record
from bidding.sealing.age import Reader

_CHUNK = 1 << 20


class Ciphertexts(Protocol):
    """Sealed files by their SHA-256."""

    def size(self, digest: str, /) -> int | None:
        """Bytes, or None where there is no such file."""
        ...

    def open(self, digest: str, /) -> AbstractContextManager[Reader]:
        """The file as a stream."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """A sheet and its hash, or a verdict with its evidence."""

    sheet: Mapping[str, Any] | None = None
    sha256: str | None = None
    verdict: str | None = None
    evidence: Mapping[str, Any] | None = None


def unseal(
    record: Record,
    bid: LoggedBid,
    envelope: str,
    batches: Mapping[int, Shares],
    sealed: Ciphertexts,
    posted: str | None = None,
) -> Outcome:
    """One envelope: the ciphertext is the manifest's, the key recombines, the sheet names this very place.

    ``posted`` is the tenderer's own key, for where too few trustees came.
    """
    listed = bid.envelope(envelope)["files"][0]
    problem = damage(sealed, listed["sha256"], listed["size"])
    if problem is not None:
        return Outcome(verdict="platform", evidence={"reason": problem, "sha256": listed["sha256"]})
    unlocked = open_envelope(record, bid, envelope, batches, posted)
    if unlocked.identity is None:
        return Outcome(verdict=unlocked.verdict, evidence=unlocked.evidence)
    try:
        with sealed.open(listed["sha256"]) as source:
            sheet, digest = open_sheet(record, bid, envelope, source, unlocked.identity)
    except Malformed as error:
        return Outcome(verdict="tenderer", evidence={"reason": "sheet", "detail": str(error)})
    return Outcome(sheet=sheet, sha256=digest)


def damage(sealed: Ciphertexts, sha256: str, size: int) -> str | None:
    """What is wrong with a ciphertext that is held, if anything is: ``missing`` or ``altered``."""
    held = sealed.size(sha256)
    if held is None:
        return "missing"
    if held != size:
        return "altered"
    digest = hashlib.sha256()
    with sealed.open(sha256) as source:
        while data := source.read(_CHUNK):
            digest.update(data)
    return None if digest.hexdigest() == sha256 else "altered"
