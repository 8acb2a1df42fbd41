"""The page that checks a receipt in the reader's own browser. The server has no part in it."""

from __future__ import annotations

from flask import Blueprint, render_template

from bidding.web.auth import public

bp = Blueprint("verification", __name__)


@bp.get("/verify")
@public
def check() -> str:
    """The form, and the command line that does the same without it."""
    return render_template("verification/check.html")
