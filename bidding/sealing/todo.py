"""What waits for trustees and for those who keep the standing set."""

from __future__ import annotations

from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from bidding.core.actor import Actor
from bidding.sealing import queries, rules
from bidding.sealing.policy import Permission
from bidding.sealing.queries import Standing
from bidding.sealing.rules import State
from bidding.web.todo import Todo

_DUE = (State.NEW, State.DUE, State.EXPIRED)


def waiting(session: Session, actor: Actor, now: datetime) -> list[Todo]:
    """Keys to confirm, drills to do; for the administrator also those of trustees without an account."""
    return _to_confirm(session, actor, now) + _to_drill(session, actor, now)


def _to_confirm(session: Session, actor: Actor, now: datetime) -> list[Todo]:
    if not actor.may(Permission.TRUSTEE_CONFIRM):
        return []
    return [
        Todo(
            title=_("复核受托人 %(name)s 的公钥", name=each.trustee.name),
            words=_("请与保管人 %(holder)s 当面或电话核对公钥指纹。", holder=each.trustee.holder),
            url=url_for("sealing.trustee", uid=each.trustee.uid),
            lamp="now",
            action=_("复核"),
        )
        for each in queries.proposed_trustees(session, now)
        if each.trustee.proposed_by_id != actor.account_id
    ]


def _to_drill(session: Session, actor: Actor, now: datetime) -> list[Todo]:
    if not actor.may(Permission.TRUSTEE_DRILL):
        return []
    found = queries.own_trustees(session, actor, now)
    if actor.may(Permission.TRUSTEE_ENROL):
        found += [each for each in queries.standing_trustees(session, now) if each.trustee.account_id is None]
    return [_drill(each) for each in found if each.state in _DUE]


def _drill(standing: Standing) -> Todo:
    return Todo(
        title=_("为受托人 %(name)s 做密钥演练", name=standing.trustee.name),
        words=_("演练过期后，列有这位受托人的公告不能发布。在保管密钥的机器上几分钟可以做完。"),
        url=url_for("sealing.drill", uid=standing.trustee.uid),
        due_at=standing.valid_until,
        lamp=rules.STATE_LAMPS[standing.state] if standing.valid_until is None else "",
        action=_("做演练"),
    )
