"""What waits for whoever keeps the witnesses."""

from __future__ import annotations

from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from bidding.core.actor import Actor
from bidding.ledger import queries
from bidding.ledger.policy import Permission
from bidding.ledger.rules import TROUBLE_WORDS, Trouble
from bidding.web.todo import Todo


def waiting(session: Session, actor: Actor, now: datetime) -> list[Todo]:
    """A log that must not go on; no witness at all; a witness that has fallen silent."""
    if not actor.may(Permission.WITNESS_ENROL):
        return []
    found = [
        Todo(
            title=_("日志 %(origin)s 已停止写入和签名", origin=log.origin),
            words=_("数据库比已签名的日志旧，可能恢复了旧备份。请停止业务，恢复更新的备份。"),
            url=url_for("ledger.witnesses"),
            lamp="over",
            action=_("看看情况"),
        )
        for log in queries.logs_behind(session)
    ]
    if not queries.active_witnesses(session):
        found.append(
            Todo(
                title=_("还没有日志见证"),
                words=_("没有见证就不能发布项目。请监督部门在自己的机器上生成见证公钥，再由您登记。"),
                url=url_for("ledger.witnesses"),
                lamp="now",
                action=_("登记见证"),
            )
        )
    log = queries.centre_log_or_none(session)
    newest = None if log is None else queries.newest_checkpoint(session, log)
    found += [
        Todo(
            title=_("见证 %(name)s 没有应答", name=standing.witness.name),
            words=_(TROUBLE_WORDS[Trouble(standing.witness.trouble)])
            if standing.witness.trouble
            else _("它超过一分钟没有联署最新的签名。请联系监督部门，看看见证机器是否在运行。"),
            url=url_for("ledger.witnesses"),
            lamp="soon",
            action=_("看看情况"),
        )
        for standing in queries.witness_standing(session, newest, now)
        if standing.late
    ]
    return found
