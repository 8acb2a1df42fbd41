"""What a draw waits for, and from whom."""

from __future__ import annotations

from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from bidding.core.actor import Actor
from bidding.experts import queries
from bidding.experts.fitness import ACT_WORDS
from bidding.experts.models import Draw
from bidding.experts.policy import Permission
from bidding.experts.rules import Step
from bidding.web.todo import Todo


def waiting(session: Session, actor: Actor, now: datetime) -> list[Todo]:
    """The draws in which it is this person's turn."""
    if not actor.may(Permission.DRAW_READ):
        return []
    found = _of_the_pool(session, actor) if actor.may(Permission.POOL_KEEP) else []
    for draw in queries.waiting(session, actor):
        item = _item(session, actor, draw, now)
        if item is not None:
            found.append(item)
    return found


def _of_the_pool(session: Session, actor: Actor) -> list[Todo]:
    """Applications that wait, and what another administrator proposed about somebody."""
    found = []
    count = queries.applications_waiting(session)
    if count:
        words = _("%(count)s 份申请", count=count)
        found.append(Todo(_("审核专家入库申请"), words, url_for("experts.applications"), action=_("审核")))
    for act in queries.acts_waiting(session):
        if act.proposed_by_id != actor.account_id:
            url = url_for("experts.person", uid=act.expert.uid)
            found.append(Todo(_("复核专家的办理事项"), _(ACT_WORDS[act.kind]), url, action=_("复核")))
    return found


def _item(session: Session, actor: Actor, draw: Draw, now: datetime) -> Todo | None:
    step = draw.step
    if (
        step is Step.REQUESTED
        and actor.may(Permission.DRAW_FREEZE)
        and actor.account_id != draw.requested_by_id
    ):
        return _todo(draw, _("复核专家抽取的条件并冻结名单"), _("复核"))
    if step is Step.FROZEN and actor.may(Permission.DRAW_ORDER):
        return _todo(draw, _("核对专家名单，签署抽取令"), _("签署"))
    if step in (Step.ORDERED, Step.CLOSED):
        return _contribution(session, actor, draw)
    if step in (Step.DRAWN, Step.REQUESTED) and actor.may(Permission.DRAW_HALF):
        wanted = queries.halves_wanted(session, draw.project)
        return _todo(draw, _("交出打开专家姓名的半把钥匙"), _("交出")) if wanted else None
    if step is Step.DRAWN and actor.may(Permission.DRAW_CALL):
        return _calling(session, actor, draw, now)
    return None


def _calling(session: Session, actor: Actor, draw: Draw, now: datetime) -> Todo | None:
    """Calls first; then somebody who did not put them down looks them over; then the clock lets the names out."""
    if queries.turns_left(session, draw):
        return _todo(draw, _("依次通知抽中的专家"), _("通知"))
    waiting = queries.uncountersigned(session, draw)
    if any(call.called_by_id != actor.account_id for call in waiting):
        return _todo(draw, _("复核别人登记的专家通知记录"), _("复核"))
    if now >= draw.evaluation_at and not waiting:
        return _todo(draw, _("公布专家名单到评审室"), _("公布"))
    return None


def _contribution(session: Session, actor: Actor, draw: Draw) -> Todo | None:
    """A seat's people are asked until their own number is in; the administrator closes when all are."""
    waits = queries.parties_waited_for(session, draw)
    own = queries.own_seats(session, actor, draw)
    if draw.step is Step.ORDERED:
        if own & waits:
            return _todo(draw, _("为专家抽取投入随机数"), _("投入"))
        if not waits and actor.may(Permission.DRAW_FREEZE):
            return _todo(draw, _("各方随机数已到齐，截止投入"), _("截止"))
        return None
    return _todo(draw, _("公开专家抽取的随机数"), _("公开")) if own & waits else None


def _todo(draw: Draw, title: str, action: str) -> Todo:
    return Todo(
        title=title,
        words=f"{draw.project.title} · {draw.code}",
        url=url_for("experts.draw", uid=draw.uid),
        due_at=draw.evaluation_at,
        action=action,
    )
