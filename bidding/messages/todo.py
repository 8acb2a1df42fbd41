"""What waits for the window: people whom no machine reached, and ways out that do not answer."""

from __future__ import annotations

from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from bidding.core.actor import Actor
from bidding.db.outbox import Channel
from bidding.messages import queries
from bidding.messages.policy import Permission
from bidding.web.filters import minute
from bidding.web.todo import Todo


def waiting(session: Session, actor: Actor, _now: datetime) -> list[Todo]:
    """One item for all letters together, one for each channel that is down. None of it hangs on bids."""
    if not actor.may(Permission.MESSAGE_DELIVER):
        return []
    url = url_for("messages.by_hand")
    found = []
    count = queries.waiting_by_hand(session)
    if count:
        found.append(
            Todo(
                title=_("有 %(count)s 条通知要人工转告", count=count),
                words=_("邮件和短信都没有送到。打电话或当面转告后，在页面上记下。"),
                url=url,
                lamp="now",
                action=_("去转告"),
            )
        )
    for check in queries.checks(session):
        if check.failing_since is not None:
            email = check.channel == Channel.EMAIL
            found.append(
                Todo(
                    title=_("邮件服务器没有应答") if email else _("短信网关没有应答"),
                    words=_(
                        "从 %(at)s 起。通知在等着，恢复后自动发出；站内消息不受影响。",
                        at=minute(check.failing_since),
                    ),
                    url=url,
                    lamp="over",
                    action=_("去看"),
                )
            )
    return found
