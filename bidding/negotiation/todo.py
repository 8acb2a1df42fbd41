"""What waits: rounds to call, to confirm, and to answer."""

from __future__ import annotations

from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from bidding.core.actor import Actor
from bidding.negotiation import queries
from bidding.negotiation.policy import Permission
from bidding.web.todo import Todo


def waiting(session: Session, actor: Actor, now: datetime) -> list[Todo]:
    """The items for this person now."""
    found = []
    if actor.may(Permission.ROUND_CALL):
        found += [
            Todo(
                title=_("邀请报价：%(title)s", title=each.title),
                words=_("上一步已经开启。登记审查结果，邀请供应商作下一轮或者最后报价。"),
                url=url_for("negotiation.desk", uid=each.uid),
                lamp="now",
                action=_("去办理"),
            )
            for each in queries.to_call(session, actor, now)
        ]
    if actor.may(Permission.ROUND_CONFIRM):
        found += [
            Todo(
                title=_(
                    "复核第 %(n)s 轮报价邀请：%(title)s",
                    n=each.round.n if each.round else 0,
                    title=each.title,
                ),
                words=_("发出以后供应商才看得到。"),
                url=url_for("negotiation.desk", uid=queries.parent_of(session, each).uid),
                lamp="now",
                action=_("去复核"),
            )
            for each in queries.to_confirm(session, actor)
        ]
    if actor.may(Permission.ROUND_ENTER):
        found += [
            Todo(
                title=_("最后报价：%(title)s", title=each.title)
                if each.round and each.round.is_last
                else _("第 %(n)s 轮报价：%(title)s", n=each.round.n if each.round else 0, title=each.title),
                words=_("已递交，截止前可以替换、撤回。") if is_in else _("密封递交；到时不再接收。"),
                url=url_for("negotiation.round_page", uid=each.uid),
                lamp="ok" if is_in else "now",
                action=_("查看") if is_in else _("去报价"),
            )
            for each, is_in in queries.to_answer(session, actor, now)
        ]
    return found
