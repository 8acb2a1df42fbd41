"""Booking a room, moving and cancelling a booking: what its own people do."""

from __future__ import annotations

from bidding.core.errors import N_, DomainError, Invalid, NotFound, WrongState
from bidding.core.workdays import Calendar
from bidding.db.uow import Tx
from bidding.rooms import policy, queries, rules
from bidding.rooms.models import Booking
from bidding.rooms.projects import Named
from bidding.rooms.rules import Purpose, Span
from bidding.rooms.service.quarters import end, give, hold, new_booking, note, take

MAX_REASON = 500


class ReasonMissing(DomainError):
    """A booking cancelled without a word to those who counted on it."""

    code = "rooms.reason_missing"
    text = N_("请写明取消的原因，最多 %(most)s 个字。")
    status = 422


class IsOver(WrongState):
    """What was is not changed."""

    code = "rooms.is_over"
    text = N_("这次预定已经结束，不能再改。")


def book(
    tx: Tx,
    room_uid: str,
    span: Span,
    *,
    purpose: Purpose,
    matter: str,
    project: Named | None,
    calendar: Calendar,
) -> Booking:
    """Book a room for oneself, or for a project of one's own.

    That the booking rules (预定须知) were read is asked by the form (``conduct``). Raises ``RoomTaken``, ``RoomClosed``,
    ``WrongKind``, what ``rules.check_span`` refuses, and ``NotFound`` for another's project.
    """
    organisation_id = tx.actor.organisation_id if project is None else project.agency_id
    if organisation_id is None or not policy.may_change(tx.actor, organisation_id):
        raise NotFound
    if project is None and purpose is not Purpose.OTHER:
        raise Invalid(field="project", reason=N_("开标和评标要写明项目编号。"))
    if project is None and not matter.strip():
        raise Invalid(field="matter", reason=N_("请写明用来做什么。"))
    rules.check_span(span, tx.now)
    if project is not None and purpose in queries.of_project(tx.session, project.id):
        raise Invalid(
            field="purpose", reason=N_("这个项目已经为这一用途定了场地；要换的，请在那次预定里改。")
        )
    room = hold(tx, [room_uid], project)[room_uid]
    made = new_booking(tx, room, span, purpose, organisation_id, project)
    made.matter = matter.strip()
    take(tx, [made], calendar)
    note(tx, project, made)
    return made


def move(
    tx: Tx, uid: str, room_uid: str, span: Span, *, project: Named | None, calendar: Calendar
) -> Booking:
    """Give a booking another room or time. Raises as ``book`` does, ``IsOver``, ``WrongState`` for a cancelled one."""
    found = _changeable(tx, uid)
    room = hold(tx, [found.room.uid, room_uid], project)[room_uid]
    if give(tx, found, room, span):
        take(tx, [found], calendar)
        note(tx, project, found)
    return found


def cancel(tx: Tx, uid: str, reason: str, *, project: Named | None) -> Booking:
    """Give a room back. Raises ``ReasonMissing``, ``IsOver``, ``WrongState`` for one that was cancelled."""
    found = _changeable(tx, uid)
    words = reason.strip()
    if not words or len(words) > MAX_REASON:
        raise ReasonMissing(field="reason", most=MAX_REASON)
    hold(tx, [found.room.uid], project)
    end(tx, found, words)
    note(tx, project, found)
    return found


def give_back(tx: Tx, project: Named, reason: str) -> None:
    """Give back every room of a project that will not be held, but for what is over."""
    standing = [each for each in queries.of_project(tx.session, project.id).values() if each.ends_at > tx.now]
    hold(tx, {each.room.uid for each in standing}, project)
    for each in standing:
        end(tx, each, reason)
        note(tx, project, each)


def _changeable(tx: Tx, uid: str) -> Booking:
    found = queries.booking(tx.session, tx.actor, uid)
    if found.cancelled_at is not None:
        raise WrongState
    if found.ends_at <= tx.now:
        raise IsOver
    return found
