"""The pages that check things in the reader's own browser, and the certificate under papers."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding
from flask import Blueprint, Response, current_app, render_template, send_file

from bidding.documents.current import paper_key
from bidding.web.auth import public
from bidding.web.context import now

bp = Blueprint("verification", __name__)


@bp.get("/verify")
@public
def check() -> str:
    """The form, and the command line that does the same without it. The server has no part in what it does."""
    return render_template("verification/check.html")


@bp.get("/verify/replay")
@public
def replay() -> Response:
    """The page that checks a draw and replays it for everybody; it brings its policy along, and may be kept."""
    response = send_file(Path(current_app.root_path, "static", "vendor", "replay.html"))
    response.headers["Content-Security-Policy"] = "frame-ancestors 'none'"
    return response


@bp.get("/verify/papers")
@public
def papers() -> str:
    """What the centre's signature under a PDF means and what it does not, and its certificate."""
    return render_template("verification/papers.html", pair=paper_key().pair(now()))


@bp.get("/verify/papers/certificate.cer")
@public
def certificate() -> Response:
    """The certificate, as readers of PDF take it."""
    answer = current_app.response_class(
        paper_key().pair(now()).certificate.public_bytes(Encoding.DER), mimetype="application/pkix-cert"
    )
    answer.headers["Content-Disposition"] = 'attachment; filename="papers.cer"'
    return answer
