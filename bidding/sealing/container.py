"""What lies inside the envelopes: sheets, indexes, volumes, their padding, and the age files around them (§3.4)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bidding.core.canonical import (
    Malformed,
    array,
    dumps,
    exactly,
    integer,
    loads,
    text_of,
    unhex,
)
from bidding.core.entropy import Entropy
from bidding.core.errors import N_, DomainError
from bidding.sealing import age
from bidding.sealing.age import Reader, Writer

#: Sheets and indexes are padded to a multiple of this.
BLOCK = 4096
#: The largest plaintext of one file of an envelope: the unit of retry.
VOLUME = 256 * 1024 * 1024
_UNSAFE = re.compile(r"[/\\\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class NotSealed(DomainError, Malformed):
    """A file that is not sealed as protocol §3 says; plaintext above all (电子招标投标办法 26)."""

    code = "sealing.not_sealed"
    text = N_("这个文件没有按要求签封，不能接收：%(reason)s。请用签封程序重新生成签封包后再上传。")
    status = 422


def padme(length: int) -> int:
    """The padded length of a file of ``length`` bytes: at most 12 % more, and few distinct sizes (Padmé)."""
    if length < BLOCK:
        return BLOCK
    exponent = length.bit_length() - 1
    free = exponent - exponent.bit_length()
    return -(-length >> free) << free


def pad_json(value: Mapping[str, Any]) -> bytes:
    """The JCS of an object, then spaces up to the next multiple of 4096 bytes."""
    text = dumps(dict(value))
    return text + b" " * (-len(text) % BLOCK)


def unpad_json(plaintext: bytes, what: str) -> tuple[dict[str, Any], str]:
    """The object of a padded JCS and the SHA-256 (hex) of its text without the spaces. Raises ``Malformed``."""
    text = plaintext.rstrip(b" ")
    if len(plaintext) != len(text) + -len(text) % BLOCK:
        raise Malformed(f"{what}: not padded to the next multiple of {BLOCK} bytes")
    value = loads(text)
    if not isinstance(value, dict):
        raise Malformed(f"{what}: not an object")
    if dumps(value) != text:
        raise Malformed(f"{what}: not canonical JSON")
    return value, hashlib.sha256(text).hexdigest()


def sheet_bytes(sheet: Mapping[str, Any]) -> bytes:
    """The plaintext of a sheet, padded."""
    return pad_json(sheet)


def parse_sheet(
    plaintext: bytes, *, project: str, lot: str, bid: str, envelope: str
) -> tuple[dict[str, Any], str]:
    """A sheet and its hash. Raises ``Malformed`` unless it is well-formed and names this very place."""
    value, digest = unpad_json(plaintext, "sheet")
    parts = exactly(value, "v project lot bid envelope tenderer fields", "sheet")
    for key, wanted in (
        ("v", 1),
        ("project", project),
        ("lot", lot),
        ("bid", bid),
        ("envelope", envelope),
    ):
        if parts[key] != wanted or isinstance(parts[key], bool):
            raise Malformed(f"sheet: {key} is not {wanted!r}")
    tenderer = exactly(parts["tenderer"], "name uscc", "sheet: tenderer")
    text_of(tenderer["name"], "sheet: tenderer: name")
    text_of(tenderer["uscc"], "sheet: tenderer: uscc")
    if not isinstance(parts["fields"], dict):
        raise Malformed("sheet: fields: not an object")
    return parts, digest


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """One of the tenderer's files: its size and hash are of the whole plaintext without padding."""

    name: str
    slot: str
    size: int
    sha256: str
    volumes: tuple[int, ...]


def index_bytes(bid: str, envelope: str, files: Sequence[IndexEntry]) -> bytes:
    """The plaintext of file 0 of an envelope that is not public, padded."""
    return pad_json(
        {
            "v": 1,
            "bid": bid,
            "envelope": envelope,
            "files": [
                {
                    "name": file.name,
                    "slot": file.slot,
                    "size": file.size,
                    "sha256": file.sha256,
                    "volumes": list(file.volumes),
                }
                for file in files
            ],
        }
    )


def parse_index(plaintext: bytes, *, bid: str, envelope: str, volumes: int) -> list[IndexEntry]:
    """The files of an envelope that holds ``volumes`` volumes. Raises ``Malformed``.

    Every volume belongs to exactly one file, in order; names are bare file names, for they become paths on
    somebody's disk.
    """
    value, _ = unpad_json(plaintext, "index")
    parts = exactly(value, "v bid envelope files", "index")
    for key, wanted in (("v", 1), ("bid", bid), ("envelope", envelope)):
        if parts[key] != wanted or isinstance(parts[key], bool):
            raise Malformed(f"index: {key} is not {wanted!r}")
    files = [
        _index_entry(item, f"index: files[{place}]")
        for place, item in enumerate(array(parts["files"], "index: files"))
    ]
    if [n for file in files for n in file.volumes] != list(range(1, volumes + 1)):
        raise Malformed(f"index: the files do not take up the volumes 1 to {volumes}, each once and in order")
    return files


