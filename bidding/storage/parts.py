"""Files that come in parts over a bad line: appended to, resumed, and kept as blobs when they are whole."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from bidding.core.errors import N_, DomainError
from bidding.storage import FULL, StorageFull
from bidding.storage.local import Ahead, LocalStore, fsync_directory

_NAME = re.compile(r"[a-z0-9]{8,64}")


class Busy(DomainError):
    """Somebody is writing to this very file."""

    code = "storage.busy"
    text = N_("这个文件正在由另一个连接上传。请稍等片刻再继续；已收下的部分不受影响。")
    status = 423


class Growing(Protocol):
    """One file, held by one writer until it is closed."""

    @property
    def size(self) -> int:
        """Bytes in the file, durable or not."""
        ...

    def write(self, data: bytes | memoryview, at: int) -> None:
        """Write all of it at an offset. Raises ``StorageFull``."""
        ...

    def read(self, count: int, at: int) -> bytes:
        """Up to ``count`` bytes from an offset."""
        ...

    def cut(self, size: int) -> None:
        """Forget everything from ``size`` on."""
        ...

    def sync(self) -> None:
        """Make what was written durable. Where this fails, the file is to be dropped, not synced again."""
        ...


class PartStore(Protocol):
    """Growing files by name; whole ones become blobs of the store beside."""

    @contextmanager
    def hold(self, name: str) -> Iterator[Growing]:
        """The file for one writer, made if it is not there. Raises ``Busy``."""
        ...

    def size(self, name: str) -> int:
        """Bytes in the file; 0 where there is none."""
        ...

    def keep(self, name: str, digest: str) -> None:
        """Move a durable file to where blobs lie. Harmless if that was done before."""
        ...

    def drop(self, name: str) -> None:
        """Remove the file, if it is there."""
        ...

    def sweep(self, spoken_of: Callable[[str], bool], before: datetime) -> int:
        """Remove files last written before the instant that no row speaks of; how many went."""
        ...


class LocalGrowing:
    """A file of ``uploads/``, locked for as long as it is open."""

    def __init__(self, handle: int, folder: Path) -> None:
        self._handle = handle
        self._folder = folder
        size = os.fstat(handle).st_size
        self._is_new = not size
        self._ahead = Ahead(handle, size)

    @property
    def size(self) -> int:
        """Bytes in the file, durable or not."""
        return os.fstat(self._handle).st_size

    def write(self, data: bytes | memoryview, at: int) -> None:
        """Write all of it at an offset."""
        view = memoryview(data)
        try:
            while view:
                written = os.pwrite(self._handle, view, at)
                view, at = view[written:], at + written
            self._ahead.written(at)
        except OSError as error:
            if error.errno in FULL:
                raise StorageFull from error
            raise

    def read(self, count: int, at: int) -> bytes:
        """Up to ``count`` bytes from an offset."""
        return os.pread(self._handle, count, at)

    def cut(self, size: int) -> None:
        """Forget everything from ``size`` on."""
        os.ftruncate(self._handle, size)

    def sync(self) -> None:
        """Make what was written durable, and the file's name with its first bytes."""
        try:
            os.fdatasync(self._handle)  # the size is part of it: POSIX, "needed to retrieve the data"
            if self._is_new:
                fsync_directory(self._folder)
                self._is_new = False
        except OSError as error:
            if error.errno in FULL:
                raise StorageFull from error
            raise


class LocalParts:
    """``ROOT/uploads/NAME``, on the same disk as the blobs, so that a whole file only changes its name."""

    def __init__(self, store: LocalStore) -> None:
        self._store = store
        self.folder = store.root / "uploads"
        self.folder.mkdir(parents=True, exist_ok=True)

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            msg = f"not the name of an upload: {name!r}"
            raise ValueError(msg)
        return self.folder / name

    @contextmanager
    def hold(self, name: str) -> Iterator[LocalGrowing]:
        """The file for one writer: of this process or another, and let go when that dies. Raises ``Busy``."""
        handle = os.open(self._path(name), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise Busy from error
            if not os.fstat(handle).st_nlink:  # dropped between opening and locking
                raise Busy
            yield LocalGrowing(handle, self.folder)
        finally:
            os.close(handle)

    def size(self, name: str) -> int:
        """Bytes in the file; 0 where there is none."""
        try:
            return self._path(name).stat().st_size
        except FileNotFoundError:
            return 0

    def keep(self, name: str, digest: str) -> None:
        """Move a durable file to where blobs lie, and make the move durable."""
        self._store.adopt(self._path(name), digest)

    def drop(self, name: str) -> None:
        """Remove the file, if it is there."""
        self._path(name).unlink(missing_ok=True)

    def sweep(self, spoken_of: Callable[[str], bool], before: datetime) -> int:
        """Remove files last written before the instant that no row speaks of; how many went."""
        limit, gone = before.timestamp(), 0
        for path in self.folder.iterdir():
            if path.stat().st_mtime < limit and not spoken_of(path.name):
                path.unlink(missing_ok=True)
                gone += 1
        return gone
