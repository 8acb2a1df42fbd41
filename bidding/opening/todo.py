"""What waits in the hall: boxes whose hour has come and whose trustees are not all there yet."""

from __future__ import annotations

from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from bidding.core.actor import Actor
from bidding.opening import queries
from bidding.opening.policy import Permission
from bidding.web.todo import Todo


def waiting(session: Session, actor: Actor, now: datetime) -> list[Todo]:
    """One item for each box that this person may help to open."""
    if not actor.may(Permission.SHARES_HAND_IN):
        return []
    return [
        Todo(
            title=_("开箱：%(title)s", title=box.project.title),
            words=_(
                "已经到开标时间，%(k)s 位受托人交齐份额才能打开，现在到了 %(given)s 位。",
                k=box.needed,
                given=box.given,
            ),
            url=url_for("opening.hall", uid=box.project.uid),
            lamp="now",
            action=_("去开标大厅"),
        )
        for box in queries.to_open(session, actor, now)
    ]
