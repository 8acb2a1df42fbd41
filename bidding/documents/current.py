"""Papers of the running app: set, and signed with its key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from flask import current_app

from bidding.documents import pdf
from bidding.documents.signing import PaperKey


def paper_key() -> PaperKey:
    """The running app's key for papers, which ``wiring`` made."""
    return cast("PaperKey", current_app.extensions["paper_key"])


def paper(template: str, data: Mapping[str, Any], now: datetime) -> bytes:
    """A paper as it is handed out: PDF/A, with the centre's signature."""
    return paper_key().sign(pdf.render(template, data), now)
