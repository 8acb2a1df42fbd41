"""The opening bundle: ``bundle.json``, and ``opening.zip`` around it (protocol §6.5). Pure but for the zip's file.

The same ``bundle.json`` without batches is the opening package that trustees work from.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from bidding.core.archive import Archive, opened
from bidding.core.archive import entry as zip_entry
from bidding.core.canonical import Malformed, array, dumps, exactly, identifier, loads, text_of, unhex
from bidding.ledger.events import check_event, commit, entry, leaf_hash
from bidding.opening.batches import SignedBatch, parse_batch
from bidding.opening.record import GRACE, Record, Replay
from bidding.sealing.age import Reader

BUNDLE = "bundle.json"
NAMES = "names.json"
#: Larger than any opening thought of: a draw from a hundred thousand experts takes some 12 MB.
MAX_BUNDLE = 128 * 1024 * 1024
MAX_NAMES = 16 * 1024 * 1024
#: The text of one notice; the longest that the forms allow takes a fifth of it.
MAX_NOTICE = 8 * 1024 * 1024
_SEALED = re.compile(r"sealed/([0-9a-f]{32})/([A-Za-z0-9][A-Za-z0-9._-]{0,63})\.age")
_NOTICE = re.compile(r"notices/([0-9a-f]{64})\.json")
#: A ``notice`` leaf whose kind ends so speaks of a file of the notice, which is not carried: the text lists its digest.
_OF_FILE = "-document"


@dataclass(frozen=True, slots=True)
class PostedKey:
    """The identity of an envelope that its tenderer has posted."""

    bid: str
    envelope: str
    identity: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """A ``bundle.json`` whose shape holds."""

    checkpoints: tuple[str, ...]
    leaves: tuple[str, ...]
    opens: tuple[tuple[str, dict[str, Any]], ...]  # salt in hex, event
    batches: tuple[SignedBatch, ...]
    keys: tuple[PostedKey, ...]


def parse_bundle(data: bytes) -> Bundle:
    """``bundle.json`` taken apart, the shape of every object in it checked. Raises ``Malformed``."""
    if len(data) > MAX_BUNDLE:
        raise Malformed(f"bundle: larger than {MAX_BUNDLE} bytes")
    try:
        value = loads(data)
    except Malformed as error:
        raise Malformed(f"bundle: {error}") from error
    except ValueError as error:  # a number of thousands of digits
        raise Malformed("bundle: a number that is too large") from error
    parts = exactly(value, "v checkpoints leaves opens batches keys", "bundle")
    if parts["v"] != 1 or isinstance(parts["v"], bool):
        raise Malformed("bundle: v is not 1")
    leaves = tuple(text_of(leaf, f"leaf {i}") for i, leaf in enumerate(array(parts["leaves"], "leaves")))
    opens = tuple(_open(item, i) for i, item in enumerate(array(parts["opens"], "opens")))
    if len(leaves) != len(opens):
        raise Malformed(f"bundle: {len(leaves)} leaves, but {len(opens)} are opened")
    return Bundle(
        checkpoints=tuple(
            text_of(note, f"checkpoint {i}")
            for i, note in enumerate(array(parts["checkpoints"], "checkpoints"))
        ),
        leaves=leaves,
        opens=opens,
        batches=tuple(parse_batch(item) for item in array(parts["batches"], "batches")),
        keys=tuple(_key(item, i) for i, item in enumerate(array(parts["keys"], "keys"))),
    )


def _open(item: object, index: int) -> tuple[str, dict[str, Any]]:
    what = f"leaf {index}"
    pair = array(item, what)
    if len(pair) != 2:
        raise Malformed(f"{what}: not a salt and an event")
    unhex(pair[0], 32, f"{what}: salt")
    try:
        check_event(pair[1])
    except Malformed as error:
        raise Malformed(f"{what}: {error}") from error
    return pair[0], pair[1]


def _key(item: object, place: int) -> PostedKey:
    what = f"keys[{place}]"
    parts = exactly(item, "bid envelope identity", what)
    unhex(parts["bid"], 16, f"{what}: bid")
    return PostedKey(
        parts["bid"],
        identifier(parts["envelope"], f"{what}: envelope"),
        text_of(parts["identity"], f"{what}: identity"),
    )


def check_leaves(bundle: Bundle) -> list[bytes]:
    """Check that every leaf opens to its event; the leaf hashes. Raises ``Malformed`` naming the leaf."""
    hashes = []
    for index, (line, (salt, event)) in enumerate(zip(bundle.leaves, bundle.opens, strict=True)):
        if line != entry(commit(bytes.fromhex(salt), event)):
            raise Malformed(f"leaf {index}: does not open to the event given for it")
        hashes.append(leaf_hash(line))
    return hashes


def replay_bundle(bundle: Bundle, hashes: Sequence[bytes], *, dealings: bool = True) -> Record:
    """The record of a bundle's log from the hashes that ``check_leaves`` gave. Raises ``Malformed``."""
    running = Replay(dealings=dealings)
    for index, ((_, event), leaf) in enumerate(zip(bundle.opens, hashes, strict=True)):
        running.apply(index, event, leaf)
    return running.record


def sealed_name(bid: str, envelope: str) -> str:
    """Where a sealed sheet stands in ``opening.zip``."""
    return f"sealed/{bid}/{envelope}.age"


def sealed_wanted(record: Record) -> dict[str, tuple[str, str]]:
    """Name -> (bid, envelope) of every sealed sheet that the bundle holds, in order (protocol §6.5)."""
    return {
        sealed_name(bid.uid, envelope): (bid.uid, envelope)
        for stage in sorted(record.opened)
        for bid, envelope in record.to_be_shared(stage, public=True)
    }


