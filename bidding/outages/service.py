"""Beating, holding, and extending. Every act in the caller's one transaction (protocol §4, §5)."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bidding.core.actor import Actor, Role
from bidding.core.canonical import Malformed, dumps, exactly, integer, loads, unhex
from bidding.core.clock import SHANGHAI, Steady, from_unix, unix
from bidding.core.entropy import new_uid
from bidding.core.errors import NotFound, SamePerson, WrongState
from bidding.core.workdays import next_working_day
from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.ledger.models import Log
from bidding.outages import policy, queries, rules
from bidding.outages.events import HoldLifted, OpeningHeld, ScheduleExtended
from bidding.outages.models import Extension, HeartbeatRun, Hold
from bidding.outages.outage import Beat, Link, link, proved_since
from bidding.outages.policy import Permission
from bidding.outages.queries import Situation
from bidding.sealing.panel import (
    SCHEDULE_TAG,
    Panel,
    check_schedule,
    check_seat_sigs,
)
from bidding.submissions import arming
from bidding.submissions import queries as gates
from bidding.submissions import service as submissions
from bidding.submissions.models import Gate
from bidding.submissions.rules import Standing
from bidding.tenders import queries as tender_queries
from bidding.tenders import service as tenders
from bidding.tenders.models import Project

log = logging.getLogger(__name__)

MAX_REASON = 500
_MICROSECOND = timedelta(microseconds=1)


# Heartbeats ------------------------------------------------------------------------------------------------------


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


# Holds -----------------------------------------------------------------------------------------------------------


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
    words = _reason(reason, "grounds")
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
    _end_hold(tx, hold, project, hold.asked_reason)
    tx.emit(HoldLifted(project.id, hold.asked_reason))
    return hold


def _held(tx: Tx, uid: str) -> tuple[Gate, Project, Role]:
    gate, project = _locked(tx, uid)
    who = policy.side(tx.actor, Permission.HOLD_LIFT, agency_id=project.agency_id)
    if gate.held_at is None:
        raise WrongState
    return gate, project, who


def _hold(tx: Tx, gate: Gate) -> Hold:
    hold = queries.hold_of(tx.session, gate.project_id)
    if hold is None:
        raise WrongState
    return hold


def _end_hold(tx: Tx, hold: Hold, project: Project, reason: str) -> None:
    submissions.release(tx, project.uid, reason)
    hold.off_at, hold.off_reason = tx.now, reason
    tx.session.flush()


# Extensions ------------------------------------------------------------------------------------------------------


def draft(tx: Tx, uid: str, *, closes_at: datetime, reason: str) -> Extension:
    """Put a later deadline to the two seats; a draft that was not signed out is dropped for it.

    Raises ``NoWayBack`` and the refusals of ``rules`` that name ``closes_at``.
    """
    gate, project = _locked(tx, uid)
    policy.side(tx.actor, Permission.DEADLINE_EXTEND, agency_id=project.agency_id)
    submissions.require_movable(tx.session, gate)
    found = queries.situation(tx.session, gate, tx.now)
    _check_instant(tx, gate, closes_at, found)
    words = _reason(reason, "reason")
    _drop(tx, project)
    previous = queries.schedule_in_force(tx.session, project)
    shift = unix(closes_at) - previous["closes_at"]
    event = {
        **previous,
        "at": unix(ledger.stamp(tx, _log(tx, project))),
        "n": previous["n"] + 1,
        "closes_at": unix(closes_at),
        "opens": [{"stage": item["stage"], "at": item["at"] + shift} for item in previous["opens"]],
        "reason": words,
        "sigs": [],
    }
    assert tx.actor.account_id is not None  # noqa: S101 — the policy has asked
    made = Extension(
        uid=new_uid(tx.entropy),
        project_id=project.id,
        n=event["n"],
        was_closes_at=gate.closes_at,
        closes_at=closes_at,
        opens_at=(project.opens_at or gate.closes_at) + timedelta(seconds=shift),
        was_prices_open_at=project.prices_open_at,
        prices_open_at=project.prices_open_at and project.prices_open_at + timedelta(seconds=shift),
        owed_at=found.owed_at,
        reason=words,
        event=dumps({key: value for key, value in event.items() if key != "sigs"}).decode(),
        drafted_at=tx.now,
        drafted_by_id=tx.actor.account_id,
    )
    tx.session.add(made)
    tx.session.flush()
    return made


def _check_instant(tx: Tx, gate: Gate, closes_at: datetime, found: Situation) -> None:
    if closes_at.second or closes_at.microsecond:
        raise rules.NotAMinute(field="closes_at")
    if closes_at <= gate.closes_at:
        raise rules.NotLater(field="closes_at", closes=_minute(gate.closes_at))
    if closes_at <= tx.now:
        raise rules.AlreadyPast(field="closes_at", given=_minute(closes_at), now=_minute(tx.now))
    if found.down:
        raise rules.StillDown
    if found.owed_at is not None and closes_at < found.owed_at:
        raise rules.BeforeOwed(field="closes_at", owed=_minute(found.owed_at))
    calendar, day = tender_queries.calendar(tx.session), tender_queries.local_day(closes_at)
    if not calendar.works(day).works:
        better = next_working_day(day, calendar)
        raise rules.NotAWorkingDay(field="closes_at", given=day.isoformat(), better=better.isoformat())


def _reason(text: str, field: str) -> str:
    words = " ".join(text.split())
    if not words or len(words) > MAX_REASON:
        raise rules.ReasonMissing(field=field, most=MAX_REASON)
    return words


def drop(tx: Tx, uid: str) -> None:
    """Take a draft back. Raises ``NothingToSign`` where there is none."""
    _, project = _locked(tx, uid)
    policy.side(tx.actor, Permission.DEADLINE_EXTEND, agency_id=project.agency_id)
    if not _drop(tx, project):
        raise rules.NothingToSign


def _drop(tx: Tx, project: Project) -> bool:
    waiting = queries.pending(tx.session, project.id)
    if waiting is None:
        return False
    waiting.dropped_at = tx.now
    tx.session.flush()
    return True


def sign_file(session: Session, project: Project, extension: Extension) -> dict[str, Any]:
    """What a seat signs from, offline: panel, the schedule in force, and the one proposed (without signatures)."""
    if project.panel is None:
        raise NotFound
    return {
        "v": 1,
        "type": "schedule-draft",
        "title": project.title,
        "panel": loads(project.panel),
        "previous": queries.schedule_in_force(session, project),
        "schedule": loads(extension.event),
    }


def sign(tx: Tx, uid: str, value: object) -> Extension:
    """Take one seat's signature; with both the deadline moves, in this same transaction.

    ``value`` is what ``bidding trustee schedule`` wrote. Raises the refusals of ``rules``, ``NoWayBack``.
    """
    gate, project = _locked(tx, uid)
    who = policy.side(tx.actor, Permission.DEADLINE_EXTEND, agency_id=project.agency_id)
    panel = gates.panel_of(project)
    parts = _read(value, panel)
    waiting = queries.pending(tx.session, project.id)
    if waiting is None:
        raise rules.NothingToSign(field="file")
    if parts["n"] != waiting.n:
        raise rules.Stale(field="file", theirs=parts["n"], ours=waiting.n)
    seat = panel.seat(parts["i"])
    if seat.role != who.value:
        raise rules.NotYourSeat(field="file", seat=seat.i)
    try:
        check_seat_sigs(
            [{"i": seat.i, "sig": parts["sig"]}], panel, SCHEDULE_TAG, loads(waiting.event), "schedule"
        )
    except Malformed as error:
        raise rules.SignedOther(field="file", seat=seat.i) from error
    _keep(tx.actor, waiting, who, parts["sig"])
    if not waiting.missing:
        _extend(tx, gate, project, panel, waiting)
    tx.session.flush()
    return waiting


def _read(value: object, panel: Panel) -> dict[str, Any]:
    try:
        parts = _signature(value, panel)
    except Malformed as error:
        raise rules.NotASignature(field="file", reason=str(error)) from error
    if parts["panel"] != panel.hash.hex():
        raise rules.OtherProject(field="file")
    return parts


def _signature(value: object, panel: Panel) -> dict[str, Any]:
    """``{"v":1,"type":"schedule-signature","panel","n","i","sig"}`` of the right shape. Raises ``Malformed``."""
    parts = exactly(value, "v type panel n i sig", "schedule signature")
    integer(parts["v"], "schedule signature: v", 1, 1)
    if parts["type"] != "schedule-signature":
        raise Malformed("type is not schedule-signature")
    unhex(parts["panel"], 32, "schedule signature: panel")
    integer(parts["n"], "schedule signature: n", 1)
    panel.seat(integer(parts["i"], "schedule signature: i", 1))
    unhex(parts["sig"], 64, "schedule signature: sig")
    return parts


def _keep(actor: Actor, waiting: Extension, who: Role, sig: str) -> None:
    mine, other = ("agency", "supervisor") if who is Role.AGENCY else ("supervisor", "agency")
    if getattr(waiting, f"{other}_by_id") == actor.account_id:
        raise SamePerson
    setattr(waiting, f"{mine}_sig", sig)
    setattr(waiting, f"{mine}_by_id", actor.account_id)


def _extend(tx: Tx, gate: Gate, project: Project, panel: Panel, waiting: Extension) -> None:
    """The schedule in the log, the gate and the dates moved, the correction out, the hold off: all or nothing."""
    if waiting.closes_at <= tx.now:
        raise rules.AlreadyPast(field="file", given=_minute(waiting.closes_at), now=_minute(tx.now))
    event = waiting.signed
    check_schedule(event, panel, queries.schedule_in_force(tx.session, project))
    submissions.reopen(tx, project.uid, event)
    arming.resume(tx, project.uid)
    waiting.notice = dumps(correction_text(project, waiting, tx.now)).decode()
    waiting.done_at = tx.now
    waiting.notice_sha256 = tenders.move_dates(
        tx,
        project,
        opens=[from_unix(item["at"]) for item in event["opens"]],
        closes_at=waiting.closes_at,
        notice=waiting.notice,
    )
    hold = queries.hold_of(tx.session, project.id)
    if hold is not None:
        _end_hold(tx, hold, project, waiting.reason)
    tx.emit(
        ScheduleExtended(
            project.id, waiting.n, waiting.was_closes_at, waiting.closes_at, waiting.opens_at, waiting.reason
        )
    )


def correction_text(project: Project, extension: Extension, at: datetime) -> dict[str, Any]:
    """The correction notice as data: what is hashed into the log. Instants in Unix seconds."""
    return {
        "v": 1,
        "type": "correction-notice",
        "project": project.code,
        "title": project.title,
        "panel": project.panel_hash,
        "schedule": extension.n,
        "closes_at": {"was": unix(extension.was_closes_at), "is": unix(extension.closes_at)},
        "opens_at": {
            "was": unix(project.opens_at or extension.was_closes_at),
            "is": unix(extension.opens_at),
        },
        **_prices(project, extension),
        "reason": extension.reason,
        "published_at": unix(at),
    }


def _prices(project: Project, extension: Extension) -> dict[str, Any]:
    """What a correction of a tender in two envelopes says besides: the price is opened so much later too."""
    if project.prices_open_at is None:
        return {}
    opens = [item["at"] for item in loads(extension.event)["opens"]]
    return {"prices_open_at": {"was": unix(project.prices_open_at), "is": opens[-1]}}


def _locked(tx: Tx, uid: str) -> tuple[Gate, Project]:
    """The gate with its log's row held: whoever holds it is alone in this project."""
    gate = queries.gate_of(tx.session, uid)
    project = tx.session.get_one(Project, gate.project_id)
    ledger.lock(tx, _log(tx, project))
    tx.session.refresh(gate)
    tx.session.refresh(project)
    return gate, project


def _log(tx: Tx, project: Project) -> Log:
    return tx.session.get_one(Log, project.log_id)


def _minute(instant: datetime) -> str:
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
