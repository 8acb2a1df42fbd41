"""The proof of a project's draws by itself: ``draw.json``, and ``draw.zip`` around it (docs/spec/draw.md). Pure.

Two forms. Once the opening record is public: every leaf of the log as it was committed to, those of the draws opened, and
the checkpoints that show that a quorum saw the contributions closed. Before that: the first draw, from its order to its
last contribution, with nothing that would tell how the log grows, and of the calls only who serves.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from bidding.core.archive import Archive
from bidding.core.archive import entry as zip_entry
from bidding.core.canonical import (
    Malformed,
    array,
    dumps,
    exactly,
    identifier,
    integer,
    loads,
    text_of,
    unhex,
)
from bidding.experts.calls import GONE, Answer
from bidding.experts.replay import TYPES
from bidding.experts.rules import region_code
from bidding.ledger.events import check_event, commit, entry

PROOF = "draw.json"
NAMES = "names.json"
#: The names of regions, for reading; what they fit is in the ids of the strata.
LABELS = "labels.json"
#: A draw from a hundred thousand experts takes some 12 MB.
MAX_PROOF = 128 * 1024 * 1024
MAX_NAMES = 16 * 1024 * 1024
MAX_LABELS = 64 * 1024

#: Before the opening an answer is told as one of these: why somebody is out could say who bids.
SERVES, OUT, PASSED = "accept", "gone", "skip"


@dataclass(frozen=True, slots=True)
class Opened:
    """A leaf that is opened; ``at`` is its index, None where the proof has no log."""

    at: int | None
    salt: str  # hex
    event: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """A call as it is told before the opening; ``answer`` is ``SERVES``, ``OUT`` or ``PASSED``."""

    draw: str
    stratum: str
    h: str
    answer: str


@dataclass(frozen=True, slots=True)
class Proof:
    """A ``draw.json`` whose shape holds: the panel's leaf first, then those of the draws."""

    checkpoints: tuple[str, ...]
    leaves: tuple[str, ...]
    opens: tuple[Opened, ...]
    calls: tuple[Told, ...]

    @property
    def with_log(self) -> bool:
        """Whether the log goes with it."""
        return bool(self.leaves)


def told_as(answer: Answer) -> str:
    """What is told of an answer before the opening."""
    if answer in GONE:
        return OUT
    return PASSED if answer is Answer.SKIP else SERVES


def parse_proof(data: bytes) -> Proof:
    """``draw.json`` taken apart, the shape of every object in it checked. Raises ``Malformed``."""
    try:
        value = loads(data)
    except Malformed as error:
        raise Malformed(f"proof: {error}") from error
    except ValueError as error:  # a number of thousands of digits
        raise Malformed("proof: a number that is too large") from error
    parts = exactly(value, "v type checkpoints leaves opens calls", "proof")
    integer(parts["v"], "proof: v", 1, 1)
    if parts["type"] != "draw-proof":
        raise Malformed("proof: type is not draw-proof")
    proof = Proof(
        checkpoints=tuple(_texts(parts["checkpoints"], "checkpoint")),
        leaves=tuple(_texts(parts["leaves"], "leaf")),
        opens=tuple(_opened(item, place) for place, item in enumerate(array(parts["opens"], "opens"))),
        calls=tuple(_told(item, place) for place, item in enumerate(array(parts["calls"], "calls"))),
    )
    _check_places(proof)
    return proof


def _texts(value: object, what: str) -> Iterable[str]:
    return (text_of(item, f"{what} {place}") for place, item in enumerate(array(value, f"proof: {what}s")))


def _opened(item: object, place: int) -> Opened:
    what = f"opens[{place}]"
    triple = array(item, what)
    if len(triple) != 3:
        raise Malformed(f"{what}: not an index, a salt and an event")
    at, salt, event = triple
    if at is not None:
        integer(at, f"{what}: index")
    unhex(salt, 32, f"{what}: salt")
    try:
        check_event(event)
    except Malformed as error:
        raise Malformed(f"{what}: {error}") from error
    wanted = ("panel",) if place == 0 else TYPES
    if event["type"] not in wanted:
        raise Malformed(f"{what}: {event['type']} does not belong there")
    return Opened(at, salt, event)


def _told(item: object, place: int) -> Told:
    what = f"calls[{place}]"
    parts = exactly(item, "draw stratum h answer", what)
    unhex(parts["h"], 32, f"{what}: h")
    if parts["answer"] not in (SERVES, OUT, PASSED):
        raise Malformed(f"{what}: answer: not known")
    return Told(
        identifier(parts["draw"], f"{what}: draw"),
        identifier(parts["stratum"], f"{what}: stratum"),
        parts["h"],
        parts["answer"],
    )


