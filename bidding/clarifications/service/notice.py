"""The notice of answers and corrections (澄清、更正公告) as data: what is hashed into the log (domain reference §6)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bidding.clarifications.impact import Change, Impact
from bidding.clarifications.models import Clarification
from bidding.clarifications.rules import About, File
from bidding.core.canonical import loads, sha
from bidding.core.clock import unix
from bidding.core.errors import N_
from bidding.outages.models import Extension
from bidding.tenders.models import Project

#: Kinds of the notice in the log.
ANSWERS_KIND = "clarification"
TITLES = {
    (True, False): N_("答疑公告"),
    (False, True): N_("更正公告"),
    (True, True): N_("答疑、更正公告"),
    (False, False): N_("更正公告"),
}
OF_PREQUALIFICATION = {
    (True, False): N_("资格预审澄清公告"),
    (False, True): N_("资格预审更正公告"),
    (True, True): N_("资格预审澄清、更正公告"),
    (False, False): N_("资格预审更正公告"),
}


def title_of(clarification: Clarification, impact: Impact) -> str:
    """What the notice is called."""
    titles = OF_PREQUALIFICATION if clarification.about is About.PREQUALIFICATION else TITLES
    return titles[bool(clarification.answer), bool(impact.changes)]


def notice_text(
    project: Project,
    clarification: Clarification,
    impact: Impact,
    *,
    number: int,
    moved: Extension | None,
    at: datetime,
) -> dict[str, Any]:
    """Money in fen, instants in Unix seconds; who asked is nowhere in it. Contacts are the corrected ones."""
    first = {
        "title": project.title,
        "published_at": None if project.published_at is None else unix(project.published_at),
        "sha256": sha(project.notice or "").hex(),
    }
    return {
        "v": 1,
        "type": "clarification-notice",
        **_common(project, clarification, impact, number=number, at=at),
        "panel": project.panel_hash,
        "original": first,
        "postponed": moved is not None,
        "schedule": None if moved is None else {"n": moved.n, "notice_sha256": moved.notice_sha256},
    }


def prequalification_text(
    project: Project,
    clarification: Clarification,
    impact: Impact,
    *,
    number: int,
    original: str,
    at: datetime,
) -> dict[str, Any]:
    """The same of a prequalification; ``original`` is its notice as it was hashed (JCS)."""
    first = loads(original)
    return {
        "v": 1,
        "type": "prequalification-correction",
        **_common(project, clarification, impact, number=number, at=at),
        "original": {
            "title": first["title"],
            "published_at": first["published_at"],
            "sha256": sha(original).hex(),
        },
        "postponed": any(change.item == "closes_at" for change in impact.changes),
        "schedule": None,
    }


def _common(
    project: Project, clarification: Clarification, impact: Impact, *, number: int, at: datetime
) -> dict[str, Any]:
    facts = clarification.proposal.facts
    return {
        "kind": title_of(clarification, impact),
        "number": number,
        "project": project.code,
        "questions": clarification.asked or None,
        "answer": clarification.answer or None,
        "items": [_item(change) for change in impact.changes],
        "affects_preparation": bool(clarification.affects),
        "why_not": clarification.harmless_because or None,
        "reason": clarification.reason or None,
        "bids": impact.bids.value,
        "because": list(impact.because),
        "contact": {
            "agency": project.agency.name,
            "name": facts.get("contact", project.contact),
            "phone": facts.get("phone", project.phone),
        },
        "published_at": unix(at),
    }


def _item(change: Change) -> dict[str, Any]:
    return {
        "item": change.item,
        "label": change.label,
        "lot": change.lot,
        "was": _value(change.was),
        "is": _value(change.now),
    }


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return unix(value)
    if isinstance(value, File):
        return {"name": value.name, "size": value.size, "sha256": value.sha256}
    return value
