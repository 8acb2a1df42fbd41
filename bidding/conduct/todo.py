"""What waits for everybody: rules of conduct of their role; and for an administrator, a version to be published."""

from __future__ import annotations

from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from bidding.conduct import queries
from bidding.conduct.policy import Permission
from bidding.conduct.rules import TITLES
from bidding.core.actor import Actor
from bidding.web.todo import Todo


def waiting(session: Session, actor: Actor, now: datetime) -> list[Todo]:
    """The items for this person now."""
    found = []
    unread = queries.outstanding_of_roles(session, actor, now)
    if unread:
        names = _("、").join(_(TITLES[text.rule]) for text in unread)
        found.append(
            Todo(
                title=_("读须知：%(names)s", names=names),
                words=_("每一版只问一次。现在读了，办事时就不再问。"),
                url=url_for("conduct.mine"),
                lamp="idle",
                action=_("去读"),
            )
        )
    if actor.may(Permission.CONDUCT_EDIT):
        found += [
            Todo(
                title=_("复核须知的新版本：%(title)s", title=_(TITLES[row.rule])),
                words=row.reason,
                url=url_for("conduct.waiting", topic=row.rule.value),
                lamp="soon",
                action=_("去复核"),
            )
            for row in queries.drafts(session)
            if row.drafted_by_id != actor.account_id
        ]
    return found
