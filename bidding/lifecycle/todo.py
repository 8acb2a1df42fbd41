"""What waits for an agency's people and administrators: notices that want a second person."""

from __future__ import annotations

from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from bidding.core.actor import Actor
from bidding.lifecycle import queries, rules
from bidding.lifecycle.policy import Permission
from bidding.web.todo import Todo


def waiting(session: Session, actor: Actor, now: datetime) -> list[Todo]:
    """The items for this person now."""
    return _to_announce(session, actor, now) + _to_check(session, actor)


def _to_announce(session: Session, actor: Actor, now: datetime) -> list[Todo]:
    if not actor.may(Permission.COURSE_DRAFT):
        return []
    return [
        Todo(
            title=_("公告终止：%(title)s", title=project.title),
            words=_("响应文件或者最后报价不足法定家数，不能确定成交供应商。"),
            url=url_for("lifecycle.course", uid=project.uid),
            lamp="now",
            action=_("去公告"),
        )
        for project in queries.to_announce(session, actor, now)
    ]


def _to_check(session: Session, actor: Actor) -> list[Todo]:
    if not actor.may(Permission.COURSE_PUBLISH):
        return []
    return [
        Todo(
            title=_(
                "复核%(notice)s：%(title)s",
                notice=_(rules.title(row.kind, row.project.family, row.project.method)),
                title=row.project.title,
            ),
            words=row.reason,
            url=url_for("lifecycle.course", uid=row.project.uid),
            lamp="now",
            action=_("去复核"),
        )
        for row in queries.to_check(session, actor)
        if row.drafted_by_id != actor.account_id
    ]
