"""What waits in the hall, and on its eve: boxes that lack trustees, bids that they failed, lots to be decided, keys to be tried."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from bidding.core.actor import Actor, Role
from bidding.opening import queries, rescue, rules, shortage
from bidding.opening.keycheck import KeyCheck, key_checks
from bidding.opening.policy import Permission
from bidding.sealing.policy import Permission as Keys
from bidding.tenders.models import Project
from bidding.web.todo import Todo

DRILL, ENROL = Keys.TRUSTEE_DRILL, Keys.TRUSTEE_ENROL


def waiting(session: Session, actor: Actor, now: datetime) -> list[Todo]:
    """Boxes that this person may help to open, and keys to be tried before one is."""
    checks = key_checks(session, now, until=now + rules.KEYS_AHEAD) if actor.may(DRILL) else []
    eves = [check for check in checks if check.since <= now < check.opens_at]
    return (
        _to_post(session, actor)
        + _to_open(session, actor, now)
        + _to_review(session, actor)
        + _to_decide(session, actor, now)
        + _short(actor, eves)
        + _to_try(actor, eves)
    )


def _to_post(session: Session, actor: Actor) -> list[Todo]:
    """A tenderer whose bid too few trustees came for."""
    return [
        Todo(
            title=_("用密钥文件打开：%(title)s", title=project.title),
            words=_("受托人没有到齐，您单位递交的没有打开。用递交时保存的密钥文件和口令就能打开。"),
            url=url_for("opening.post_key", uid=project.uid),
            lamp="now",
            action=_("提交密钥"),
        )
        for project in rescue.to_post(session, actor)
    ]


def _to_decide(session: Session, actor: Actor, now: datetime) -> list[Todo]:
    """An agency's lots with too few sheets: nothing goes on there before it has said what follows."""
    return [
        Todo(
            title=_("决定怎么处理：%(title)s", title=project.title),
            words=_(
                "%(what)s %(lots)s 解封后可以唱标的不足法定家数。请依据条文决定怎么处理。",
                what=_(project.words.lot),
                lots=_("、").join(lots),
            ),
            url=url_for("opening.hall", uid=project.uid),
            lamp="now",
            action=_("去开标大厅"),
        )
        for project, lots in shortage.to_decide(session, actor, now)
    ]


def _short(actor: Actor, eves: Sequence[KeyCheck]) -> list[Todo]:
    """Whoever runs an opening knows on its eve that too few keys work for it."""
    return [
        Todo(
            title=_("能开箱的受托人不够：%(title)s", title=check.project.title),
            words=_("需要 %(k)s 位，眼下只有 %(able)s 位的密钥可用。", k=check.needed, able=check.able),
            url=url_for("opening.keys"),
            due_at=check.opens_at,
            lamp="over",
            action=_("看谁能开箱"),
        )
        for check in eves
        if check.short and _runs(actor, check.project)
    ]


def _runs(actor: Actor, project: Project) -> bool:
    return bool(
        actor.roles & {Role.SUPERVISOR, Role.ADMINISTRATOR}
        or (Role.AGENCY in actor.roles and project.agency_id == actor.organisation_id)
    )


def _to_try(actor: Actor, eves: Sequence[KeyCheck]) -> list[Todo]:
    """Each key once, for the first opening that needs it; the administrator sees to those without an account."""
    found: dict[str, Todo] = {}
    for check in eves:
        for trustee in (standing.trustee for standing in check.untried()):
            mine = trustee.account_id == actor.account_id
            if (mine or (trustee.account_id is None and actor.may(ENROL))) and trustee.uid not in found:
                found[trustee.uid] = Todo(
                    title=_("开标前试一次密钥：%(name)s", name=trustee.name),
                    words=_("“%(title)s”开启要用到它。几分钟可以做完。", title=check.project.title)
                    if check.project.preset.quiet
                    else _("“%(title)s”开标要用到它。几分钟可以做完。", title=check.project.title),
                    url=url_for("sealing.drill", uid=trustee.uid),
                    due_at=check.opens_at,
                    action=_("做演练"),
                )
    return list(found.values())


def _to_open(session: Session, actor: Actor, now: datetime) -> list[Todo]:
    if not actor.may(Permission.SHARES_HAND_IN):
        return []
    return [
        Todo(
            title=_("开报价信封：%(title)s", title=box.project.title)
            if box.prices
            else _("开箱：%(title)s", title=_named(box.project)),
            words=_(
                "已经截止，%(k)s 位受托人交齐份额才能打开，现在到了 %(given)s 位。",
                k=box.needed,
                given=box.given,
            )
            if box.project.preset.quiet
            else _(
                "已经到开标时间，%(k)s 位受托人交齐份额才能打开，现在到了 %(given)s 位。",
                k=box.needed,
                given=box.given,
            ),
            url=url_for("opening.hall", uid=box.project.uid),
            lamp="now",
            action=_("去开启") if box.project.preset.quiet else _("去开标大厅"),
        )
        for box in queries.to_open(session, actor, now)
    ]


def _named(project: Project) -> str:
    """A project, or which round of it: there may be several boxes of one title."""
    if project.round is None:
        return project.title
    if project.round.is_last:
        return str(_("%(title)s（最后报价）", title=project.title))
    return str(_("%(title)s（第 %(n)s 轮报价）", title=project.title, n=project.round.n))


def _to_review(session: Session, actor: Actor) -> list[Todo]:
    """Between two openings: until it is said who passed, no price can be opened."""
    if not actor.may(Permission.STAGE_REVIEW):
        return []
    return [
        Todo(
            title=_("登记技术评审结果：%(title)s", title=project.title),
            words=_("登记以后，报价信封到时间才能开；没有通过的不开。"),
            url=url_for("opening.review", uid=project.uid),
            due_at=project.prices_open_at,
            action=_("登记评审结果"),
        )
        for project in queries.between(session, actor, None)
        if project.agency_id == actor.organisation_id and queries.stays_sealed(session, project) is None
    ]
