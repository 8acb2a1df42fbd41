"""What waits: announcements for their second person, what was sent back, and objections without an answer."""

from __future__ import annotations

from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from bidding.announcements import queries, rules
from bidding.announcements.policy import Permission
from bidding.core.actor import Actor
from bidding.web.todo import Todo


def waiting(session: Session, actor: Actor, _now: datetime) -> list[Todo]:
    """The items for this person now."""
    found = list[Todo]()
    if actor.may(Permission.ANNOUNCEMENT_PUBLISH):
        found += [
            Todo(
                title=_("复核%(what)s：%(title)s", what=_(rules.PRESETS[row.kind].title), title=row.title),
                words=_("%(owner)s，等另一个人复核发布。", owner=row.owner_name),
                url=url_for("announcements.work", uid=row.uid),
                lamp="now",
                action=_("去复核"),
            )
            for row in queries.to_check(session, actor)
            if row.submitted_by_id != actor.account_id
        ]
        found += [
            Todo(
                title=_("撤回中标候选人公示：%(title)s", title=row.title),
                words=_(
                    "异议已认定成立。由发布人以外的人撤回，再依法重新评审或者另行公示；在此之前不能定标。"
                ),
                url=url_for("announcements.work", uid=row.uid),
                lamp="now",
                action=_("去撤回"),
            )
            for row in queries.to_withdraw(session, actor)
        ]
    if actor.may(Permission.ANNOUNCEMENT_EDIT):
        found += [
            Todo(
                title=_("退回修改：%(title)s", title=row.title),
                words=row.returned_reason,
                url=url_for("announcements.work", uid=row.uid),
                lamp="soon",
                action=_("去修改"),
            )
            for row in queries.returned(session, actor)
        ]
        for objection in queries.unanswered(session, actor):
            argued = queries.answer_by(session, objection.announcement, objection.made_at)
            of_lot = rules.PRESETS[objection.announcement.kind].of_lot
            found.append(
                Todo(
                    title=_("答复异议：%(title)s", title=objection.announcement.title),
                    words=_("答复公开并告知提出人；答复以前不能定标。")
                    if of_lot
                    else _("公示期满后组织补充论证，结论公开并告知提出人。"),
                    url=url_for("announcements.work", uid=objection.announcement.uid),
                    due_at=rules.over_at(argued[0]) if argued else None,
                    action=_("去答复"),
                )
            )
    return found