def notice_name(digest: str) -> str:
    """Where the text of a notice stands in ``opening.zip``, by the SHA-256 (hex) that the log has of it."""
    return f"notices/{digest}.json"


def notices_told(events: Iterable[Mapping[str, Any]]) -> dict[str, tuple[int, str]]:
    """SHA-256 (hex) -> index and kind of the ``notice`` leaf that first tells of it; of texts, not of their files."""
    found: dict[str, tuple[int, str]] = {}
    for index, event in enumerate(events):
        if event["type"] == "notice" and not event["kind"].endswith(_OF_FILE):
            found.setdefault(event["sha256"], (index, event["kind"]))
    return found


def write_bundle(
    checkpoints: Iterable[str],
    opens: Iterable[tuple[str, Mapping[str, Any]]],
    batches: Iterable[SignedBatch] = (),
    keys: Iterable[PostedKey] = (),
) -> bytes:
    """The bytes of ``bundle.json``, as JCS; without batches and keys it is the opening package."""
    opened = [(salt, dict(event)) for salt, event in opens]
    return dumps(
        {
            "v": 1,
            "checkpoints": list(checkpoints),
            "leaves": [entry(commit(bytes.fromhex(salt), event)) for salt, event in opened],
            "opens": [[salt, event] for salt, event in opened],
            "batches": [signed.value for signed in batches],
            "keys": [{"bid": k.bid, "envelope": k.envelope, "identity": k.identity} for k in keys],
        }
    )


def choose_checkpoints(record: Record, notes: Iterable[str]) -> list[str]:
    """Of all checkpoints held, the ones that a bundle needs, in order (protocol §6.5).

    Those are: the largest that shows bids in time, the close's, one for every closed draw, and the last with a
    quorum, or the last of all where the log says that no witness came. Lines by keys that the panel's policy does not name are left out. Raises ``Malformed`` for a note
    that is not this log's.
    """
    by_size = {}
    for note in notes:
        checked = record.policy.read(note)
        by_size[checked.head.size] = (record.policy.known_lines(note), checked)
    witnessed = {size for size, (_, checked) in by_size.items() if record.policy.witnessed(checked)}
    wanted = {max(witnessed, default=0)}
    if record.unwitnessed_at is not None:
        wanted.add(max(by_size, default=0))
    if record.close is not None:
        end, latest = record.close.head.size, record.close.closes_at + GRACE
        in_time = [
            size
            for size in witnessed
            if size <= end and record.policy.witnessed(by_size[size][1], not_after=latest)
        ]
        wanted |= {end, max(in_time, default=0)}
    for first, last in draw_spans(record.draws).values():
        wanted.add(min((size for size in witnessed if first < size <= last), default=0))
    return [by_size[size][0] for size in sorted(wanted) if size in by_size]


def draw_spans(draws: Iterable[tuple[int, Mapping[str, Any]]]) -> dict[str, tuple[int, int]]:
    """Of every draw that was revealed: the index of its ``draw-closed`` and of its first ``draw-reveal``.

    A checkpoint lies between if its size is above the first and not above the second.
    """
    closed: dict[str, int] = {}
    spans: dict[str, tuple[int, int]] = {}
    for index, event in draws:
        if event["type"] == "draw-closed":
            closed.setdefault(event["draw"], index)
        elif event["type"] == "draw-reveal" and event["draw"] in closed:
            spans.setdefault(event["draw"], (closed[event["draw"]], index))
    return spans


def write_zip(
    target: BinaryIO,
    bundle: bytes,
    sealed: Iterable[tuple[str, Reader]],
    names: bytes | None = None,
    also: Mapping[str, bytes] | None = None,
) -> None:
    """Write ``opening.zip``: nothing compressed, no time of this machine, so that the same opening gives the same bytes.

    ``also`` are further small files by name: notices, or those of the package for a laptop (``opening.offline``).
    """
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zip_entry(BUNDLE), bundle)
        if names is not None:
            archive.writestr(zip_entry(NAMES), names)
        for name, data in (also or {}).items():
            archive.writestr(zip_entry(name), data)
        for name, source in sealed:
            with archive.open(zip_entry(name), "w") as entry_file:
                while data := source.read(1024 * 1024):
                    entry_file.write(data)


class OpeningZip(Archive):
    """An ``opening.zip`` that holds the files it may hold, and those in ``also``, and no other."""

    def __init__(self, archive: zipfile.ZipFile, also: frozenset[str] = frozenset()) -> None:
        named = {BUNDLE, NAMES, *also}
        super().__init__(
            archive,
            lambda name: name in named or bool(_SEALED.fullmatch(name) or _NOTICE.fullmatch(name)),
            BUNDLE,
        )

    @property
    def sealed(self) -> frozenset[str]:
        """The names of the sealed sheets."""
        return frozenset(name for name in self if _SEALED.fullmatch(name))

    @property
    def notices(self) -> frozenset[str]:
        """The names of the notices' texts; none in a package from before they were carried."""
        return frozenset(name for name in self if _NOTICE.fullmatch(name))

    def read_bundle(self) -> bytes:
        """The bytes of ``bundle.json``. Raises ``Malformed``."""
        return self.read(BUNDLE, MAX_BUNDLE)

    def read_names(self) -> bytes | None:
        """The bytes of ``names.json``, if it is there. Raises ``Malformed``."""
        return self.read(NAMES, MAX_NAMES) if NAMES in self else None


@contextmanager
def open_zip(path: Path, also: frozenset[str] = frozenset()) -> Iterator[OpeningZip]:
    """Open an ``opening.zip``, in which the names in ``also`` may stand too.

    Raises ``Unreadable`` if it is none, ``Malformed`` for files that do not belong in it.
    """
    with opened(path) as archive:
        yield OpeningZip(archive, also)
