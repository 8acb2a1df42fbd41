"""资格预审公告 as data: what is hashed into the centre's log (domain reference §6)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bidding.core.clock import unix
from bidding.prequalification import queries, rules
from bidding.prequalification.models import Prequalification
from bidding.tenders import queries as tenders
from bidding.tenders import service as tender_service
from bidding.tenders.rules import cite

#: What the tender's own notice says as well: the project, who may take part, who can be asked (10号令 5; 87号令 13, 15).
_KEPT = (
    "project",
    "title",
    "family",
    "method",
    "subject",
    "owner",
    "owner_address",
    "owner_contact",
    "agency",
    "contact",
    "place",
    "summary",
    "approval",
    "approval_code",
    "funding",
    "policies",
    "media",
    "term",
    "consortium",
    "qualification",
    "requirements",
    "consortium_terms",
    "reserved",
)


def notice_text(
    session: Session, found: Prequalification, now: datetime, *, at: datetime | None = None
) -> dict[str, Any]:
    """The notice; instants in Unix seconds, days as ``2026-12-01``, money in fen. ``at`` is when it is published."""
    project = found.project
    plan = tenders.plan_of(session, project, now)
    whole = tender_service.notice_text(project, plan, {})
    figures = queries.figures(session, project, at or now)
    calendar = tenders.calendar(session)
    last = rules.last_days(figures, found.closes_at, calendar) if found.closes_at else {}
    return {
        "v": 1,
        "type": "prequalification-notice",
        **{name: whole[name] for name in _KEPT if name in whole},
        "lots": [
            {name: lot[name] for name in ("code", "number", "name", "budget_fen", "ceiling_fen")}
            for lot in whole["lots"]
        ],
        "published_at": unix(at) if at else None,
        "available_until_on": found.available_until_on and found.available_until_on.isoformat(),
        "closes_at": unix(found.closes_at) if found.closes_at else None,
        "examined_on": found.examined_on and found.examined_on.isoformat(),
        "way": "qualified",  # 合格制: whoever meets every condition passes
        "note": found.note,
        "periods": {
            name: {
                "value": figures[name].value,
                "unit": figures[name].unit,
                "source": cite(figures[name]),
                "last": last[name].isoformat() if name in last else None,
            }
            for name in (
                rules.AVAILABLE,
                rules.APPLICATION,
                rules.NOTICE,
                rules.OBJECTION,
                rules.CLARIFICATION,
                rules.LEAST,
            )
            if name in figures
        },
        "documents": [{"name": each.name, "size": each.size, "sha256": each.sha256} for each in found.files],
    }
