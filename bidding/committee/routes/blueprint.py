"""The blueprint of every page of this domain."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("committee", __name__)
