"""Blobs on the local disk."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from bidding.storage import FULL, StorageFull
from bidding.storage.beside import Beside, Piece

_DIGEST = re.compile(r"[0-9a-f]{64}")


def fsync_directory(path: Path) -> None:
    """Make the names in a directory durable."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


#: The disk is asked to begin after so many bytes: at the end, when a client waits for the sync, little is left.
_AHEAD = 1 << 20


class Ahead:
    """Lets the disk begin with a growing file while more of it is still coming."""

    def __init__(self, handle: int, start: int = 0) -> None:
        self._handle = handle
        self._asked = start

    def written(self, end: int) -> None:
        """The file now reaches to ``end``. Linux starts writing what it is told it may forget."""
        if end - self._asked >= _AHEAD:
            os.posix_fadvise(self._handle, self._asked, end - self._asked, os.POSIX_FADV_DONTNEED)
            self._asked = end


class LocalStaged:
    """A file in ``incoming/`` that becomes a blob, or disappears."""

    def __init__(self, store: LocalStore) -> None:
        self._store = store
        handle, name = tempfile.mkstemp(dir=store.incoming)
        self._path = Path(name)
        self._file = os.fdopen(handle, "wb", buffering=0)
        self._hash = hashlib.sha256()
        self._beside = Beside(self._append, self._hash.update)
        self._ahead = Ahead(self._file.fileno())
        self._appended = 0
        self.size = 0

    def write(self, data: Piece) -> None:
        """Append, now or in a moment: the memory must not change afterwards."""
        try:
            self._beside.update(data)
        except OSError as error:
            self.discard()
            if error.errno in FULL:
                raise StorageFull from error
            raise
        self.size += len(data)

    def _append(self, data: Piece) -> None:
        view = memoryview(data)
        while view:
            view = view[self._file.write(view) :]
        self._appended += len(data)
        self._ahead.written(self._appended)

    def keep(self) -> str:
        """Make it durable under its digest. An fsync that fails is never tried again (reliability.md, trap 4)."""
        try:
            self._beside.settle()
            os.fsync(self._file.fileno())
            digest = self._hash.hexdigest()
            self._file.close()
            self._store.adopt(self._path, digest)
        except OSError as error:
            self.discard()
            if error.errno in FULL:
                raise StorageFull from error
            raise
        return digest

    def discard(self) -> None:
        """Close and remove the incoming file."""
        with suppress(OSError):  # it was told, or nobody asks for it any more
            self._beside.settle()
        self._file.close()
        self._path.unlink(missing_ok=True)


class LocalStore:
    """``ROOT/ab/cd…``: two levels, so that no directory grows past a few thousand names."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.incoming = root / "incoming"
        self.incoming.mkdir(parents=True, exist_ok=True)

    def path(self, digest: str) -> Path:
        """Where the blob lies; refuses what is not a digest."""
        if not _DIGEST.fullmatch(digest):
            msg = f"not a digest: {digest!r}"
            raise ValueError(msg)
        return self.root / digest[:2] / digest[2:]

    def stage(self) -> LocalStaged:
        """A new blob to be written."""
        return LocalStaged(self)

    def put(self, data: bytes) -> str:
        """Keep small data at once; its SHA-256 in hex."""
        staged = self.stage()
        staged.write(data)
        return staged.keep()

    def adopt(self, path: Path, digest: str) -> None:
        """Give a durable file of this disk its place as a blob, durably. Harmless where it has it already."""
        target = self.path(digest)
        if not target.parent.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            fsync_directory(target.parent.parent)
        try:
            path.replace(target)
        except FileNotFoundError:
            if not target.exists():
                raise
        fsync_directory(target.parent)

    def open(self, digest: str) -> BinaryIO:
        """A reader over the whole blob."""
        return self.path(digest).open("rb")

    def size(self, digest: str) -> int | None:
        """Bytes, or None where there is no such blob."""
        path = self.path(digest)
        return path.stat().st_size if path.exists() else None

    def delete(self, digest: str) -> None:
        """Remove a blob that no row speaks of."""
        self.path(digest).unlink(missing_ok=True)

    def digests(self) -> Iterator[str]:
        """Every blob held."""
        for directory in sorted(self.root.glob("[0-9a-f][0-9a-f]")):
            for path in sorted(directory.iterdir()):
                yield directory.name + path.name

    def free(self) -> int:
        """Bytes the disk still has for this process."""
        return shutil.disk_usage(self.root).free

    def sweep(self, spoken_of: Callable[[str], bool], before: datetime) -> int:
        """Remove what a crash left: half-written files, and blobs that no row speaks of; how many went.

        Only what was last written before the instant goes: a blob is made durable before its row.
        """
        limit, gone = before.timestamp(), 0
        for path in [*self.incoming.iterdir(), *(self.path(digest) for digest in self.digests())]:
            if path.stat().st_mtime >= limit:
                continue
            if path.parent == self.incoming or not spoken_of(path.parent.name + path.name):
                path.unlink(missing_ok=True)
                gone += 1
        return gone
