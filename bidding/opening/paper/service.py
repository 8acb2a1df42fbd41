"""Two persons type what stands in a bag; what both typed alike is its sheet, in the log and in the hall."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bidding.core.canonical import dumps, loads, sha
from bidding.core.errors import N_, Invalid
from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.models import Leaf, Log
from bidding.opening import policy, service
from bidding.opening.bags import sheet_of
from bidding.opening.events import SheetAdded
from bidding.opening.models import OpenedEnvelope
from bidding.opening.paper import queries, rules
from bidding.opening.paper.models import BagEntry
from bidding.opening.paper.queries import BagView
from bidding.opening.policy import Permission
from bidding.opening.sitting.service.steps import touch
from bidding.sealing.offer import parse_tender, read_offer
from bidding.submissions.paper.models import Bag
from bidding.tenders import queries as tenders
from bidding.tenders.models import Project


def enter(tx: Tx, project_uid: str, bag_uid: str, *, given: Mapping[str, Any], void: str) -> BagView:
    """One person's reading of a bag: its fields as people write them, or a key of ``VOIDS`` where there are none.

    The second of a round must be another person, and does not see the first's; where they agree field by field the
    sheet is written, where not, both type again. Raises ``NotOpened``, ``SecondPerson``, ``AlreadyRead``, and what
    ``read_offer`` refuses.
    """
    gate, project, book = service.locked(tx, project_uid)
    policy.require(tx.actor, Permission.PAPER_ENTER, agency_id=project.agency_id)
    service.require_closed(tx.session, gate)
    service.require_opened(tx.session, project)
    view = queries.bag(tx.session, project, bag_uid)
    if view.done:
        raise rules.AlreadyRead
    if view.typed_by == tx.actor.account_id:
        raise rules.SecondPerson
    said = _said(project, view.bag, given, void)
    assert tx.actor.account_id is not None  # noqa: S101 — the policy has asked
    nth = 1 if view.typed_by is None else 2
    number = view.rounds + (nth == 1)
    tx.session.add(
        BagEntry(
            bag_id=view.bag.id,
            round=number,
            nth=nth,
            account_id=tx.actor.account_id,
            body=dumps(said).decode(),
            entered_at=tx.now,
        )
    )
    tx.session.flush()
    if nth == 2:
        first = next(each for each in queries.entries(tx.session, view.bag.id) if each.round == number)
        if not rules.differing(loads(first.body), said):
            _write(tx, project, book, view.bag, said)
    touch(tx, project)
    return queries.bag(tx.session, project, bag_uid)


def _said(project: Project, bag: Bag, given: Mapping[str, Any], void: str) -> dict[str, Any]:
    """What was read. A sheet is typed as it is: what its tenderer left empty stays empty, whoever judges it later."""
    if void:
        if void not in rules.VOIDS:
            raise Invalid(field="void", reason=N_("请从列出的原因里选。"))
        return {"fields": None, "void": void}
    lot = parse_tender(tenders.tender_file(project)).lot(bag.lot.code)
    price, *rest = lot.fields
    as_written = replace(lot, fields=(price, *(replace(field, required=False) for field in rest)))
    return {"fields": read_offer(as_written, given), "void": None}


def _write(tx: Tx, project: Project, book: Log, bag: Bag, said: Mapping[str, Any]) -> None:
    """The sheet into the log and among the opened ones, in the bag's place of receipt."""
    record = service.record_of(tx.session, book)
    first = record.panel.stages[0]
    envelope = record.envelopes(first, public=True)[0].id
    leaf = _log(tx, book, bag, said["fields"], said["void"])
    sheet = None
    if said["fields"] is not None:
        sheet = dumps(sheet_of(project.code, bag.lot.code, bag.uid, envelope, _tenderer(bag), said["fields"]))
    tx.session.add(
        OpenedEnvelope(
            project_id=project.id,
            bid_id=bag.bid_id,
            envelope=envelope,
            stage=first,
            place=record.rows(first).index(bag.uid) + 1,
            sheet=None if sheet is None else sheet.decode(),
            sha256=None if sheet is None else sha(sheet).hex(),
            verdict="paper" if sheet is None else None,
            evidence=dumps({"reason": said["void"]}).decode() if sheet is None else None,
            opened_at=leaf.written_at,
        )
    )
    tx.session.flush()
    tx.emit(SheetAdded(project.id))


def _log(tx: Tx, book: Log, bag: Bag, fields: Mapping[str, Any] | None, void: str | None) -> Leaf:
    return ledger.record(
        tx,
        book,
        EventType.PAPER_SHEET,
        bag=bag.uid,
        tenderer=_tenderer(bag),
        salt=bag.salt,
        fields=None if fields is None else dict(fields),
        void=void,
    )


def _tenderer(bag: Bag) -> dict[str, str]:
    return {"name": bag.organisation.name, "uscc": bag.organisation.uscc}
