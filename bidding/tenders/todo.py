"""What waits for an agency's people: drafts sent back or waiting for a second person, and rooms that no longer fit; for
administrators: changes of figures that want a second one.
"""

from __future__ import annotations

from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from bidding.core.actor import Actor
from bidding.rooms.models import Booking
from bidding.rooms.rules import Purpose
from bidding.tenders import bookings, queries
from bidding.tenders.kinds import Stage
from bidding.tenders.models import Project
from bidding.tenders.policy import Permission
from bidding.tenders.rules import LABELS, name_of
from bidding.web.filters import minute
from bidding.web.todo import Todo


def waiting(session: Session, actor: Actor, now: datetime) -> list[Todo]:
    """The items for this person now."""
    return _rules(session, actor) + _drafts(session, actor, now)


def _rules(session: Session, actor: Actor) -> list[Todo]:
    """Changes of figures that want a second administrator."""
    if not actor.may(Permission.RULE_EDIT):
        return []
    return [
        Todo(
            _(
                "复核数值的改动：%(what)s",
                what=_(LABELS[name_of(change.code)]) + (f"（{change.region}）" if change.region else ""),
            ),
            _("另一位管理员提出，等您复核；复核以前数值不变。"),
            url_for("tenders.rule", code=change.code),
            action=_("去复核"),
        )
        for change in queries.open_changes(session)
        if change.drafted_by_id != actor.account_id
    ]


def _drafts(session: Session, actor: Actor, now: datetime) -> list[Todo]:
    if not actor.may(Permission.PROJECT_READ):
        return []
    found = []
    for project in session.scalars(queries.unpublished(actor)):
        url = url_for("tenders.project", uid=project.uid)
        mine = project.prepared_by_id == actor.account_id
        if project.stage is Stage.SUBMITTED and not mine and actor.may(Permission.PROJECT_PUBLISH):
            url = url_for("tenders.publish", uid=project.uid)
            words = _("由另一位同事起草，等您复核。发布后才对外公开。")
            found.append(
                Todo(_("复核并发布：%(title)s", title=project.title), words, url, action=_("去复核"))
            )
        elif project.stage is Stage.DRAFT and mine:
            words = project.returned_reason or _("草稿已保存，接着写。")
            lamp = "soon" if project.returned_reason else "idle"
            found.append(
                Todo(_("起草公告：%(title)s", title=project.title), words, url, lamp=lamp, action=_("接着写"))
            )
    return found + [
        _misplaced(project, booking) for project, booking in bookings.misplaced(session, actor, now)
    ]


def _misplaced(project: Project, booking: Booking) -> Todo:
    at = project.prices_open_at if booking.purpose is Purpose.PRICES else project.opens_at
    return Todo(
        _("场地要重新安排：%(title)s", title=project.title),
        _(
            "开标改到了 %(at)s，%(room)s 还定在 %(booked)s。请改期或另换一间。",
            at=minute(at) if at else "—",
            room=booking.room.name,
            booked=booking.span.local,
        ),
        url_for("rooms.booking", uid=booking.uid),
        due_at=at,
        lamp="soon",
        action=_("去安排"),
    )
