"""Keeping the catalogue of what must come to the platform, and the list of what was approved.

Both say who ought to have come; so what is entered stands in the centre's log as well.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError

from bidding.core.entropy import new_uid
from bidding.core.errors import N_, DomainError, Invalid, NotFound
from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.keys import LogKeys
from bidding.tenders import entry, queries
from bidding.tenders.kinds import Entry, Family
from bidding.tenders.models import ApprovedProject, CatalogueItem
from bidding.tenders.rules.approval import Approval

#: Kinds of the notes in the centre's log.
ADDED_NOTE, ENDED_NOTE, APPROVED_NOTE = "catalogue-added", "catalogue-ended", "approved-entered"


class CatalogueFromToday(DomainError):
    """A line that would have held in days that are over."""

    code = "tenders.catalogue_from_today"
    text = N_("目录的条目最早从今天（%(earliest)s）起有效：以前的日子已经按当时的目录办理。请改日期。")
    status = 422


class InCatalogue(DomainError):
    """A line that stands there already; two would contradict each other as soon as one is changed."""

    code = "tenders.in_catalogue"
    text = N_(
        "“%(name)s”已经在目录里，%(first)s 起有效。没有再加一条；要改的，先让那一条“只到今天”，再加新的。"
    )


class ApprovedMeanwhile(DomainError):
    """The same project, entered by another at the same moment."""

    code = "tenders.approved_meanwhile"
    text = N_(
        "另一位管理员同时登记了其中的项目，这次一行都没有登记，您填的还在下面。请到“全部”里核对；要按您填的写，再按一次“登记”。"
    )


def add_item(
    tx: Tx,
    *,
    name: str,
    family: Family,
    what: Entry,
    from_fen: int | None,
    source: str,
    valid_from: date,
    keys: LogKeys,
) -> CatalogueItem:
    """Add a line to the catalogue. Raises ``CatalogueFromToday``, ``InCatalogue``, ``Invalid``."""
    if tx.actor.account_id is None:
        raise NotFound
    today = queries.local_day(tx.now)
    if valid_from < today:
        raise CatalogueFromToday(field="valid_from", earliest=today.isoformat())
    if not name.strip():
        raise Invalid(field="name", reason=N_("请写明这一条说的是什么项目。"))
    if not source.strip():
        raise Invalid(field="source", reason=N_("请写明依据，例如目录的文号。"))
    ledger.lock(
        tx, ledger.centre_log(tx, keys)
    )  # two administrators, at once: the second sees what the first did
    _check_new(tx, name.strip(), family, valid_from)
    item = CatalogueItem(
        uid=new_uid(tx.entropy),
        name=name.strip(),
        family=family,
        entry=what,
        from_fen=from_fen,
        source=source.strip(),
        valid_from=valid_from,
        entered_at=tx.now,
        entered_by_id=tx.actor.account_id,
    )
    tx.session.add(item)
    told = {
        "name": item.name,
        "family": family.value,
        "entry": what.value,
        "from_fen": from_fen,
        "source": item.source,
        "valid_from": valid_from.isoformat(),
    }
    _note(tx, keys, ADDED_NOTE, told)
    return item


def _check_new(tx: Tx, name: str, family: Family, valid_from: date) -> None:
    """Refuse a second line of one name and law that would hold on the same days."""
    other = tx.session.scalars(
        select(CatalogueItem)
        .where(
            CatalogueItem.name == name,
            CatalogueItem.family == family,
            or_(CatalogueItem.valid_to.is_(None), CatalogueItem.valid_to > valid_from),
        )
        .order_by(CatalogueItem.id)
        .limit(1)
    ).first()
    if other is not None:
        raise InCatalogue(field="name", name=name, first=other.valid_from.isoformat())


def end_item(tx: Tx, uid: str, *, keys: LogKeys) -> None:
    """Let a line hold for the last time today; one that has not begun is taken away. Raises ``NotFound``."""
    item = entry.catalogue_item(tx.session, uid)
    today = queries.local_day(tx.now)
    if item is None or (item.valid_to is not None and item.valid_to <= today):
        raise NotFound
    if item.valid_from > today:
        tx.session.delete(item)
    else:
        item.valid_to = today
    _note(tx, keys, ENDED_NOTE, {"name": item.name, "valid_to": today.isoformat()})


def enter_approvals(tx: Tx, approvals: list[Approval], *, keys: LogKeys) -> int:
    """Enter approved projects; one that is known by its code is written anew. How many were new.

    Raises ``ApprovedMeanwhile`` where another enters one of them at the same moment.
    """
    if tx.actor.account_id is None:
        raise NotFound
    codes = [each.code for each in approvals]
    known = {
        row.code: row
        for row in tx.session.scalars(select(ApprovedProject).where(ApprovedProject.code.in_(codes)))
    }
    for each in approvals:
        row = known.get(each.code)
        if row is None:
            row = ApprovedProject(code=each.code)
            tx.session.add(row)
        row.name, row.department = each.name, each.department
        row.investment_fen, row.approved_on = each.investment_fen, each.approved_on
        row.entered_at, row.entered_by_id = tx.now, tx.actor.account_id
    try:
        with tx.session.begin_nested():
            tx.session.flush()
    except IntegrityError as error:  # the code was not there when we looked, and is now
        raise ApprovedMeanwhile(field="lines") from error
    _note(tx, keys, APPROVED_NOTE, {"codes": codes})
    return len(approvals) - len(known)


def _note(tx: Tx, keys: LogKeys, kind: str, data: dict[str, Any]) -> None:
    ledger.record(tx, ledger.centre_log(tx, keys), EventType.NOTE, kind=kind, data=data)
    tx.session.flush()
