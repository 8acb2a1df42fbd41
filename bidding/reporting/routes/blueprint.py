"""Where the report's pages hang."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("reporting", __name__)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
