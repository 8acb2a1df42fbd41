"""What waits at the window, for the applicant, and for the departments that were asked."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from bidding.casework import queries
from bidding.casework.current import desk
from bidding.casework.models import Case
from bidding.casework.policy import Permission
from bidding.casework.rules import STEP_OF, STEP_WORDS, State, Terms, due
from bidding.core.actor import Actor
from bidding.core.clock import SHANGHAI
from bidding.web.todo import Todo


def waiting(session: Session, actor: Actor, now: datetime) -> list[Todo]:
    """The items for this person now."""
    found = [_own(case) for case in queries.own_open(session, actor)]
    found += [
        Todo(
            _("会签：%(title)s", title=each.case.title),
            _("窗口抄告了贵部门，请在时限内回复。"),
            url_for("casework.case", uid=each.case.uid),
            due_at=_end_of(each.due_on),
            action=_("去回复"),
        )
        for each in queries.asked(session, actor)
    ]
    if actor.may(Permission.CASE_HANDLE):
        cases = queries.at_window(session, actor)
        terms = desk().terms(session, now) if cases else None
        for case in cases:
            if terms is not None and not _is_anothers(case, actor):
                found.append(_step(case, terms, now))
    return found


def _is_anothers(case: Case, actor: Actor) -> bool:
    """Whether the step at hand must be done by somebody else, or waits for departments."""
    if actor.account_id in (case.opened_by_id, case.filed_by_id):
        return True
    return case.state is State.EXAMINED and case.examined_by_id == actor.account_id


def _own(case: Case) -> Todo:
    url = url_for("casework.materials", uid=case.uid)
    if case.state is State.RETURNED:
        words = _("窗口退回，要补正的问题已一次写明。")
        return Todo(_("补正材料：%(title)s", title=case.title), words, url, lamp="soon", action=_("去补正"))
    words = _("材料还没有送窗口。")
    return Todo(_("申请受理：%(title)s", title=case.title), words, url, lamp="idle", action=_("接着交"))


def _step(case: Case, terms: Terms, now: datetime) -> Todo:
    step = case.open_step
    stands = due(step.limit, step.begun_at, terms.calendar, at=now) if step else None
    title = _("%(step)s：%(title)s", step=_(STEP_WORDS[STEP_OF[case.state]]), title=case.title)
    words = _("绿色通道，优先办理。") if case.is_fast else case.number or ""
    if case.fast_asked_by_id and not case.is_fast:
        words = _("有人提出进绿色通道，等另一位同事批准。")
    url = url_for("casework.case", uid=case.uid)
    return Todo(title, words, url, due_at=_end_of(stands.promised_on) if stands else None, action=_("去办理"))


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI)
