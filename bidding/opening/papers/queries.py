"""Reading records and what goes with them. Nothing of it is to be asked before the close is public."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from bidding.core.errors import NotFound
from bidding.opening import shortage
from bidding.opening.afterwards import FAILED
from bidding.opening.papers.models import OpeningPaper, PaperSignature, RecordScan, VideoReference
from bidding.opening.papers.rules import Failure, Kind, Of
from bidding.opening.sitting.presentation import Board
from bidding.submissions.models import Bid
from bidding.submissions.rules import BidState
from bidding.tenders import queries as tenders
from bidding.tenders.models import Lot, Project
from bidding.tenders.rules import stages
from bidding.tenders.rules.figures import cite, cited

#: Figures of the rulebook: how many bids it takes to open, and what follows where there were fewer at the close.
MIN_BIDS, CLOSE_FAILS = "min-bids", "close-fails"


@dataclass(frozen=True, slots=True)
class Paper:
    """A record that was formed, with its signatures in order."""

    row: OpeningPaper
    signatures: Sequence[PaperSignature]


def paper(session: Session, project_id: int, kind: Kind) -> Paper | None:
    """One record of a project; None until it is formed."""
    row = session.scalar(
        select(OpeningPaper).where(OpeningPaper.project_id == project_id, OpeningPaper.kind == kind)
    )
    if row is None:
        return None
    signatures = session.scalars(
        select(PaperSignature)
        .where(PaperSignature.paper_id == row.id)
        .options(joinedload(PaperSignature.organisation))
        .order_by(PaperSignature.id)
    ).all()
    return Paper(row, signatures)


def stage_of(project: Project, kind: Kind) -> int:
    """The opening that a record is of: the first, or the last of two. Raises ``NotFound`` where there is but one."""
    of = stages(project.envelopes)
    if kind.is_later and len(of) == 1:
        raise NotFound
    return of[-1] if kind.is_later else of[0]


def scans(session: Session, project_id: int, record: Of) -> Sequence[RecordScan]:
    """The scans of one record, as they were attached; those that were taken back among them."""
    return session.scalars(
        select(RecordScan)
        .where(RecordScan.project_id == project_id, RecordScan.record == record)
        .options(joinedload(RecordScan.attached_by), joinedload(RecordScan.withdrawn_by))
        .order_by(RecordScan.id)
    ).all()


def videos(session: Session, project_id: int) -> Sequence[VideoReference]:
    """Where the videos of an opening are, as they begin; those that were taken back among them."""
    return session.scalars(
        select(VideoReference)
        .where(VideoReference.project_id == project_id)
        .options(joinedload(VideoReference.noted_by), joinedload(VideoReference.withdrawn_by))
        .order_by(VideoReference.begins_at, VideoReference.id)
    ).all()


def failures(session: Session, board: Board) -> list[Failure]:
    """The lots that failed: at the close, or by the agency's word because too few sheets could be read."""
    hall, decisions = board.hall, shortage.decisions(session, board.hall.project.id)
    rows = session.execute(
        select(Lot.code, func.count(Bid.id))
        .join(Bid, Bid.lot_id == Lot.id)
        .where(Bid.project_id == hall.project.id, Bid.state == BidState.EFFECTIVE)
        .group_by(Lot.code)
    )
    counts = dict(rows.all())
    found = []
    for lot in hall.lots:
        if lot.failed:
            found.append(Failure(lot.code, lot.name, True, counts.get(lot.code, 0), hall.panel.min_bids))
        elif (decided := decisions.get(lot.code)) is not None and decided.decision == FAILED:
            by = cited(decided.law, decided.article)
            found.append(Failure(lot.code, lot.name, False, decided.readable, hall.panel.min_bids, by))
    return found


def article(session: Session, project: Project, code: str) -> str:
    """Where the law says so, by the rule set that the project was published under; empty where no law does."""
    if project.rules_on is None:
        return ""
    figure = tenders.rules_for(session, project.family, project.method, project.rules_on).get(code)
    return cite(figure) if figure else ""


def scan(session: Session, project_id: int, number: int) -> RecordScan:
    """One scan of a project. Raises ``NotFound``."""
    found = session.get(RecordScan, number)
    if found is None or found.project_id != project_id:
        raise NotFound
    return found


def video(session: Session, project_id: int, number: int) -> VideoReference:
    """One video of a project. Raises ``NotFound``."""
    found = session.get(VideoReference, number)
    if found is None or found.project_id != project_id:
        raise NotFound
    return found
