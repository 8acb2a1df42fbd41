"""What waits: papers and persons for their second person, and records of performance to be written."""

from __future__ import annotations

from datetime import datetime, time

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from bidding.committee import queries
from bidding.committee.policy import Permission
from bidding.committee.queries import lists
from bidding.committee.rules import SOURCE_WORDS
from bidding.core.actor import Actor
from bidding.core.clock import SHANGHAI
from bidding.web.todo import Todo


def waiting(session: Session, actor: Actor, _now: datetime) -> list[Todo]:
    """The items for this person now."""
    found = list[Todo]()
    if actor.may(Permission.COMMITTEE_CONFIRM):
        papers, people = queries.to_confirm(session)
        found += [
            Todo(
                title=_("复核评审专家的产生依据（%(source)s）", source=_(SOURCE_WORDS[row.source])),
                words=row.project.title,
                url=url_for("committee.desk", uid=row.project.uid),
                lamp="now",
                action=_("去复核"),
            )
            for row in papers
            if row.brought_by_id != actor.account_id
        ]
        found += [
            Todo(
                title=_("复核评审成员（%(source)s）", source=_(SOURCE_WORDS[row.source])),
                words=row.project.title,
                url=url_for("committee.desk", uid=row.project.uid),
                lamp="now",
                action=_("去复核"),
            )
            for row in people
            if row.entered_by_id != actor.account_id
        ]
        found += [
            Todo(
                title=_("复核省级专家库的抽取名单"),
                words=row.paper.project.title,
                url=url_for("committee.drawn_list", uid=row.uid),
                lamp="now",
                action=_("去复核"),
            )
            for row in lists.to_confirm(session)
            if row.taken_by_id != actor.account_id
        ]
    if actor.may(Permission.COMMITTEE_APPRAISE):
        for one in queries.unappraised(session, actor):
            due = queries.appraisal_due(session, one.project, queries.over_at(session, one.project_id))
            found.append(
                Todo(
                    title=_("填写评审专家履职记录：%(name)s", name=one.name),
                    words=one.project.title,
                    url=url_for("committee.appraise", uid=one.uid),
                    due_at=datetime.combine(due, time.max, SHANGHAI) if due else None,
                    action=_("去填写"),
                )
            )
    return found
