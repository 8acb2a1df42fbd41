"""What waits: a notice that wants its second person, applications to open, verdicts to confirm; and one's own result.

Before the deadline nothing here hangs on whether anybody has applied.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from bidding.core.actor import Actor
from bidding.prequalification import queries, rules
from bidding.prequalification.models import Application, Prequalification
from bidding.prequalification.policy import Permission
from bidding.prequalification.rules import Standing
from bidding.web.todo import Todo

#: How long a result stands in the applicant's list.
_LASTS = timedelta(days=15)


def waiting(session: Session, actor: Actor, now: datetime) -> list[Todo]:
    """The items for this person now."""
    found = []
    if actor.may(Permission.PREQUALIFICATION_PUBLISH):
        found += [
            Todo(
                _("复核资格预审公告：%(title)s", title=row.project.title),
                _("由另一位同事起草，等您核对后发布或者退回。"),
                url_for("prequalification.desk", uid=row.project.uid),
                lamp="now",
                action=_("去复核"),
            )
            for row in queries.to_check(session, actor)
            if row.submitted_by_id != actor.account_id
        ]
        found += [
            Todo(
                _("复核终止资格预审：%(title)s", title=row.project.title),
                row.end_reason or "",
                url_for("prequalification.desk", uid=row.project.uid),
                lamp="now",
                action=_("去复核"),
            )
            for row in queries.to_end(session, actor)
            if row.end_asked_by_id != actor.account_id
        ]
    if actor.may(Permission.APPLICATION_EXAMINE):
        rows = queries.to_examine(session, actor, now - rules.SETTLES)
        found += [item for row in rows if (item := _examining(actor, row, now)) is not None]
    if actor.may(Permission.APPLICATION_SUBMIT):
        found += [_result(row) for row in queries.own_decided(session, actor, now - _LASTS)]
    return found


def _examining(actor: Actor, row: Prequalification, now: datetime) -> Todo | None:
    standing = rules.standing(row.times, now)
    title = row.project.title
    if standing is Standing.CLOSED:
        return Todo(
            _("开启资格预审申请：%(title)s", title=title),
            _("申请已经截止，可以开启审查。"),
            url_for("prequalification.desk", uid=row.project.uid),
            lamp="now",
            action=_("去开启"),
        )
    url = url_for("prequalification.examine", uid=row.project.uid)
    if standing is Standing.OPENED:
        words = row.review_returned or _("逐家写明结论，交另一位同事复核。")
        return Todo(_("审查资格预审申请：%(title)s", title=title), words, url, lamp="now", action=_("去审查"))
    if standing is Standing.REVIEWED and row.reviewed_by_id != actor.account_id:
        return Todo(
            _("复核资格预审结果：%(title)s", title=title),
            _("由另一位同事审查，等您确认或者退回。"),
            url,
            lamp="now",
            action=_("去复核"),
        )
    return None


def _result(row: Application) -> Todo:
    outcome = _("通过") if row.passed else _("没有通过")
    return Todo(
        _("资格预审结果：%(outcome)s", outcome=outcome),
        row.prequalification.project.title,
        url_for("prequalification.application", uid=row.uid),
        lamp="ok" if row.passed else "soon",
        action=_("看结果通知书"),
    )
