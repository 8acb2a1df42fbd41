"""What waits for the agency: lots that were evaluated and whose candidates nobody has written down."""

from __future__ import annotations

from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from bidding.announcements.policy import Permission
from bidding.candidates import queries
from bidding.core.actor import Actor
from bidding.web.todo import Todo


def waiting(session: Session, actor: Actor, now: datetime) -> list[Todo]:
    """The items for this person now."""
    if not actor.may(Permission.ANNOUNCEMENT_EDIT):
        return []
    return [
        Todo(
            title=_("公示中标候选人：%(title)s", title=f"{project.title} {lot.name}"),
            words=_("收到评标报告后起草，由另一人复核发布；公示期满才能登记结果。"),
            url=url_for("candidates.write", uid=project.uid, lot=lot.code),
            lamp="idle",
            action=_("去起草"),
        )
        for project, lot in queries.to_write(session, actor, now)
    ]
