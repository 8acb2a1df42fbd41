"""What waits for the agency: lots to decide, and results that another has put down."""

from __future__ import annotations

from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from bidding.award import queries
from bidding.award.policy import Permission
from bidding.core.actor import Actor
from bidding.web.todo import Todo


def waiting(session: Session, actor: Actor, now: datetime) -> list[Todo]:
    """Confirmations first: they are one reading away."""
    found: list[Todo] = []
    if actor.may(Permission.AWARD_CONFIRM):
        found += [
            Todo(
                title=_("复核结果：%(title)s", title=award.lot.project.title),
                words=_(
                    "%(what)s %(lot)s 的结果由 %(name)s 登记，复核后公布并写入日志。",
                    what=_(award.lot.project.words.lot),
                    lot=award.lot.code,
                    name=award.recorded_by.name,
                ),
                url=url_for("award.confirm", uid=award.lot.project.uid, lot=award.lot.code),
                lamp="now",
                action=_("去复核"),
            )
            for award in queries.to_confirm(session, actor, now)
        ]
    if actor.may(Permission.AWARD_RECORD):
        found += [
            Todo(
                title=_("登记结果：%(title)s", title=project.title),
                words=_("已经开启，有了结果就来登记，由另一人复核后公布。"),
                url=url_for("award.project", uid=project.uid),
                lamp="idle",
                action=_("去登记"),
            )
            for project in queries.to_record(session, actor, now)
        ]
    return found
