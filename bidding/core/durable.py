"""Files that are whole or not there: keys, and what a machine must remember over a crash."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_durably(path: Path, data: bytes, *, replace: bool = True) -> None:
    """Put a file of mode 0600 in its place: written beside, synced, moved there, the folder synced.

    Whoever is killed leaves the old file or the new one. Without ``replace`` the first one stays: ``FileExistsError``.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.new-")
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            beside.replace(path)
        else:
            os.link(beside, path)
    finally:
        beside.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
