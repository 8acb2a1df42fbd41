"""Papers of the running app: set, and signed with its key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from typing import Any, cast

from flask import Response, current_app, request, send_file

from bidding.core.canonical import loads
from bidding.documents import pdf
from bidding.documents.signing import PaperKey


def paper_key() -> PaperKey:
    """The running app's key for papers, which ``wiring`` made."""
    return cast("PaperKey", current_app.extensions["paper_key"])


def paper(template: str, data: Mapping[str, Any], now: datetime) -> bytes:
    """A paper as it is handed out: PDF/A, with the centre's signature."""
    return paper_key().sign(pdf.render(template, data), now)


@lru_cache(maxsize=192)
def follow_up(
    make: Callable[..., Mapping[str, Any]],
    text: str,
    original: str,
    *,
    sha256: str,
    centre: str,
    address: str,
    original_address: str,
) -> bytes:
    """The paper of a notice about an earlier one, both as they stand in a log (JCS). It takes a third of a second to set.

    ``make`` turns the two into the data of the template ``notice``, and is told the rest by name.
    """
    data = make(
        loads(text),
        loads(original),
        sha256=sha256,
        centre=centre,
        address=address,
        original_address=original_address,
    )
    return pdf.render("notice", data)


def filed(made: bytes, *, sha256: str, name: str) -> Response:
    """A paper made of what stands in a log: the same bytes for everybody at any time, so whoever has them need not fetch them again.

    ``sha256`` is of the data; ``name`` of the file, without its ending.
    """
    answer = send_file(BytesIO(made), mimetype="application/pdf", download_name=f"{name}.pdf")
    answer.set_etag(sha256)
    answer.make_conditional(request)
    return answer
