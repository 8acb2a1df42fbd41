"""The opening record as data: what is hashed into the log and signed (docs/spec/opening.md, "The sitting")."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from bidding.core.clock import unix
from bidding.identity.models import Organisation
from bidding.opening import queries as openings
from bidding.opening.queries import Sheet
from bidding.opening.rules import FIRST
from bidding.opening.sitting.queries import Guest, SittingView
from bidding.tenders.models import Project

#: What a line's tenderer said of it: in words, by saying nothing, or by not being here.
SILENT, ABSENT = "silent", "absent"


def record(session: Session, project: Project, view: SittingView, stage: int = FIRST) -> dict[str, Any]:
    """The record of a sitting whose objections are all answered. Instants in Unix seconds."""
    sheets = openings.opened(session, project.id, stage)
    return {
        "v": 1,
        "type": "opening-record",
        **({} if stage == FIRST else _later(session, project, view, stage)),
        "project": project.code,
        "title": project.title,
        "panel": project.panel_hash,
        "opened_at": unix(min(sheet.opened_at for sheet in sheets)),
        "present": [_present(guest) for guest in view.guests if guest.attendance is not None],
        "absent": [_unit(guest.organisation) for guest in view.absent],
        "lines": [_line(sheet, view) for sheet in sheets],
        "objections": [
            {
                "tenderer": _unit(each.organisation),
                "words": each.words,
                "at": unix(each.raised_at),
                "sha256": each.sha256,
                "answer": each.answer,
                "answered_at": None if each.answered_at is None else unix(each.answered_at),
            }
            for each in view.objections
        ],
        "suspensions": [
            {
                "reason": each.reason,
                "on_at": None if each.on_at is None else unix(each.on_at),
                "off_reason": each.off_reason,
                "off_at": None if each.off_at is None else unix(each.off_at),
            }
            for each in view.suspensions
        ],
    }


def _later(session: Session, project: Project, view: SittingView, stage: int) -> dict[str, Any]:
    """What the record of a later opening says besides: which it is, and who stayed sealed at it."""
    sealed = openings.stays_sealed(session, project) or {}
    whose = {bid: guest.organisation for guest in view.guests for bid in guest.bids}
    return {
        "stage": stage,
        "sealed": [
            {"bid": bid, "tenderer": _unit(whose[bid]), "reason": reason} for bid, reason in sealed.items()
        ],
    }


def answer_to(sheet: Sheet, view: SittingView) -> str:
    """What was said of a line: ``agrees``, ``objects``, ``silent`` or ``absent``."""
    line = view.lines.get(sheet.bid_uid)
    if line is not None:
        return "agrees" if line.agrees else "objects"
    here = any(sheet.bid_uid in guest.bids and guest.attendance is not None for guest in view.guests)
    return SILENT if here else ABSENT


def _unit(organisation: Organisation) -> dict[str, str]:
    return {"name": organisation.name, "uscc": organisation.uscc}


def _present(guest: Guest) -> dict[str, Any]:
    here = guest.attendance
    assert here is not None  # noqa: S101 — the caller has asked
    return {
        "tenderer": _unit(guest.organisation),
        "person": here.person,
        "way": here.way.value,
        "discipline": here.discipline,
        "at": unix(here.signed_in_at),
    }


def _line(sheet: Sheet, view: SittingView) -> dict[str, Any]:
    return {
        "place": sheet.place,
        "lot": sheet.lot_code,
        "bid": sheet.bid_uid,
        "tenderer": {"name": sheet.tenderer_name, "uscc": sheet.tenderer_uscc},
        "sha256": sheet.sha256,
        "verdict": sheet.verdict,
        "answer": answer_to(sheet, view),
    }
