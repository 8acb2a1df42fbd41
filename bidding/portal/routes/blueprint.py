"""The blueprint of the portal's pages."""

from __future__ import annotations

from flask import Blueprint

from bidding.portal import shell

bp = Blueprint("portal", __name__)
bp.app_context_processor(shell.context)
