"""What waits for administrators: messages to the province that failed or lack something."""

from __future__ import annotations

from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from bidding.core.actor import Actor
from bidding.province import queries
from bidding.province.policy import Permission
from bidding.province.rules import State
from bidding.web.todo import Todo


def waiting(session: Session, actor: Actor, _now: datetime) -> list[Todo]:
    """One item for everything that failed, one for everything that is not whole."""
    if not actor.may(Permission.PROVINCE_MANAGE):
        return []
    counts = queries.counts(session)
    found = []
    if failed := counts[State.ERROR]:
        found.append(
            Todo(
                title=_("报省平台的数据有 %(count)s 条出错", count=failed),
                words=_("省平台没有收。看看它说了什么，改好后重报；同一项目后面的数据在等着。"),
                url=url_for("province.messages", state=State.ERROR.value),
                lamp="over",
                action=_("去处理"),
            )
        )
    if lacking := counts[State.INCOMPLETE]:
        found.append(
            Todo(
                title=_("报省平台的数据有 %(count)s 条缺字段", count=lacking),
                words=_("系统里没有的内容，请在页面上补录；补齐后自动报送。"),
                url=url_for("province.messages", state=State.INCOMPLETE.value),
                action=_("去补录"),
            )
        )
    return found
