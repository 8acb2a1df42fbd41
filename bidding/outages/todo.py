"""What waits for the two sides: openings on hold, and extensions that want their seat's signature."""

from __future__ import annotations

from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from bidding.core.actor import Actor, Role
from bidding.outages import queries
from bidding.outages.policy import Permission
from bidding.web.todo import Todo


def waiting(session: Session, actor: Actor, _now: datetime) -> list[Todo]:
    """One item for each hold, and one for each signature that is this side's to give."""
    if not actor.may(Permission.DEADLINE_EXTEND):
        return []
    mine = "supervisor" if Role.SUPERVISOR in actor.roles else "agency"
    unsigned = [each for each in queries.unsigned(session, actor) if mine in each.missing]
    drafted = {each.project_id for each in queries.unsigned(session, actor)}
    found = [
        Todo(
            title=_("签延期：%(title)s", title=each.project.title)
            if each.moves_deadline
            else _("签报价开标改期：%(title)s", title=each.project.title),
            words=_("延期已经拟好，等本方席位签名；两席都签了才生效。"),
            url=url_for(
                "outages.deadline" if each.moves_deadline else "outages.price_opening", uid=each.project.uid
            ),
            lamp="now",
            action=_("去签名"),
        )
        for each in unsigned
    ]
    return found + [
        Todo(
            title=_("开标暂停：%(title)s", title=hold.project.title),
            words=_("截止前平台发生故障或时钟不准，请与另一方一起延期，或者解除暂停。"),
            url=url_for("outages.deadline", uid=hold.project.uid),
            lamp="over",
            action=_("去办理"),
        )
        for hold in queries.held(session, actor)
        if hold.project_id not in drafted
    ]
