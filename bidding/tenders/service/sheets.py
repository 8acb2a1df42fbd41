"""A filled template: kept to be looked at, and taken whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bidding.core.entropy import new_uid
from bidding.core.errors import N_, DomainError, NotFound, WrongState
from bidding.db.uow import Tx
from bidding.tenders import policy, queries
from bidding.tenders.models import Origin, Project, ProjectSheet
from bidding.tenders.rules import LotFacts, ProjectFacts
from bidding.tenders.service.draft import add_lot, create_project, set_dates


class SheetHasFaults(DomainError):
    """Something in it is wrong, and then nothing is taken."""

    code = "tenders.sheet_has_faults"
    text = N_("表里还有 %(count)s 处要改，一个项目也没有写进去。请改正后重新上传。")
    status = 422


class SheetTaken(DomainError):
    """The very same file has become drafts before."""

    code = "tenders.sheet_taken"
    text = N_(
        "内容完全相同的文件已于 %(at)s 导入，草稿在“我的项目”里。不用再导入；改了内容的，另存后再上传。"
    )


@dataclass(frozen=True, slots=True)
class Draft:
    """What one row of the first sheet becomes, with its lots; ``row`` is the row's number."""

    row: int
    facts: ProjectFacts
    lots: tuple[LotFacts, ...]
    closes_at: datetime | None = None
    prices_open_at: datetime | None = None


def keep_sheet(tx: Tx, file_name: str, sha256: str) -> ProjectSheet:
    """Remember a file that somebody of an agency wants to look at; nothing of it is a draft yet."""
    if tx.actor.account_id is None or tx.actor.organisation_id is None:
        raise NotFound
    sheet = ProjectSheet(
        uid=new_uid(tx.entropy),
        agency_id=tx.actor.organisation_id,
        file_name=file_name[-200:],
        sha256=sha256,
        uploaded_at=tx.now,
        uploaded_by_id=tx.actor.account_id,
    )
    tx.session.add(sheet)
    tx.session.flush()
    return sheet


def take_sheet(tx: Tx, uid: str, drafts: Sequence[Draft], faults: int, *, region: str) -> list[Project]:
    """Make every row a draft of the actor's agency, marked as imported.

    Raises ``SheetHasFaults``, ``SheetTaken``, ``WrongState`` where it was taken already, ``NotFound`` for another agency's, and
    what drafting refuses; then nothing is written.
    """
    sheet = queries.sheet_for(tx.session, tx.actor, uid)
    if not policy.may_edit(tx.actor, sheet.agency_id):
        raise NotFound
    if sheet.taken_at is not None:
        raise WrongState
    before = tx.session.scalar(
        select(ProjectSheet.taken_at).where(
            ProjectSheet.agency_id == sheet.agency_id,
            ProjectSheet.sha256 == sheet.sha256,
            ProjectSheet.taken_at.is_not(None),
        )
    )
    if before is not None:
        raise SheetTaken(at=before)
    if faults:
        raise SheetHasFaults(count=faults)
    sheet.taken_at, sheet.taken_by_id = tx.now, tx.actor.account_id
    try:
        tx.session.flush()
    except IntegrityError as error:  # the same file, uploaded twice and taken at the same moment
        raise SheetTaken(at=tx.now) from error
    return [_make(tx, sheet, draft, region) for draft in drafts]


def _make(tx: Tx, sheet: ProjectSheet, draft: Draft, region: str) -> Project:
    project = make_draft(tx, draft, region=region)
    project.origin = Origin(sheet_id=sheet.id, row_number=draft.row)
    return project


def make_draft(tx: Tx, draft: Draft, *, region: str) -> Project:
    """A draft of the actor's agency with lots and dates at once. Raises what drafting refuses."""
    project = create_project(tx, draft.facts, region=region)
    for lot in draft.lots:
        add_lot(tx, project.uid, lot)
    if draft.closes_at is not None:
        set_dates(tx, project.uid, closes_at=draft.closes_at, prices_open_at=draft.prices_open_at)
    return project
