"""What waits for an agency's people: keys that end soon, for a system that is refused one night nobody is told."""

from __future__ import annotations

from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from bidding.api import queries
from bidding.api.policy import Permission
from bidding.core.actor import Actor
from bidding.web.todo import Todo


def waiting(session: Session, actor: Actor, now: datetime) -> list[Todo]:
    """Keys of the actor's agency that are in use and end within two weeks."""
    if not actor.may(Permission.KEY_MANAGE):
        return []
    return [
        Todo(
            title=_("接口密钥快到期"),
            words=key.name,
            url=url_for("api.keys"),
            due_at=key.expires_at,
            action=_("做一个新的"),
        )
        for key in queries.ending(session, actor, now)
    ]