def _index_entry(item: object, what: str) -> IndexEntry:
    parts = exactly(item, "name slot size sha256 volumes", what)
    size = integer(parts["size"], f"{what}: size")
    numbers = [integer(n, f"{what}: volumes", 1) for n in array(parts["volumes"], f"{what}: volumes")]
    if not numbers or len(numbers) != volume_count(size):
        raise Malformed(f"{what}: {size} bytes do not take {len(numbers)} volumes")
    unhex(parts["sha256"], 32, f"{what}: sha256")
    return IndexEntry(
        check_name(parts["name"], f"{what}: name"),
        text_of(parts["slot"], f"{what}: slot"),
        size,
        parts["sha256"],
        tuple(numbers),
    )


def check_name(value: object, what: str) -> str:
    """A bare file name: no path, no control or direction signs, at most 200 of them; else ``Malformed``."""
    name = text_of(value, what)
    if not name.strip(". ") or len(name) > 200 or _UNSAFE.search(name):
        raise Malformed(f"{what}: not a bare file name")
    return name


def volume_count(size: int) -> int:
    """How many volumes a file of ``size`` bytes is cut into; an empty file has one."""
    return max(1, -(-size // VOLUME))


def check_age_header(prefix: bytes) -> int:
    """Check that a file begins as one sealed to exactly one X25519 recipient; where its payload begins.

    ``prefix`` is its first ``age.MAX_HEADER`` bytes, or all of it. Stanzas other than the one may only be grease.
    Raises ``NotSealed`` (also a ``Malformed``).
    """
    try:
        return _one_recipient(prefix)
    except Malformed as error:
        raise NotSealed(reason=str(error)) from error


def _one_recipient(prefix: bytes) -> int:
    header = age.parse_header(prefix)
    recipients = 0
    for stanza in header.stanzas:
        if stanza.type == "X25519":
            age.x25519_share(stanza)
            recipients += 1
        elif not stanza.type.endswith("-grease"):
            raise Malformed(f"age: a recipient of type {stanza.type}")
    if recipients != 1:
        raise Malformed(f"age: {recipients} X25519 recipients, not one")
    return header.size


class Digest:
    """Passes bytes on to a target, counting and hashing them."""

    def __init__(self, target: Writer) -> None:
        self._target = target
        self._hash = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes | memoryview, /) -> None:
        """Pass on."""
        self._target.write(data)
        self._hash.update(data)
        self.size += len(data)

    @property
    def sha256(self) -> str:
        """The hash so far, in hex."""
        return self._hash.hexdigest()


class _Padded:
    """A stream, then zeros up to a length."""

    def __init__(self, source: Reader, size: int) -> None:
        self._source = source
        self._left = size
        self.taken = 0
        self._over = False

    def read(self, size: int, /) -> bytes:
        size = min(size, self._left)
        data = b"" if self._over else self._source.read(size)
        if not data:
            self._over = True
            data = bytes(size)
        else:
            self.taken += len(data)
        self._left -= len(data)
        return data


def seal_stream(source: Reader, target: Writer, recipient: str, size: int, entropy: Entropy) -> None:
    """Encrypt one volume of ``size`` bytes, zero-padded by Padmé. Raises ``Malformed`` if fewer bytes come."""
    padded = _Padded(source, padme(size))
    age.encrypt(padded, target, recipient, entropy)
    if padded.taken != size:
        raise Malformed(f"the file changed while it was sealed: {padded.taken} bytes instead of {size}")


def open_volumes(sources: Iterable[Reader], identity: str, entry: IndexEntry) -> Iterator[bytes]:
    """The plaintext of one file, piece by piece, from its volumes in order and without their padding.

    The last piece is given once size and hash are the index's: who got that many bytes has the file. Raises
    ``Malformed`` when something is not as the index says, possibly after other pieces.
    """
    digest = hashlib.sha256()
    left, held = entry.size, b""
    for source in sources:
        size = own = min(left, VOLUME)
        written = 0
        for piece in age.opened(source, identity):
            written += len(piece)
            if own < len(piece) and any(piece[own:]):
                raise _badly_padded(entry)
            if own:
                if held:
                    yield held
                held = piece[:own]
                digest.update(held)
                own -= len(held)
        if written != padme(size):
            raise _badly_padded(entry)
        left -= size
    if left or digest.hexdigest() != entry.sha256:
        raise Malformed(f"{entry.name}: size or hash is not the index's")
    if held:
        yield held


def _badly_padded(entry: IndexEntry) -> Malformed:
    return Malformed(f"{entry.name}: a volume is not padded as it should be")
