"""Beating, and holding an opening."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from bidding.core.actor import Role
from bidding.core.canonical import dumps
from bidding.core.clock import Steady, unix
from bidding.core.errors import SamePerson, WrongState
from bidding.db.uow import Tx
from bidding.outages import policy, queries, rules
from bidding.outages.events import HoldLifted, OpeningHeld
from bidding.outages.models import HeartbeatRun, Hold
from bidding.outages.outage import Beat, Link, link, proved_since
from bidding.outages.policy import Permission
from bidding.outages.queries import Situation
from bidding.outages.service.steps import locked, reason_of
from bidding.submissions import service as submissions
from bidding.submissions.models import Gate
from bidding.submissions.rules import Standing
from bidding.tenders import service as tenders
from bidding.tenders.models import Project, Stage

log = logging.getLogger(__name__)

_MICROSECOND = timedelta(microseconds=1)


def beat(tx: Tx, steady: Steady) -> HeartbeatRun:
    """Write one heartbeat. The caller has just seen that the store of ciphertexts takes and keeps bytes."""
    run = queries.newest_run(tx.session)
    between = None
    if run is not None:
        run = tx.session.get_one(HeartbeatRun, run.id, with_for_update=True, populate_existing=True)
        between = link(Beat(run.last_at, Steady(run.source, run.steady_us)), Beat(tx.now, steady))
    if run is None or between is None or between.breaks:
        run = _begin_run(tx, between)
    run.last_at = tx.now
    run.beats += 1
    run.source, run.steady_us = steady.source, steady.microseconds
    tx.session.flush()
    return run


def _begin_run(tx: Tx, between: Link | None) -> HeartbeatRun:
    run = HeartbeatRun(began_at=tx.now, last_at=tx.now, beats=0, source="", steady_us=0)
    if between is not None:
        run.pause_us, run.step_us = between.pause // _MICROSECOND, between.step // _MICROSECOND
        log.warning("no heartbeat for %s; the clock was set by %s", between.pause, between.step)
    tx.session.add(run)
    return run


def measure(tx: Tx, evidence: dict[str, Any]) -> None:
    """Keep what chrony says of the wall clock beside the heartbeats."""
    run = queries.newest_run(tx.session)
    if run is not None:
        run.offset_us, run.reference = evidence["offset_us"], evidence["reference"]
        run.measured_at = tx.now


def watch(tx: Tx, gate: Gate) -> Standing:
    """Whether a close may be settled (``submissions.service.settle``); puts the opening on hold where it may not."""
    if hold_if_due(tx, gate):
        return Standing.HELD
    known = queries.runs(tx.session)
    return Standing.CLEAR if proved_since(known, gate.closes_at) else Standing.UNKNOWN


def hold_if_due(tx: Tx, gate: Gate) -> bool:
    """Put an opening on hold by what heartbeats and clock say; whether it is now. Twice is harmless."""
    if gate.held_at is not None:
        return True
    found = queries.situation(tx.session, gate, tx.now)
    if found.cause is None:
        return False
    project = tx.session.get_one(Project, gate.project_id)
    submissions.hold(tx, project.uid, rules.CAUSE_REASONS[found.cause])
    tx.session.add(Hold(project_id=project.id, cause=found.cause, evidence=_evidence(found), on_at=tx.now))
    tx.session.flush()
    tx.emit(OpeningHeld(project.id))
    return True


def suspend(tx: Tx, uid: str, sha256: str) -> Hold:
    """Put a tender's opening on hold by a notice, whose hash is the evidence; the stage says so as well.

    Raises ``WrongState`` where a hold is on.
    """
    gate, project = locked(tx, uid)
    if gate.held_at is not None:
        raise WrongState
    submissions.hold(tx, uid, rules.CAUSE_REASONS[rules.Cause.SUSPENSION])
    tenders.enter_stage(tx, project, Stage.SUSPENDED)
    evidence = dumps({"v": 1, "notice": sha256}).decode()
    hold = Hold(project_id=project.id, cause=rules.Cause.SUSPENSION, evidence=evidence, on_at=tx.now)
    tx.session.add(hold)
    tx.session.flush()
    return hold


def resume(tx: Tx, uid: str, reason: str) -> Hold:
    """Let a suspended tender go on, its dates as they are. Raises ``WrongState`` where none is suspended."""
    _, project = locked(tx, uid)
    hold = queries.hold_of(tx.session, project.id)
    if hold is None or hold.cause is not rules.Cause.SUSPENSION:
        raise WrongState
    end_hold(tx, hold, project, reason)
    return hold


def _evidence(found: Situation) -> str:
    return dumps(
        {
            "v": 1,
            "outages": [
                {"from": unix(o.began_at), "to": None if o.ended_at is None else unix(o.ended_at)}
                for o in found.outages
            ],
            "offset_us": found.offset_us,
            "step_us": None if found.step is None else found.step // _MICROSECOND,
        }
    ).decode()


def ask_lift(tx: Tx, uid: str, reason: str) -> Hold:
    """Ask, as one of the two sides, that a hold be let go without an extension."""
    gate, _, who = _held(tx, uid)
    hold = _hold(tx, gate)
    words = reason_of(reason, "grounds")
    hold.asked_by_id, hold.asked_role, hold.asked_reason = tx.actor.account_id, who.value, words
    return hold


def confirm_lift(tx: Tx, uid: str) -> Hold:
    """Let a hold go: the other side agrees. Raises ``SameSide``, ``SamePerson``, ``WrongState``."""
    gate, project, who = _held(tx, uid)
    hold = _hold(tx, gate)
    if hold.asked_reason is None:
        raise WrongState
    if hold.asked_role == who.value:
        raise rules.SameSide
    if hold.asked_by_id == tx.actor.account_id:
        raise SamePerson
    hold.confirmed_by_id = tx.actor.account_id
    end_hold(tx, hold, project, hold.asked_reason)
    tx.emit(HoldLifted(project.id, hold.asked_reason))
    return hold


def _held(tx: Tx, uid: str) -> tuple[Gate, Project, Role]:
    gate, project = locked(tx, uid)
    who = policy.side(tx.actor, Permission.HOLD_LIFT, agency_id=project.agency_id)
    if gate.held_at is None:
        raise WrongState
    return gate, project, who


def _hold(tx: Tx, gate: Gate) -> Hold:
    hold = queries.hold_of(tx.session, gate.project_id)
    if hold is None:
        raise WrongState
    if hold.cause is rules.Cause.SUSPENSION:
        raise rules.SuspendedByNotice
    return hold


def end_hold(tx: Tx, hold: Hold, project: Project, reason: str) -> None:
    """Let a hold go; a suspended tender goes on with it, by its own notice or by that of a later deadline."""
    submissions.release(tx, project.uid, reason)
    if project.stage is Stage.SUSPENDED:
        tenders.enter_stage(tx, project, Stage.PUBLISHED)
    hold.off_at, hold.off_reason = tx.now, reason
    tx.session.flush()
