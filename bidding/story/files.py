"""Real files for the story: the product's own documents, and an archive of its source as the heavy attachment."""

from __future__ import annotations

import tarfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
_TEXTS = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")
_FOLDERS = ("bidding", "templates", "static", "docs", "tests")


def texts() -> list[Path]:
    """The documents that a tender is published with."""
    return [ROOT / name for name in _TEXTS if (ROOT / name).is_file()]


def archive(target: Path) -> Path:
    """A tar of the product's source, some megabytes: what a bidder's technical volume weighs."""
    with tarfile.open(target, "w") as out:
        for folder in _FOLDERS:
            for path in sorted((ROOT / folder).rglob("*")):
                if path.is_file() and "__pycache__" not in path.parts:
                    out.add(path, arcname=str(path.relative_to(ROOT)))
    return target
