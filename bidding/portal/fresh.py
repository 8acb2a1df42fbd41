"""What was made public within a stretch of time, as saved searches look at it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.announcements.models import Announcement
from bidding.announcements.queries import PUBLIC
from bidding.core.errors import NotFound
from bidding.core.money import yuan
from bidding.portal import search
from bidding.portal.models import Result
from bidding.portal.rules import ResultKind
from bidding.portal.saved import Fresh, List
from bidding.tenders.models import Listing, Project

#: Beyond so many in a stretch nobody is told of the older ones: a centre publishes a few dozen a day.
_MOST = 5000


def between(session: Session, begins: datetime, until: datetime) -> list[Fresh]:
    """Everything that was published or, of results, corrected after ``begins`` and not after ``until``, the oldest first.

    Of more than ``_MOST`` the last: a search that could not be told for a year (its address does not open) takes nothing
    of today from the others.
    """
    return [
        *_notices(session, begins, until),
        *_results(session, begins, until),
        *_announcements(session, begins, until),
    ]


def _notices(session: Session, begins: datetime, until: datetime) -> list[Fresh]:
    rows = session.execute(
        select(Project, Listing.words)
        .join(Listing, Listing.project_id == Project.id)
        .where(Project.published_at > begins, Project.published_at <= until)
        .order_by(Project.published_at.desc(), Project.id.desc())
        .limit(_MOST)
    ).all()
    return [
        Fresh(
            List.NOTICES,
            project.published_at or until,
            project.title,
            f"{project.owner_name} · {project.code}",
            f"/notices/{project.uid}",
            words,
            {"family": project.family.value, "method": project.method.value},
        )
        for project, words in reversed(rows)
    ]


def _results(session: Session, begins: datetime, until: datetime) -> list[Fresh]:
    found = []
    rows = search.since(session, begins, until, _MOST)
    words = dict(
        session.execute(select(Result.id, Result.words).where(Result.id.in_([row.id for row in rows]))).all()
    )
    for row in rows:
        price = f"¥{yuan(row.amount_fen)}" if row.amount_fen is not None else row.price_text or ""
        line = " · ".join(each for each in (row.owner_name, row.code, row.winner_name, price) if each)
        page = f"course/{row.notice_n}" if row.kind is ResultKind.TERMINATED else "award"
        asked = {"family": row.family.value, "method": row.method.value, "kind": row.kind.value}
        found.append(
            Fresh(
                List.RESULTS,
                row.changed_at,
                row.title,
                line,
                f"/notices/{row.project_uid}/{page}",
                words[row.id],
                asked | {"region": row.region},
            )
        )
    return found


def _announcements(session: Session, begins: datetime, until: datetime) -> list[Fresh]:
    rows = session.scalars(
        select(Announcement)
        .where(Announcement.state.in_(PUBLIC))
        .where(Announcement.published_at > begins, Announcement.published_at <= until)
        .order_by(Announcement.published_at.desc(), Announcement.id.desc())
        .limit(_MOST)
    ).all()
    found = []
    for row in reversed(rows):
        if row.published_at is None:
            raise NotFound
        text = "\n".join((row.title, row.owner_name, row.supplier_name, row.summary))
        found.append(
            Fresh(
                List.ANNOUNCEMENTS,
                row.published_at,
                row.title,
                row.owner_name,
                f"/announcements/{row.uid}",
                text,
                {"kind": row.kind.value},
            )
        )
    return found
