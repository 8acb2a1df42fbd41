"""Zips that travel: read without believing what they say of themselves, written alike on every machine. Pure but for files."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from bidding.core.canonical import Malformed

MAX_ENTRIES = 100_000
#: What zipfile raises for a file that is no whole zip.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    UnicodeDecodeError,
    ValueError,
    OverflowError,
    OSError,
)
#: Where the name of a zip's first entry stands (its length, then the name itself).
_NAME_SIZE, _NAME = 26, 30


class Unreadable(Malformed):
    """Not a whole zip, or not the file in it that everything hangs on: there is nothing that could be judged."""


class Stream(Protocol):
    """What gives bytes until it gives none."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""


class Archive:
    """A zip that holds the files it may hold and no other, each once. Sizes in it are not believed."""

    def __init__(self, archive: zipfile.ZipFile, belongs: Callable[[str], bool], needs: str) -> None:
        self._archive = archive
        self._entries: dict[str, zipfile.ZipInfo] = {}
        infos = archive.infolist()
        if len(infos) > MAX_ENTRIES:
            raise Malformed(f"zip: more than {MAX_ENTRIES} entries")
        for info in infos:
            name = info.orig_filename
            if not belongs(name):
                raise Malformed(f"zip: {name[:100]!r} does not belong in it")
            if name in self._entries:
                raise Malformed(f"zip: {name} stands twice")
            if info.flag_bits & 0x1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise Malformed(f"zip: {name} is encrypted, or packed in a way not known")
            self._entries[name] = info
        if needs not in self._entries:
            raise Unreadable(f"zip: no {needs} in it")

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def size(self, name: str) -> int | None:
        """How large an entry says it is; None where there is none of that name."""
        found = self._entries.get(name)
        return None if found is None else found.file_size

    def read(self, name: str, limit: int) -> bytes:
        """The bytes of an entry, no more than ``limit``. Raises ``Malformed``."""
        if name not in self._entries:
            raise Unreadable(f"zip: no {name} in it")
        with self.stream(name) as source:
            data = source.read(limit + 1)
        if len(data) > limit:
            raise Malformed(f"zip: {name} is larger than {limit} bytes")
        return data

    @contextmanager
    def stream(self, name: str) -> Iterator[Stream]:
        """One entry as a stream. Reading it may raise ``Malformed``, as may opening it."""
        try:
            source = self._archive.open(self._entries[name])
        except _BROKEN as error:
            raise Unreadable(f"zip: {name} is damaged: {error}") from error
        with source:
            yield _Guarded(source, name)


class _Guarded:
    """A zip's entry whose damage is a ``Malformed``."""

    def __init__(self, source: Any, name: str) -> None:
        self._source = source
        self._name = name

    def read(self, size: int, /) -> bytes:
        try:
            data: bytes = self._source.read(size)
        except _BROKEN as error:
            raise Unreadable(f"zip: {self._name} is damaged: {error}") from error
        return data


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """A file as a zip. Raises ``Unreadable`` if it is none, ``FileNotFoundError``."""
    try:
        archive = zipfile.ZipFile(path)
    except FileNotFoundError:
        raise
    except _BROKEN as error:
        raise Unreadable(f"zip: cannot be read: {error}") from error
    with archive:
        yield archive


def begins_with(source: BinaryIO, name: str) -> bool:
    """Whether a file begins as a zip does whose first entry has this (ASCII) name: what kind of zip it claims to be."""
    head = source.read(_NAME + len(name))
    size = int.from_bytes(head[_NAME_SIZE : _NAME_SIZE + 2], "little")
    return head[:4] == b"PK\x03\x04" and size == len(name) and head[_NAME:] == name.encode()


def entry(name: str) -> zipfile.ZipInfo:
    """An entry to write: no time of this machine, so that the same content gives the same bytes."""
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.external_attr = 0o644 << 16
    return info
