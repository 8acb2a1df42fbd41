"""Whole months and years as packed files: made once, and sent until something comes."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

#: gzip, as zlib calls it; no time and no name in its head, so that the same text is the same file.
_GZIP = 31
#: Nobody makes one file for so long, in seconds.
_LONG = 24 * 3600


def packed(lines: Iterable[str]) -> Iterator[bytes]:
    """Lines as a gzip file, piece by piece."""
    packer = zlib.compressobj(wbits=_GZIP)
    for line in lines:
        if some := packer.compress(line.encode()):
            yield some
    yield packer.flush()


def kept(folder: Path, name: str, tag: str, lines: Iterable[str]) -> Path:
    """The file of that name with what ``tag`` stands for, packed from ``lines`` where it is not there yet.

    Whoever makes it at the same time makes the same; who is still sending the one before keeps it until the end. The
    folder holds nothing that could not be made again.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.{tag}.gz"
    if path.exists():
        return path
    with NamedTemporaryFile(dir=folder, prefix="making-", delete=False) as draft:
        try:
            for piece in packed(lines):
                draft.write(piece)
        except BaseException:
            os.unlink(draft.name)
            raise
    os.replace(draft.name, path)
    for other in folder.glob(f"{name}.*.gz"):
        if other != path:
            with suppress(FileNotFoundError):  # another has been here
                other.unlink()
    _sweep(folder, path.stat().st_mtime - _LONG)
    return path


def _sweep(folder: Path, before: float) -> None:
    """Take away what a process that was killed had begun, by the clock of the files."""
    for draft in folder.glob("making-*"):
        with suppress(FileNotFoundError):
            if draft.stat().st_mtime < before:
                draft.unlink()
