"""The package for a laptop leaves, and its result comes back: the server opens everything again and compares.

What the online way asks is asked here: each batch goes through ``hand_in``, the sheets through ``open_stage``, or
``open_late`` where the trustees' time was up before the result came, all in one transaction, so that a result that
does not agree leaves no trace.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from sqlalchemy import select

from bidding.core.canonical import Malformed
from bidding.core.clock import from_unix, unix
from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.models import Log
from bidding.opening import policy, rescue, rules, service
from bidding.opening.bundle import sealed_name
from bidding.opening.offline.held import KIND, SKEW, check_times
from bidding.opening.offline.models import OfflineOpening
from bidding.opening.offline.package import write_offline
from bidding.opening.offline.result import Result, difference, parse_result
from bidding.opening.policy import Permission
from bidding.opening.record import Record
from bidding.opening.sitting.service.steps import touch
from bidding.opening.unsealing import damage
from bidding.storage import BlobStore
from bidding.tenders import queries as tenders
from bidding.tenders.kinds import Envelopes
from bidding.tenders.models import Project


def fetch(tx: Tx, project_uid: str, sealed: BlobStore, target: BinaryIO) -> None:
    """Write the package for a laptop; with it the opening begins.

    Raises ``OneStageOffline``, and what ``service.fetch_package`` refuses.
    """
    project = tenders.notice(tx.session, project_uid)
    _only_stage(project)
    data, record = service.begin(tx, project_uid)
    write_offline(target, data, tenders.tender_file(project), _sealed(record, sealed))


def _only_stage(project: Project) -> None:
    """Between two stages the log says who passed, and a laptop writes no log. Raises ``OneStageOffline``."""
    if project.envelopes is not Envelopes.ONE:
        raise rules.OneStageOffline


def _sealed(record: Record, sealed: BlobStore) -> Iterator[tuple[str, BinaryIO]]:
    """The sealed sheets that are whole here; a verdict names the others, there as here."""
    for bid, envelope in record.to_be_shared(rules.FIRST, public=True):
        listed = bid.envelope(envelope)["files"][0]
        if damage(sealed, listed["sha256"], listed["size"]) is None:
            with sealed.open(listed["sha256"]) as source:
                yield sealed_name(bid.uid, envelope), source


def bring_in(tx: Tx, project_uid: str, value: object, sealed: BlobStore) -> OfflineOpening:
    """Take the result of an opening that was held without the server. Brought in twice it is the same opening.

    Raises ``OneStageOffline``, ``BadResult``, ``LaptopAhead``, ``OpenBefore``, ``OtherResult``, ``ResultDiffers``, and what
    ``service.hand_in`` refuses.
    """
    gate, project, book = service.locked(tx, project_uid)
    policy.require(tx.actor, Permission.RESULT_IMPORT, agency_id=project.agency_id)
    service.require_closed(tx.session, gate)
    _only_stage(project)
    try:
        result = parse_result(value)
    except Malformed as error:
        raise rules.BadResult(field="result", reason=str(error)) from error
    known = tx.session.scalar(
        select(OfflineOpening).where(
            OfflineOpening.project_id == project.id, OfflineOpening.stage == result.stage
        )
    )
    if known is not None:
        if known.sha256 != result.sha256:
            raise rules.OtherResult(field="result", sha256=known.sha256)
        return known
    _fits(tx, service.record_of(tx.session, book), result)
    for signed in result.batches:
        service.hand_in(tx, project_uid, signed.value)
    if not service.open_stage(tx, project_uid, sealed):
        rescue.open_late(tx, project_uid, sealed)
    record = service.record_of(tx.session, book)
    given = len({i for i, stage, public in record.shares if stage == result.stage and public})
    if given < record.panel.k:
        raise rules.BadResult(
            field="result", reason=f"{given} of {record.panel.k} trustees have given shares"
        )
    if (reason := difference(record, result)) is not None:
        raise rules.ResultDiffers(field="result", reason=reason)
    return _keep(tx, project, book, result)


def _fits(tx: Tx, record: Record, result: Result) -> None:
    """It is this project's, of the close in force, and was held when it could be.

    Raises ``BadResult``, ``OtherProject``, ``LaptopAhead``, ``OpenBefore``.
    """
    held = result.held
    if result.panel != record.panel_hash.hex() or result.project != record.panel.project:
        raise rules.OtherProject(field="result")
    try:
        if record.close is None or result.checkpoint != record.close.head.text:
            raise Malformed("made for another close")  # noqa: TRY301 — told like any other fault of it
        if held.ended_at > unix(tx.now) + SKEW:
            raise rules.LaptopAhead(field="result", ended=from_unix(held.ended_at), now=tx.now)
        check_times(held, opens_at=record.opens_at(result.stage), at=unix(tx.now))
    except Malformed as error:
        raise rules.BadResult(field="result", reason=str(error)) from error
    opened = record.opened.get(result.stage)
    # What was only given up for want of trustees was not opened here.
    if opened is not None and opened.sheets and opened.at < held.began_at:
        raise rules.OpenBefore(field="result", opened=from_unix(opened.at), began=from_unix(held.began_at))


def _keep(tx: Tx, project: Project, book: Log, result: Result) -> OfflineOpening:
    held = result.held
    leaf = ledger.record(
        tx,
        book,
        EventType.NOTE,
        kind=KIND,
        data={
            "stage": result.stage,
            "began_at": held.began_at,
            "ended_at": held.ended_at,
            "host": held.host,
            "supervisor": held.supervisor,
            "result": result.sha256,
        },
    )
    assert tx.actor.account_id is not None  # noqa: S101 — the policy has asked
    row = OfflineOpening(
        project_id=project.id,
        stage=result.stage,
        sha256=result.sha256,
        began_at=from_unix(held.began_at),
        ended_at=from_unix(held.ended_at),
        host=held.host,
        supervisor=held.supervisor,
        imported_at=leaf.written_at,
        account_id=tx.actor.account_id,
        leaf_id=leaf.id,
    )
    tx.session.add(row)
    touch(tx, project)
    return row
