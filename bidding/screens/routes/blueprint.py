"""The blueprint of the hall's screen and the kiosk."""

from __future__ import annotations

from flask import Blueprint, request

from bidding.i18n.catalog import speak

bp = Blueprint("screens", __name__)


@bp.before_request
def _speak() -> None:
    """A machine of the hall keeps no choice of language: the address has it, and with the address it is gone."""
    speak(request.args.get("lang", ""))
