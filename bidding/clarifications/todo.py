"""What waits for an agency's people: questions without an answer, and drafts that want a second person."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from itertools import groupby

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from bidding.clarifications import queries
from bidding.clarifications.models import Clarification
from bidding.clarifications.policy import Permission
from bidding.clarifications.rules import State
from bidding.core.actor import Actor
from bidding.core.clock import SHANGHAI
from bidding.web.todo import Todo


def waiting(session: Session, actor: Actor, now: datetime) -> list[Todo]:
    """One item for each tender with questions, and one for each draft that is this person's to go on with."""
    found = []
    if actor.may(Permission.CLARIFICATION_DRAFT):
        found += _questions(session, actor, now)
    if actor.may(Permission.CLARIFICATION_PUBLISH):
        found += [item for each in queries.unfinished(session, actor, now) if (item := _draft(actor, each))]
    return found


def _questions(session: Session, actor: Actor, now: datetime) -> list[Todo]:
    asked = sorted(
        queries.projects_with_questions(session, actor, now),
        key=lambda each: (each.project_id, each.asked_on),
    )
    found = []
    for _project, group in groupby(asked, key=lambda each: each.project_id):
        questions = list(group)
        last = queries.answer_by(session, questions[0])
        project = questions[0].project
        found.append(
            Todo(
                _("答复提问：%(title)s", title=project.title),
                _(
                    "有 %(count)s 个问题没有答复；几个问题可以一次答复，答复公布给所有人。",
                    count=len(questions),
                ),
                url_for("clarifications.desk", uid=project.uid),
                due_at=None if last is None else datetime.combine(last + timedelta(days=1), time(), SHANGHAI),
                action=_("去答复"),
            )
        )
    return found


def _draft(actor: Actor, each: Clarification) -> Todo | None:
    if each.state is State.SUBMITTED and actor.account_id != each.submitted_by_id:
        return Todo(
            _("复核答疑、更正：%(title)s", title=each.project.title),
            _("由另一位同事起草，等您对照影响预览复核。"),
            url_for("clarifications.preview", uid=each.uid),
            action=_("去复核"),
        )
    if each.state is State.DRAFT and each.drafted_by_id == actor.account_id:
        return Todo(
            _("起草答疑、更正：%(title)s", title=each.project.title),
            _(each.returned_reason) if each.returned_reason else _("草稿已保存，接着写。"),
            url_for("clarifications.draft", uid=each.uid),
            lamp="soon" if each.returned_reason else "idle",
            action=_("接着写"),
        )
    return None
