"""Tables of notices and of results as CSV, a line for each lot: what is bought, sold and let."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.award.models import Award
from bidding.identity.models import Organisation
from bidding.opendata.ocds.parts import amount, instant, written
from bidding.opendata.rules import Span
from bidding.tenders.models import Lot, Project
from bidding.tenders.queries import PUBLISHED

NOTICES = (
    "project",
    "lot",
    "title",
    "lot_title",
    "family",
    "method",
    "subject",
    "owner",
    "agency",
    "agency_uscc",
    "published_at",
    "closes_at",
    "opens_at",
    "stage",
    "price_form",
    "budget_yuan",
    "ceiling_yuan",
    "start_yuan",
    "page",
)
RESULTS = (
    "project",
    "lot",
    "title",
    "lot_title",
    "family",
    "method",
    "owner",
    "outcome",
    "winner",
    "winner_uscc",
    "amount_yuan",
    "price",
    "basis",
    "basis_yuan",
    "awarded_on",
    "confirmed_at",
    "revision",
    "in_force",
    "record_sha256",
    "page",
)
#: A text that begins so would be a formula to a spreadsheet: whoever named a project could make it compute.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def notices(session: Session, span: Span, centre: str) -> Iterator[str]:
    """The lots of the notices that were published in a month or year, as they stand, in order of publication."""
    rows = (
        select(Project, Lot, Organisation.name, Organisation.uscc)
        .join(Lot, Lot.project_id == Project.id)
        .join(Organisation, Organisation.id == Project.agency_id)
        .where(Project.published_at >= span.begins_at, Project.published_at < span.ends_at)
        .where(Project.stage.in_(PUBLISHED), Project.is_round.is_(False))
        .order_by(Project.published_at, Project.id, Lot.id)
        .execution_options(yield_per=200)
    )
    yield _line(NOTICES)
    for project, lot, agency, uscc in session.execute(rows):
        sells = project.preset.sells
        yield _line(
            (
                project.code,
                lot.code,
                project.title,
                lot.name,
                project.family.value,
                project.method.value,
                project.subject,
                project.owner_name,
                agency,
                uscc,
                _when(project.published_at),
                _when(project.closes_at),
                _when(project.opens_at),
                project.stage.value,
                lot.price_form.value,
                "" if sells else _money(lot.budget_fen),
                _money(lot.ceiling_fen),
                _money(lot.budget_fen) if sells else "",
                f"{centre}/notices/{project.uid}",
            )
        )
        session.expunge_all()


def results(session: Session, span: Span, centre: str) -> Iterator[str]:
    """The results that became final in a month or year, corrected ones too, in that order."""
    rows = (
        select(Award, Lot, Project)
        .join(Lot, Lot.id == Award.lot_id)
        .join(Project, Project.id == Lot.project_id)
        .where(Award.confirmed_at >= span.begins_at, Award.confirmed_at < span.ends_at)
        .order_by(Award.confirmed_at, Award.id)
        .execution_options(yield_per=200)
    )
    yield _line(RESULTS)
    for award, lot, project in session.execute(rows):
        yield _line(
            (
                project.code,
                lot.code,
                project.title,
                lot.name,
                project.family.value,
                project.method.value,
                project.owner_name,
                award.outcome.value,
                award.winner_name or "",
                award.winner_uscc or "",
                _money(award.amount_fen),
                award.price_text,
                award.basis.value,
                _money(award.basis_fen),
                award.awarded_on.isoformat(),
                _when(award.confirmed_at),
                str(award.revision),
                "false" if award.superseded_at else "true",
                award.record_sha256,
                f"{centre}/notices/{project.uid}/award",
            )
        )
        session.expunge_all()


def _when(at: datetime | None) -> str:
    return "" if at is None else instant(at)


def _money(fen: int | None) -> str:
    return "" if fen is None else written(amount(fen))


def _line(cells: Sequence[Any]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])
    return out.getvalue()
