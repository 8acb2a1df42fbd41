"""What time alone does here: the close, and the sweeping of what crashes left."""

from __future__ import annotations

import logging
import shutil
import subprocess
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from bidding.core.actor import system_actor
from bidding.core.errors import DomainError
from bidding.db import db, uow
from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.ledger.models import Log
from bidding.scheduling.lease import claim
from bidding.submissions import arming, parts, queries, reception, service, uploads
from bidding.submissions.models import Gate, SealedFile, Upload
from bidding.submissions.reception import Desk
from bidding.submissions.rules import Standing
from bidding.submissions.service import Watch

log = logging.getLogger(__name__)

CLOSER = system_actor("gate")
SWEEPER = system_actor("sweep")
#: A worker that claimed a close and died is taken over after this.
LEASE = timedelta(seconds=15)
#: A blob that no row speaks of is an upload under way for this long, and rubbish afterwards.
GRACE = timedelta(hours=24)


def always_clear(_tx: Tx, _gate: Gate) -> Standing:
    """Nothing is known that would put a close on hold."""
    return Standing.CLEAR


def close_due(desk: Desk, watch: Watch = always_clear) -> int:
    """Close every gate whose deadline has come, and settle the closes; how many were closed. Twice is harmless."""
    world = desk.world
    session = db.session()
    due = queries.due_gates(session, world.clock.now())
    session.rollback()
    closed = 0
    for gate_id in due:
        try:
            closed += _close(desk, gate_id, watch)
        except Exception:  # one project's trouble keeps no other's gate open
            log.exception("gate %s is not closed; it is tried again when its lease is over", gate_id)
    return closed


def _close(desk: Desk, gate_id: int, watch: Watch) -> bool:
    world = desk.world
    with uow.transaction(CLOSER, world) as tx:
        token = claim(tx.session, Gate, gate_id, now=tx.now, entropy=tx.entropy, lasts=LEASE)
    if token is None:
        return False
    evidence = clock_evidence()
    with uow.transaction(CLOSER, world) as tx:
        written = service.close(tx, gate_id, token=token, clock_evidence=evidence, underway=desk.underway)
        log_id = tx.session.get_one(Gate, gate_id).project.log_id
    if written:
        with uow.transaction(CLOSER, world) as tx:
            ledger.sign_checkpoint(tx, tx.session.get_one(Log, log_id), desk.keys)
    with uow.transaction(CLOSER, world) as tx:
        service.settle(tx, gate_id, token=token, watch=watch)
    return written


def clock_evidence() -> dict[str, Any]:
    """What chrony says of this machine's clock, where it runs; else that there is no outside evidence.

    Whatever is wrong with chrony keeps no gate open.
    """
    chronyc = shutil.which("chronyc")
    if chronyc is not None:
        try:
            answer = subprocess.run(
                [chronyc, "-c", "tracking"], capture_output=True, text=True, timeout=2, check=True
            )
            columns = answer.stdout.strip().split(",")
            return {
                "source": "chrony",
                "reference": columns[1],
                "offset_us": round(float(columns[4]) * 1_000_000),
            }
        except (OSError, subprocess.SubprocessError, ValueError, OverflowError, IndexError) as error:
            log.error("chronyc gives no evidence of the clock: %s", error)  # noqa: TRY400 — no fault of the close
    return {"source": "system", "reference": None, "offset_us": None}


def finish_armed(desk: Desk) -> None:
    """Decide what was stamped, or could have been, when the process that would have decided it died."""
    parts.recover(desk)
    session = db.session()
    stamped = arming.stamped(session)
    session.rollback()
    for intake_id in stamped:
        try:
            reception.finish(desk, intake_id)
        except DomainError as error:  # kept as an attempt: the tenderer finds it there
            log.info("stamped bid %s is refused: %s", intake_id, error.code)
        except Exception:  # one bid's trouble keeps no other waiting
            log.exception("stamped bid %s is not decided; it is tried again at the next tick", intake_id)


def sweep(desk: Desk) -> int:
    """Remove uploads nobody goes on with, and bytes that never became part of a bid, a day after they came."""
    with uow.transaction(SWEEPER, desk.world) as tx:
        expired = uploads.expire(tx)
    for uid in expired:
        desk.parts.drop(uid)
    session = db.session()

    # Each is asked of what stands now, not of what stood when the sweep began: a file comes after its row, and one that
    # came meanwhile looks old where the machine's clock was set.
    def spoken_of(digest: str) -> bool:
        session.rollback()
        return any(
            session.scalar(select(kind.id).where(kind.sha256 == digest).limit(1)) is not None
            for kind in (SealedFile, Upload)
        )

    def goes_on(uid: str) -> bool:
        session.rollback()
        return session.scalar(select(Upload.id).where(Upload.uid == uid)) is not None

    before = desk.world.clock.now() - GRACE
    gone = desk.sealed.sweep(spoken_of, before) + desk.parts.sweep(goes_on, before)
    session.rollback()
    return gone + len(expired)
