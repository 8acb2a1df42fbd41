"""What the modules of this package register their pages on."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("announcements", __name__)