def _check_places(proof: Proof) -> None:
    """One form or the other, and nothing between."""
    if len(proof.opens) < 2:
        raise Malformed("proof: no draw in it")
    places = [each.at for each in proof.opens]
    if proof.with_log:
        before = -1
        for place, at in enumerate(places):
            if at is None or at <= before or at >= len(proof.leaves):
                raise Malformed(f"opens[{place}]: index: not ascending among the leaves")
            before = at
        if places[0] != 0:
            raise Malformed("opens[0]: index: not the first leaf")
        if proof.calls:
            raise Malformed("proof: with a log, calls are in it")
    elif proof.checkpoints or any(at is not None for at in places):
        raise Malformed("proof: checkpoints or indexes without a log")
    elif any(each.event["type"] == "draw-call" for each in proof.opens):
        raise Malformed("proof: without a log, calls are told by themselves")


def check_opened(proof: Proof) -> None:
    """Check that every opened leaf is the one committed to. Raises ``Malformed`` naming the leaf."""
    for each in proof.opens if proof.with_log else ():
        if each.at is None or proof.leaves[each.at] != entry(commit(bytes.fromhex(each.salt), each.event)):
            raise Malformed(f"leaf {each.at}: does not open to the event given for it")


def write_proof(
    opens: Iterable[Opened],
    *,
    leaves: Sequence[str] = (),
    checkpoints: Sequence[str] = (),
    calls: Iterable[Told] = (),
) -> bytes:
    """The bytes of ``draw.json``, as JCS."""
    return dumps(
        {
            "v": 1,
            "type": "draw-proof",
            "checkpoints": list(checkpoints),
            "leaves": list(leaves),
            "opens": [[each.at, each.salt, each.event] for each in opens],
            "calls": [
                {"draw": call.draw, "stratum": call.stratum, "h": call.h, "answer": call.answer}
                for call in calls
            ],
        }
    )


def write_labels(regions: Iterable[str]) -> bytes | None:
    """``labels.json`` with the regions' names; None where there are none, and the file is not written."""
    named = sorted(set(regions))
    return dumps({"v": 1, "regions": named}) + b"\n" if named else None


def parse_labels(data: bytes) -> list[str]:
    """The names of ``labels.json``. Raises ``Malformed``."""
    try:
        parts = exactly(loads(data), "v regions", "labels")
    except ValueError as error:
        raise Malformed(f"labels: {error}") from error
    integer(parts["v"], "labels: v", 1, 1)
    return [text_of(item, "labels: region") for item in array(parts["regions"], "labels: regions")]


def region_of(stratum: str, regions: Iterable[str]) -> str | None:
    """The one of these names that a stratum's id stands for. It fits 32 bits of a SHA-256, or the very number."""
    _, dot, code = stratum.rpartition(".")
    return next((region for region in regions if dot and region_code(region) == code), None)


def write_zip(
    target: BinaryIO, proof: bytes, names: bytes | None = None, labels: bytes | None = None
) -> None:
    """Write ``draw.zip``: ``draw.json`` first, by which it is known; the same draw gives the same bytes."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, data in ((PROOF, proof), (NAMES, names), (LABELS, labels)):
            if data is not None:
                archive.writestr(zip_entry(name), data, zipfile.ZIP_DEFLATED, 6)


class ProofZip(Archive):
    """A ``draw.zip``: ``draw.json``, ``names.json`` and ``labels.json``, and no other file."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        super().__init__(archive, lambda name: name in (PROOF, NAMES, LABELS), PROOF)

    def read_proof(self) -> bytes:
        """The bytes of ``draw.json``. Raises ``Malformed``."""
        return self.read(PROOF, MAX_PROOF)

    def read_names(self) -> bytes | None:
        """The bytes of ``names.json``, if it is there. Raises ``Malformed``."""
        return self.read(NAMES, MAX_NAMES) if NAMES in self else None

    def read_labels(self) -> list[str]:
        """The regions named for reading; none where the file is not there. Raises ``Malformed``."""
        return parse_labels(self.read(LABELS, MAX_LABELS)) if LABELS in self else []


def panel_event(proof: Proof) -> Mapping[str, Any]:
    """The panel, whose hash is the trust anchor."""
    return proof.opens[0].event
