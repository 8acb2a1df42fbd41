"""Where bytes lie: content-addressed blobs, durable before anybody is told so."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import BinaryIO, Protocol, cast

from flask import current_app

from bidding.core.errors import N_, DomainError

#: How the system says that the disk takes no more: no room, the owner's share is used up, or the file may not grow.
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class StorageFull(DomainError):
    """The disk cannot take it; what stands on it is whole."""

    code = "storage.full"
    text = N_("服务器的存储空间不足，文件没有收下；已收下的文件不受影响。请稍后再试，或到网络服务室办理。")
    status = 507


class Staged(Protocol):
    """Bytes on their way in; not a blob until ``keep``."""

    @property
    def size(self) -> int:
        """Bytes written so far."""
        ...

    def write(self, data: bytes | memoryview) -> None:
        """Append."""
        ...

    def keep(self) -> str:
        """Fsync the file, move it under its digest, fsync the directory; the SHA-256 in hex."""
        ...

    def discard(self) -> None:
        """Forget it. Harmless after ``keep``."""
        ...


class BlobStore(Protocol):
    """Blobs under their SHA-256."""

    def stage(self) -> Staged:
        """A new blob to be written."""
        ...

    def put(self, data: bytes) -> str:
        """Keep small data at once; its SHA-256 in hex."""
        ...

    def open(self, digest: str) -> BinaryIO:
        """A reader. Raises ``FileNotFoundError`` if the blob is not there."""
        ...

    def size(self, digest: str) -> int | None:
        """Bytes, or None where there is no such blob."""
        ...

    def delete(self, digest: str) -> None:
        """Remove a blob that no row speaks of."""
        ...

    def free(self) -> int:
        """Bytes that can still be written."""
        ...

    def sweep(self, spoken_of: Callable[[str], bool], before: datetime) -> int:
        """Remove what was left before the instant and no row speaks of; how many went."""
        ...

    def digests(self) -> Iterator[str]:
        """Every blob held."""
        ...


def keep(store: BlobStore, chunks: Iterable[bytes]) -> tuple[str, int]:
    """Store what comes; digest and size. A file of nothing is not stored: ``("", 0)``."""
    staged = store.stage()
    try:
        for piece in chunks:
            staged.write(piece)
        if not staged.size:
            staged.discard()
            return "", 0
        size = staged.size
        return staged.keep(), size
    except BaseException:
        staged.discard()
        raise


def blobs() -> BlobStore:
    """The running app's store of published documents and papers."""
    return cast("BlobStore", current_app.extensions["blobs"])


def sealed_blobs() -> BlobStore:
    """The running app's store of ciphertexts: apart, so that it can be swept and backed up by its own rules."""
    return cast("BlobStore", current_app.extensions["sealed_blobs"])
