"""A real file for the story: an archive of the product's source as the heavy attachment."""

from __future__ import annotations

import tarfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
_FOLDERS = ("bidding", "templates", "static", "docs", "tests")


def archive(target: Path) -> Path:
    """A tar of the product's source, some megabytes: what a bidder's technical volume weighs."""
    with tarfile.open(target, "w") as out:
        for folder in _FOLDERS:
            for path in sorted((ROOT / folder).rglob("*")):
                if path.is_file() and "__pycache__" not in path.parts:
                    out.add(path, arcname=str(path.relative_to(ROOT)))
    return target
