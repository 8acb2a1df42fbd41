"""A later deadline, or a later opening of the prices alone: drafted by one side, signed by two seats, then in force."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bidding.core.actor import Actor, Role
from bidding.core.canonical import Malformed, dumps, exactly, integer, loads, unhex
from bidding.core.clock import from_unix, unix
from bidding.core.entropy import new_uid
from bidding.core.errors import N_, NotFound, SamePerson
from bidding.core.workdays import next_working_day
from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.outages import policy, queries, rules
from bidding.outages.events import ExtensionDropped, PricesMoved, ScheduleExtended
from bidding.outages.models import Extension
from bidding.outages.policy import Permission
from bidding.outages.queries import Situation
from bidding.outages.service.correction import correction_text
from bidding.outages.service.holding import end_hold
from bidding.outages.service.steps import locked, log_of, minute, reason_of
from bidding.sealing.panel import SCHEDULE_TAG, Panel, check_schedule, check_seat_sigs
from bidding.submissions import arming
from bidding.submissions import queries as gates
from bidding.submissions import service as submissions
from bidding.submissions.models import Gate
from bidding.submissions.rules import GateState, NoWayBack
from bidding.tenders import queries as tender_queries
from bidding.tenders import service as tenders
from bidding.tenders.models import Project


def draft(tx: Tx, uid: str, *, closes_at: datetime, reason: str) -> Extension:
    """Put a later deadline to the two seats; a draft that was not signed out is dropped for it.

    Raises ``NoWayBack`` and the refusals of ``rules`` that name ``closes_at``.
    """
    gate, project = locked(tx, uid)
    policy.side(tx.actor, Permission.DEADLINE_EXTEND, agency_id=project.agency_id)
    made = _later(tx, gate, project, closes_at, reason)
    _drop(tx, project)
    return _put(tx, project, made)


def draft_part(tx: Tx, uid: str, *, closes_at: datetime, reason: str, part_of: str) -> Extension:
    """Put the dates of a correction to the two seats. The caller has asked who may.

    It comes into force with them (``ScheduleExtended.part_of``). Raises as ``draft``, and ``AnotherWaits``.
    """
    gate, project = locked(tx, uid)
    if queries.pending(tx.session, project.id) is not None:
        raise rules.AnotherWaits(field="closes_at")
    made = _later(tx, gate, project, closes_at, reason)
    made.part_of = part_of
    return _put(tx, project, made)


def _later(tx: Tx, gate: Gate, project: Project, closes_at: datetime, reason: str) -> Extension:
    """A later deadline; the openings move with it (招标投标法 34)."""
    submissions.require_movable(tx.session, gate)
    found = queries.situation(tx.session, gate, tx.now)
    _check_instant(tx, gate, closes_at, found)
    words = reason_of(reason, "reason")
    shift = closes_at - gate.closes_at
    return Extension(
        was_closes_at=gate.closes_at,
        closes_at=closes_at,
        opens_at=(project.opens_at or gate.closes_at) + shift,
        was_prices_open_at=project.prices_open_at,
        prices_open_at=project.prices_open_at and project.prices_open_at + shift,
        owed_at=found.owed_at,
        reason=words,
    )


def draft_prices(tx: Tx, uid: str, *, prices_open_at: datetime, reason: str) -> Extension:
    """Put a later opening of the prices to the two seats: the deadline and the first opening stay where they are.

    Raises ``PricesFixed`` and the refusals of ``rules`` that name ``prices_open_at``; ``NotFound`` with one envelope.
    """
    gate, project = locked(tx, uid)
    policy.side(tx.actor, Permission.DEADLINE_EXTEND, agency_id=project.agency_id)
    was = require_prices_movable(tx.session, gate)
    _check_prices(tx, was, prices_open_at)
    words = reason_of(reason, "reason")
    _drop(tx, project)
    made = Extension(
        was_closes_at=gate.closes_at,
        closes_at=gate.closes_at,
        opens_at=project.opens_at or gate.closes_at,
        was_prices_open_at=was,
        prices_open_at=prices_open_at,
        reason=words,
    )
    return _put(tx, project, made)


def require_prices_movable(session: Session, gate: Gate) -> datetime:
    """When the prices are opened, as long as that can move. Raises ``PricesFixed``, ``NoWayBack``; ``NotFound`` with one envelope."""
    was = gate.project.prices_open_at
    if was is None:
        raise NotFound
    if gate.state is GateState.SHUT:
        raise NoWayBack(why=N_("项目已经终止"))
    if len(queries.begun(session, gate)) > 1:
        raise rules.PricesFixed
    return was


def _check_prices(tx: Tx, was: datetime, prices_open_at: datetime) -> None:
    if prices_open_at.second or prices_open_at.microsecond:
        raise rules.NotAMinute(field="prices_open_at")
    if prices_open_at <= was:
        raise rules.PricesNotLater(field="prices_open_at", opens=minute(was))
    if prices_open_at <= tx.now:
        raise rules.AlreadyPast(field="prices_open_at", given=minute(prices_open_at), now=minute(tx.now))
    _check_working_day(tx, prices_open_at, "prices_open_at")


def _put(tx: Tx, project: Project, made: Extension) -> Extension:
    """The draft with its schedule, which differs from the one in force by what the draft moves."""
    previous = queries.schedule_in_force(tx.session, project)
    instants = [made.opens_at, *([made.prices_open_at] if made.prices_open_at else [])]
    event = {
        **previous,
        "at": unix(ledger.stamp(tx, log_of(tx, project))),
        "n": previous["n"] + 1,
        "closes_at": unix(made.closes_at),
        "opens": [
            {"stage": item["stage"], "at": unix(at)}
            for item, at in zip(previous["opens"], instants, strict=True)
        ],
        "reason": made.reason,
        "sigs": [],
    }
    assert tx.actor.account_id is not None  # noqa: S101 — the policy has asked
    made.uid, made.project_id, made.n = new_uid(tx.entropy), project.id, event["n"]
    made.event = dumps({key: value for key, value in event.items() if key != "sigs"}).decode()
    made.drafted_at, made.drafted_by_id = tx.now, tx.actor.account_id
    tx.session.add(made)
    tx.session.flush()
    return made


def _check_instant(tx: Tx, gate: Gate, closes_at: datetime, found: Situation) -> None:
    if closes_at.second or closes_at.microsecond:
        raise rules.NotAMinute(field="closes_at")
    if closes_at <= gate.closes_at:
        raise rules.NotLater(field="closes_at", closes=minute(gate.closes_at))
    if closes_at <= tx.now:
        raise rules.AlreadyPast(field="closes_at", given=minute(closes_at), now=minute(tx.now))
    if found.down:
        raise rules.StillDown
    if found.owed_at is not None and closes_at < found.owed_at:
        raise rules.BeforeOwed(field="closes_at", owed=minute(found.owed_at))
    _check_working_day(tx, closes_at, "closes_at")


def _check_working_day(tx: Tx, instant: datetime, field: str) -> None:
    calendar, day = tender_queries.calendar(tx.session), tender_queries.local_day(instant)
    if not calendar.works(day).works:
        better = next_working_day(day, calendar)
        raise rules.NotAWorkingDay(field=field, given=day.isoformat(), better=better.isoformat())


def drop(tx: Tx, uid: str) -> Extension:
    """Take a draft back. Raises ``NothingToSign`` where there is none."""
    _, project = locked(tx, uid)
    policy.side(tx.actor, Permission.DEADLINE_EXTEND, agency_id=project.agency_id)
    dropped = _drop(tx, project)
    if dropped is None:
        raise rules.NothingToSign
    return dropped


def _drop(tx: Tx, project: Project) -> Extension | None:
    waiting = queries.pending(tx.session, project.id)
    if waiting is not None:
        waiting.dropped_at = tx.now
        tx.session.flush()
        if waiting.part_of is not None:
            tx.emit(ExtensionDropped(waiting.part_of))
    return waiting


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
    gate, project = locked(tx, uid)
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
        (_extend if waiting.moves_deadline else _move_prices)(tx, gate, project, panel, waiting)
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
        raise rules.AlreadyPast(field="file", given=minute(waiting.closes_at), now=minute(tx.now))
    event = waiting.signed
    check_schedule(event, panel, queries.schedule_in_force(tx.session, project))
    submissions.reopen(tx, project.uid, event)
    arming.resume(tx, project.uid)
    _correct(tx, project, waiting, event)
    hold = queries.hold_of(tx.session, project.id)
    if hold is not None:
        end_hold(tx, hold, project, waiting.reason)
    tx.emit(
        ScheduleExtended(
            project.id,
            waiting.n,
            waiting.was_closes_at,
            waiting.closes_at,
            waiting.opens_at,
            waiting.reason,
            waiting.part_of,
        )
    )


def _move_prices(tx: Tx, gate: Gate, project: Project, panel: Panel, waiting: Extension) -> None:
    """The schedule in the log, the hour of the prices moved, the correction out; the gate stays as it is."""
    require_prices_movable(tx.session, gate)
    was, now = waiting.was_prices_open_at, waiting.prices_open_at
    assert was is not None and now is not None  # noqa: S101, PT018 — the table says so
    if now <= tx.now:
        raise rules.AlreadyPast(field="file", given=minute(now), now=minute(tx.now))
    event = waiting.signed
    begun = queries.begun(tx.session, gate)
    check_schedule(event, panel, queries.schedule_in_force(tx.session, project), begun)
    ledger.append(tx, log_of(tx, project), event)
    _correct(tx, project, waiting, event)
    tx.emit(PricesMoved(project.id, waiting.n, was, now, waiting.reason))


def _correct(tx: Tx, project: Project, waiting: Extension, event: dict[str, Any]) -> None:
    """The dates of the project as the schedule has them, with their correction notice."""
    waiting.notice = dumps(correction_text(project, waiting, tx.now)).decode()
    waiting.done_at = tx.now
    waiting.notice_sha256 = tenders.move_dates(
        tx,
        project,
        opens=[from_unix(item["at"]) for item in event["opens"]],
        closes_at=waiting.closes_at,
        notice=waiting.notice,
    )
