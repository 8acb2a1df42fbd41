"""Where a bid stands, from its first file to what became of it: one's own only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload

from bidding.core.actor import Actor
from bidding.core.canonical import loads
from bidding.core.errors import NotFound
from bidding.submissions import arming
from bidding.submissions.models import Attempt, Bid
from bidding.tenders.models import Project

_BID = (
    select(Bid)
    .join(Project, Project.id == Bid.project_id)
    .where(
        Bid.uid == bindparam("bid"),
        Bid.organisation_id == bindparam("organisation"),
        Project.uid == bindparam("project"),
    )
    .options(joinedload(Bid.files))
)


@dataclass(frozen=True, slots=True)
class FileStanding:
    """One file: bytes durable of its size, and the uid of its upload where it has been begun."""

    envelope: str
    n: int
    size: int
    offset: int
    is_whole: bool
    upload: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """``state`` is one of uploading, armed, deciding, effective, superseded, withdrawn, refused.

    ``refusal`` is the newest attempt kept for this bid, also while it goes on.
    """

    bid: str
    state: str
    files: tuple[FileStanding, ...]
    received_at: datetime | None = None
    reference: str | None = None
    refusal: Attempt | None = None


def of(session: Session, actor: Actor, project_uid: str, bid_uid: str) -> Standing:
    """The standing of one of the organisation's bids. Raises ``NotFound``, for another's as for none."""
    own = actor.organisation_id
    asked = {"bid": bid_uid, "organisation": own, "project": project_uid}
    bid = session.scalars(_BID, asked).unique().one_or_none()
    if bid is not None:
        files = tuple(FileStanding(f.envelope, f.n, f.size, f.size, True, None) for f in bid.files)
        return Standing(bid_uid, bid.state.value, files, bid.received_at, bid.reference)
    project = session.scalar(select(Project).where(Project.uid == project_uid))
    if project is None:
        raise NotFound
    armed = arming.armed_bid(session, own, bid_uid)
    uploads = [each for each in arming.uploads_of(session, own, bid_uid) if each.project_id == project.id]
    refusal = next((each for each in _refusals(session, own, bid_uid) if each.project_id == project.id), None)
    begun = {(each.envelope, each.n): each for each in uploads}
    if armed is not None and armed.project_id == project.id:
        state = "deciding" if armed.intake_id is not None else "armed"
        wanted = arming.files_of(loads(armed.manifest))
        files = tuple(
            FileStanding(
                envelope,
                n,
                size,
                found.received if found is not None else 0,
                found is not None and (found.length, found.sha256) == (size, sha256),
                found.uid if found is not None else None,
            )
            for (envelope, n), (size, sha256) in wanted.items()
            for found in [begun.get((envelope, n))]
        )
        return Standing(bid_uid, state, files, refusal=refusal)
    if not uploads and refusal is None:
        raise NotFound
    files = tuple(
        FileStanding(each.envelope, each.n, each.length, each.received, each.sha256 is not None, each.uid)
        for each in uploads
    )
    return Standing(bid_uid, "refused" if refusal is not None else "uploading", files, refusal=refusal)


def _refusals(session: Session, own: int | None, bid_uid: str) -> Sequence[Attempt]:
    """The organisation's refused attempts with one bid, the newest first.

    Not looked for by project: how long it takes to pass over everybody else's would tell how many there are.
    """
    return session.scalars(
        select(Attempt)
        .where(Attempt.bid_uid == bid_uid, Attempt.organisation_id == own)
        .order_by(Attempt.at.desc())
    ).all()
