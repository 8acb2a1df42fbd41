"""Which published intention a draft follows; the announcement itself is of a domain above."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bidding.db.uow import Tx
from bidding.tenders.kinds import Stage
from bidding.tenders.models import Intention, Project
from bidding.tenders.service.draft import draft


@dataclass(frozen=True, slots=True)
class Intended:
    """A published intention: its uid, title, the SHA-256 that stands in the centre's log, and when it came out."""

    uid: str
    title: str
    sha256: str
    published_at: datetime


def follow_intention(tx: Tx, uid: str, intended: Intended | None) -> Project:
    """Let a draft follow an intention, or none. Raises ``WrongState``, and ``NotFound`` for another agency's draft."""
    project = draft(tx, uid)
    if intended is None:
        project.intention = None
    else:
        row = project.intention or Intention()
        row.announcement_uid, row.title = intended.uid, intended.title
        row.sha256, row.published_at = intended.sha256, intended.published_at
        project.intention = row
    tx.session.flush()
    return project


def intention_withdrawn(tx: Tx, announcement_uid: str) -> None:
    """Nothing that is not published yet follows a withdrawn intention; a notice that is out says what was so."""
    found = select(Intention).join(Project, Project.id == Intention.project_id)
    for row in tx.session.scalars(
        found.where(
            Intention.announcement_uid == announcement_uid,
            Project.stage.in_((Stage.DRAFT, Stage.SUBMITTED)),
        )
    ):
        tx.session.delete(row)
    tx.session.flush()
