"""Announcements, objections and answers as data: what is hashed into the centre's log. Pure.

Money in fen, instants in Unix seconds, days as ``2026-12-01``, months as ``2026-12``.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from bidding.announcements.rules import FAMILY, PRESETS, Kind, Said
from bidding.core.clock import unix
from bidding.tenders.rules import Figure


@dataclass(frozen=True, slots=True)
class Publicity:
    """For how long it stands: its last day, the figure that wants no less, and within what objections are answered."""

    last: date
    figure: Figure
    reply: Figure | None = None


@dataclass(frozen=True, slots=True)
class OfLot:
    """The opened lot that candidates are of: its project's code and uid, family and method, and its own code and name."""

    project: str
    project_uid: str
    family: str
    method: str
    lot: str
    lot_name: str


def announcement_text(
    kind: Kind,
    said: Said,
    *,
    uid: str,
    agency: tuple[str, str],
    at: datetime | None,
    publicity: Publicity | None,
    of: OfLot | None = None,
) -> dict[str, Any]:
    """An announcement (domain reference §6). ``agency`` is its name and code, ``at`` when it is published."""
    preset = PRESETS[kind]
    if of is not None:
        family, method, own = of.family, of.method, _candidates(said, of, publicity)
    else:
        family, method = FAMILY.value, preset.method.value if preset.method else ""
        own = _intention(said) if kind is Kind.INTENTION else _single(said, publicity)
    return {
        "v": 1,
        "type": "announcement",
        "kind": kind.value,
        "announcement": uid,
        "family": family,
        "method": method,
        "source": preset.source,
        "title": said.title,
        "summary": said.summary,
        "budget_fen": said.budget_fen,
        "owner": said.owner_name,
        "owner_address": said.owner_address,
        "owner_contact": said.owner_contact,
        "agency": {"name": agency[0], "uscc": agency[1], "address": said.agency_address},
        "contact": {"name": said.contact, "phone": said.phone},
        "note": said.note or None,
        "media": said.media or None,
        "published_at": None if at is None else unix(at),
        **own,
    }


def _intention(said: Said) -> dict[str, Any]:
    return {"expected": said.expected_on and f"{said.expected_on:%Y-%m}"}


def _single(said: Said, publicity: Publicity | None) -> dict[str, Any]:
    return {
        "reason": said.reason,
        "supplier": {"name": said.supplier_name, "address": said.supplier_address},
        "opinions": [asdict(each) for each in said.opinions],
        "finance": _authority(said),
        "publicity": _period(said, publicity),
    }


def _candidates(said: Said, of: OfLot, publicity: Publicity | None) -> dict[str, Any]:
    return {
        "project": of.project,
        "project_uid": of.project_uid,
        "lot": of.lot,
        "lot_name": of.lot_name,
        "candidates": [{"rank": rank, **asdict(each)} for rank, each in enumerate(said.candidates, 1)],
        "reported_on": said.reported_on and said.reported_on.isoformat(),
        "authority": _authority(said),
        "publicity": _period(said, publicity),
        "reply": publicity
        and publicity.reply
        and {
            "value": publicity.reply.value,
            "unit": publicity.reply.unit,
            "law": publicity.reply.law,
            "article": publicity.reply.article,
        },
    }


def _authority(said: Said) -> dict[str, str]:
    return {"name": said.finance_name, "address": said.finance_address, "contact": said.finance_contact}


def _period(said: Said, publicity: Publicity | None) -> dict[str, Any] | None:
    if publicity is None:
        return None
    return {
        "value": said.days,
        "unit": publicity.figure.unit,
        "law": publicity.figure.law,
        "article": publicity.figure.article,
        "last": publicity.last.isoformat(),
    }


def objection_text(uid: str, n: int, body: str, at: datetime) -> dict[str, Any]:
    """The public record of an objection: everything but who made it."""
    return {
        "v": 1,
        "type": "announcement-objection",
        "announcement": uid,
        "n": n,
        "body": body,
        "made_at": unix(at),
    }


def answer_text(
    uid: str, n: int, objection: str, words: str, at: datetime, *, upheld: bool
) -> dict[str, Any]:
    """The public record of an answer; ``objection`` is the SHA-256 of what it answers."""
    return {
        "v": 1,
        "type": "announcement-answer",
        "announcement": uid,
        "n": n,
        "objection": objection,
        "upheld": upheld,
        "words": words,
        "answered_at": unix(at),
    }
