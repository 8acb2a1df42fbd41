"""The correction notice (更正公告) of dates that moved, as data."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bidding.core.canonical import loads
from bidding.core.clock import unix
from bidding.outages.models import Extension
from bidding.tenders.models import Project


def correction_text(project: Project, extension: Extension, at: datetime) -> dict[str, Any]:
    """The correction notice as data: what is hashed into the log. Instants in Unix seconds."""
    return {
        "v": 1,
        "type": "correction-notice",
        "project": project.code,
        "title": project.title,
        "panel": project.panel_hash,
        "schedule": extension.n,
        "closes_at": {"was": unix(extension.was_closes_at), "is": unix(extension.closes_at)},
        "opens_at": {
            "was": unix(project.opens_at or extension.was_closes_at),
            "is": unix(extension.opens_at),
        },
        **_prices(project, extension),
        "reason": extension.reason,
        "published_at": unix(at),
    }


def _prices(project: Project, extension: Extension) -> dict[str, Any]:
    """What a correction of a tender in two envelopes says besides: when the prices are opened."""
    if project.prices_open_at is None:
        return {}
    opens = [item["at"] for item in loads(extension.event)["opens"]]
    return {"prices_open_at": {"was": unix(project.prices_open_at), "is": opens[-1]}}
