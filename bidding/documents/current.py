"""Papers of the running app: set, and signed with its key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from typing import Any, cast

from flask import Response, current_app, request, send_file

from bidding.documents import pdf
from bidding.documents.signing import PaperKey


def paper_key() -> PaperKey:
    """The running app's key for papers, which ``wiring`` made."""
    return cast("PaperKey", current_app.extensions["paper_key"])


def paper(template: str, data: Mapping[str, Any], now: datetime) -> bytes:
    """A paper as it is handed out: PDF/A, with the centre's signature."""
    return paper_key().sign(pdf.render(template, data), now)


def filed(made: bytes, *, sha256: str, name: str) -> Response:
    """A paper made of what stands in a log: the same bytes for everybody at any time, so whoever has them need not fetch them again.

    ``sha256`` is of the data; ``name`` of the file, without its ending.
    """
    answer = send_file(BytesIO(made), mimetype="application/pdf", download_name=f"{name}.pdf")
    answer.set_etag(sha256)
    answer.make_conditional(request)
    return answer
