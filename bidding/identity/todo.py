"""What waits for everybody with their own account, for a tenderer with its filing, and for the window with all filings."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from bidding.core.actor import Actor
from bidding.core.clock import SHANGHAI
from bidding.identity import browser, queries
from bidding.identity.policy import Permission
from bidding.identity.rules import Standing
from bidding.web.todo import Todo

#: How long a sign-in from a new device is news.
_NEWS = timedelta(days=14)
_FEW_CODES = 3


def waiting(session: Session, actor: Actor, now: datetime) -> list[Todo]:
    """One's own sign-in; filings at the window; one's own filing that is not whole; a single administrator."""
    found = _own_account(session, actor, now)
    if actor.may(Permission.COMPANY_FILE):
        found += _own_filing(session, actor)
    if actor.may(Permission.ORGANISATION_APPROVE):
        found += [
            Todo(
                title=_("审核登记：%(name)s", name=organisation.name),
                words=_("已送来营业执照和授权书，审核通过后才能投标。"),
                url=url_for("identity.organisation", uid=organisation.uid),
                lamp="now",
                action=_("去审核"),
            )
            for organisation in queries.waiting_organisations(session)
        ]
    if actor.may(Permission.ACCOUNT_INVITE) and queries.administrators(session) == 1:
        found.append(
            Todo(
                title=_("只有一位管理员"),
                words=_(
                    "管理员不能改自己的角色，也不能给自己重发链接。请再邀请一位，以免谁忘了密码就无人能办。"
                ),
                url=url_for("identity.invite"),
                lamp="idle",
                action=_("邀请工作人员"),
            )
        )
    return found


def _own_account(session: Session, actor: Actor, now: datetime) -> list[Todo]:
    account = queries.account_of(session, actor)
    held = queries.factors(session, account.id)
    due_at = queries.second_factor_due_at(account, browser.second_factor_within())
    found = [
        Todo(
            title=_("有人在一个新的浏览器上登录了您的账号"),
            words=_(
                "%(minute)s，来自 %(address)s。是您本人的，点一下确认；不是的，让它退出并换密码。",
                minute=each.created_at.astimezone(SHANGHAI).strftime("%m-%d %H:%M"),
                address=each.address or "–",
            ),
            url=url_for("identity.account", _anchor="sessions"),
            lamp="soon",
            action=_("去看"),
        )
        for each in queries.unacknowledged(session, account.id, now - _NEWS)
    ]
    if due_at is not None and not held.any:
        found.append(
            Todo(
                title=_("设置第二重验证"),
                words=_("您的角色要替别人把关，光有密码不够。到期没有设好的，登录后要先设好才能办事。"),
                url=url_for("identity.security"),
                lamp="soon",
                action=_("去设置"),
                due_at=due_at,
            )
        )
    if 0 < held.codes < _FEW_CODES:
        found.append(
            Todo(
                title=_("恢复码只剩 %(count)s 个", count=held.codes),
                words=_("用完之前换一张新的。"),
                url=url_for("identity.security", _anchor="codes"),
                lamp="idle",
                action=_("去换"),
            )
        )
    return found


def _own_filing(session: Session, actor: Actor) -> list[Todo]:
    standing = queries.standing(queries.organisation_of(session, actor))
    url = url_for("identity.company")
    if standing is Standing.UNFILED:
        return [
            Todo(
                title=_("上传营业执照和授权书"),
                words=_("窗口审核通过后才能投标。请在投标截止前留出审核的时间。"),
                url=url,
                lamp="now",
                action=_("去上传"),
            )
        ]
    if standing is Standing.RETURNED:
        return [
            Todo(
                title=_("补正企业档案"),
                words=_("窗口退回了材料，要补正的问题已一次写明。"),
                url=url,
                lamp="soon",
                action=_("去补正"),
            )
        ]
    if standing is Standing.WAITING:
        return [
            Todo(
                title=_("企业档案正在窗口审核"),
                words=_("审核通过前不能投标。等得久了，可以打服务热线。"),
                url=url,
                lamp="idle",
                action=_("看状态"),
            )
        ]
    return []
