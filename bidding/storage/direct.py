"""Writing past the page cache: nobody reads a ciphertext before the opening, so the kernel need not keep a copy.

On a virtual machine the copy was most of what an upload cost: 256 MiB took half a second of a core through the cache
and three hundredths past it. Nothing is durable before the file is synced, this way or that.
"""

from __future__ import annotations

import errno
import mmap
import os
import threading

#: Where such writes begin and end: disks have blocks of 512 or 4096 bytes.
_BLOCK = 1 << 12
#: What is gathered for one write: large pieces are twice as fast, but an upload that hangs holds its own in memory. So
#: the first sixteen have large ones, and who comes while they are sending a small one.
_LARGE, _SMALL = 1 << 20, 1 << 17
_LARGE_ONES = threading.BoundedSemaphore(16)


class Direct:
    """Writes to one file: whole blocks straight to the disk, ragged ends and small writes through the cache.

    Where the file system knows no such way (tmpfs, some networks), everything goes through the cache. What was
    written is in the file after ``flush``. Raises ``OSError`` as ``os.pwrite`` does.
    """

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self._straight = _reopened(handle)
        self._is_large = self._straight is not None and _LARGE_ONES.acquire(blocking=False)
        self._piece = _LARGE if self._is_large else _SMALL
        self._buffer = mmap.mmap(-1, self._piece) if self._straight is not None else None
        self._at = 0
        self._held = 0

    @property
    def end(self) -> int:
        """Where the bytes end that wait in memory; 0 where none do."""
        return self._at + self._held if self._held else 0

    def write(self, data: bytes | memoryview, at: int) -> None:
        """Write all of it at an offset."""
        view = memoryview(data)
        if self._buffer is None:
            _write_all(self._handle, view, at)
            return
        if self._held and at != self._at + self._held:
            self.flush()
        while view:
            if not self._held:
                self._at = at
                ragged = -at % _BLOCK
                if ragged:
                    _write_all(self._handle, view[:ragged], at)
                    view, at = view[ragged:], at + len(view[:ragged])
                    continue
            taken = view[: self._piece - self._held]
            self._buffer[self._held : self._held + len(taken)] = taken
            self._held += len(taken)
            view, at = view[len(taken) :], at + len(taken)
            if self._held == self._piece:
                self.flush()

    def flush(self) -> None:
        """Hand the file what waits in memory."""
        if self._buffer is None or not self._held:
            return
        held, self._held = self._held, 0
        view = memoryview(self._buffer)[:held]
        done = self._put(view[: held - held % _BLOCK], self._at)
        _write_all(self._handle, view[done:], self._at + done)
        self._at += held

    def _put(self, view: memoryview, at: int) -> int:
        """Bytes that went straight to the disk; it may refuse them by their place, and they go through the cache."""
        done = 0
        while self._straight is not None and done < len(view):
            try:
                done += os.pwrite(self._straight, view[done:], at + done)
            except OSError as error:
                if error.errno != errno.EINVAL:
                    raise
                break
        return done

    def cut(self, size: int) -> None:
        """Forget what waits in memory from offset ``size`` on."""
        self._held = max(0, min(self._held, size - self._at))

    def close(self) -> None:
        """Let go of the second handle and the memory; the file's own handle stays its owner's."""
        self._held = 0
        if self._straight is not None:
            os.close(self._straight)
            self._straight = None
        self._buffer = None
        if self._is_large:
            self._is_large = False
            _LARGE_ONES.release()


def _reopened(handle: int) -> int | None:
    """A second handle of the same file that passes the cache; None where there is none."""
    try:
        return os.open(f"/proc/self/fd/{handle}", os.O_WRONLY | os.O_DIRECT)
    except (OSError, AttributeError):  # no such file system, no /proc, another system than Linux
        return None


def _write_all(handle: int, view: memoryview, at: int) -> None:
    while view:
        written = os.pwrite(handle, view, at)
        view, at = view[written:], at + written
