"""The package for a laptop in the hall: the opening package, the sealed sheets beside it, and what fields they have. Pure.

Its form is that of ``opening.zip`` with ``tender.json`` in it, the same file as on the notice: it gives the fields
their labels. Shares come from the trustees on their own sticks, so the package by itself opens nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from bidding.core.canonical import Malformed, dumps, loads
from bidding.ledger.trust import Policy
from bidding.opening.bundle import OpeningZip, open_zip, sealed_name, write_zip
from bidding.opening.client import Package, read_package
from bidding.opening.record import Record
from bidding.opening.unsealing import damage
from bidding.sealing.age import Reader
from bidding.sealing.offer import Tender, parse_tender

TENDER = "tender.json"
MAX_TENDER = 4 * 1024 * 1024


def write_offline(
    target: BinaryIO, bundle: bytes, tender: dict[str, Any], sealed: Iterable[tuple[str, Reader]]
) -> None:
    """Write the package: the bytes of the opening package, the notice's tender file, the sealed sheets by name."""
    write_zip(target, bundle, sealed, also={TENDER: dumps(tender)})


class Carried:
    """The sealed sheets that a laptop carries, by their SHA-256."""

    def __init__(self, archive: OpeningZip, record: Record, stage: int) -> None:
        self._archive = archive
        self.listed = {
            bid.envelope(envelope)["files"][0]["sha256"]: (
                sealed_name(bid.uid, envelope),
                bid.envelope(envelope)["files"][0]["size"],
            )
            for bid, envelope in record.to_be_shared(stage, public=True)
        }

    def size(self, digest: str, /) -> int | None:
        """Bytes, or None where the package lacks the file: then the server did not have it either."""
        return self._archive.size(self.listed[digest][0])

    def open(self, digest: str, /) -> AbstractContextManager[Reader]:
        """The file as a stream."""
        return self._archive.stream(self.listed[digest][0])


class Luggage:
    """A package whose log, checkpoints and ciphertexts hold, on a laptop; ``data`` is what trustees work from."""

    def __init__(self, data: bytes, package: Package, tender: Tender, sealed: Carried) -> None:
        self.data = data
        self.package = package
        self.tender = tender
        [self.stage] = package.record.panel.stages
        self.sealed = sealed


@contextmanager
def open_offline(path: Path, *, panel: str | None = None, pinned: Policy | None = None) -> Iterator[Luggage]:
    """Open a package and check all that needs neither shares nor a clock. Raises ``Malformed``.

    A sheet that the server did not have is left for the verdict; one that is here and is not what its manifest lists
    was damaged on the way, and the package is to be fetched again. ``panel`` and ``pinned`` are as in ``read_package``.
    """
    with open_zip(path, frozenset({TENDER})) as archive:
        data = archive.read_bundle()
        package = read_package(data, panel=panel, pinned=pinned)
        if len(package.record.panel.stages) > 1:
            raise Malformed("package: a tender in two envelopes is not opened offline")
        tender = parse_tender(loads(archive.read(TENDER, MAX_TENDER)))
        if tender.panel.hash != package.record.panel_hash:
            raise Malformed("package: its tender.json is that of another tender")
        sealed = Carried(archive, package.record, package.record.panel.stages[0])
        for digest, (name, size) in sealed.listed.items():
            if damage(sealed, digest, size) == "altered":
                raise Malformed(f"package: {name} is not what its manifest lists")
        known = {name for name, _ in sealed.listed.values()}
        if extra := sorted(archive.sealed - known):
            raise Malformed(f"package: {extra[0]} is not to be opened")
        yield Luggage(data, package, tender, sealed)
