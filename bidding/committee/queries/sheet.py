"""Who judges, on paper: how each came to sit here, by which certificate, and who confirmed it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.committee import queries
from bidding.committee.models import Member
from bidding.committee.queries import lists
from bidding.committee.rules import RECUSAL_WORDS, SOURCE_WORDS, Source
from bidding.experts.models import Draw, DrawLeaf
from bidding.experts.queries.sheet import check_code
from bidding.identity.models import Account
from bidding.tenders.kinds import FAMILY_LABELS, METHOD_LABELS
from bidding.tenders.models import Project
from bidding.tenders.words import words as terms_of


def record_sheet(
    session: Session, project: Project, *, centre: str, address: str, printed_at: datetime
) -> dict[str, Any]:
    """The data of the template ``committee-record``. It has names: for whoever may read the committee's page."""
    people = queries.members(session, project.id)
    terms = terms_of(project.family, project.method)
    drawn = _draws_of(session, [one.h for one in people if one.h])
    data = {
        "centre": centre,
        "title": project.title,
        "code": project.code,
        "kind": f"{FAMILY_LABELS[project.family]}，{METHOD_LABELS[project.method]}",
        "owner": project.owner_name,
        "agency": project.agency.name,
        "address": address,
        "terms": {
            name: getattr(terms, name)
            for name in ("owner", "agency", "tenderer", "lot", "ceiling", "deadline")
        },
        "evaluation_at": queries.evaluation_at(session, project.id),
        "people": [_person(session, one, drawn) for one in people],
        "papers": [
            {
                "source": SOURCE_WORDS[row.source],
                "basis": row.basis,
                "words": row.words,
                "certificate": row.certificate,
                "count": row.count,
                "sha256": row.sha256,
                "brought": row.brought_by.name,
                "brought_at": row.brought_at,
                "confirmed": row.confirmed_by.name if row.confirmed_by else "",
                "confirmed_at": row.confirmed_at,
            }
            for row in queries.appointments(session, project.id)
        ],
        "lists": [
            {
                "certificate": row.paper.certificate,
                "file": row.file_name,
                "sha256": row.sha256,
                "log": lists.file_digest(row),
                "taken": row.taken,
                "away": row.away,
                "refused": row.refused,
                "by": row.taken_by.name if row.taken_by else "",
                "confirmed": row.confirmed_by.name if row.confirmed_by else "",
                "confirmed_at": row.confirmed_at,
            }
            for row in lists.of_project(session, project.id)
            if row.taken_at is not None
        ],
    }
    return data | {"check_code": check_code(data), "printed_at": printed_at}


def _draws_of(session: Session, commitments: list[str]) -> dict[str, str]:
    """By which draw each was drawn: its number."""
    rows = session.execute(
        select(DrawLeaf.h, Draw.code)
        .join(Draw, Draw.id == DrawLeaf.draw_id)
        .where(DrawLeaf.h.in_(commitments))
    )
    return {row.h: row.code for row in rows}


def _person(session: Session, one: Member, drawn: dict[str, str]) -> dict[str, Any]:
    if one.source is Source.DRAWN:
        by = drawn.get(one.h or "", "")
    else:
        by = one.appointment.certificate if one.appointment else ""
    state = ""
    if one.gone_at is not None:
        state = RECUSAL_WORDS[one.recusal] if one.recusal else one.gone_reason
    return {
        "name": one.name,
        "unit": one.unit,
        "title": one.title,
        "specialty": one.specialty,
        "source": SOURCE_WORDS[one.source],
        "by": by,
        "confirmed": session.get_one(Account, one.confirmed_by_id).name if one.confirmed_by_id else "",
        "arrived_at": one.arrived_at,
        "chair": bool(one.chaired_at and one.gone_at is None),
        "gone": state,
    }
