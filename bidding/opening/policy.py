"""Who may set an opening going. Everybody may watch it."""

from __future__ import annotations

from enum import StrEnum

from bidding.core.actor import Actor, Role
from bidding.core.errors import N_, Forbidden
from bidding.opening.sitting.rules import Capacity


class Permission(StrEnum):
    """What a role may do in the hall."""

    PACKAGE_FETCH = "opening:package"
    SHARES_HAND_IN = "opening:shares"
    RESULT_IMPORT = "opening:import"
    PAPER_ENTER = "opening:paper"
    FILES_READ = "opening:files"
    STAGE_REVIEW = "opening:review"
    UNWITNESSED_DECLARE = "opening:unwitnessed"
    ATTEND = "opening:attend"
    HOST = "opening:host"
    ADMIT = "opening:admit"
    SUSPEND = "opening:suspend"
    SIGN = "opening:sign"
    WITNESS = "opening:witness"
    SCANS = "opening:scans"
    VIDEO = "opening:video"
    KEY_POST = "opening:post-key"
    LOT_DECIDE = "opening:decide"


_STAFF = frozenset({Role.AGENCY, Role.SUPERVISOR, Role.ADMINISTRATOR})

GRANTS: dict[Permission, frozenset[Role]] = {
    Permission.PACKAGE_FETCH: _STAFF,
    Permission.SHARES_HAND_IN: _STAFF,
    Permission.RESULT_IMPORT: frozenset({Role.AGENCY, Role.SUPERVISOR}),
    Permission.PAPER_ENTER: frozenset({Role.AGENCY, Role.ADMINISTRATOR}),
    Permission.FILES_READ: frozenset({Role.AGENCY, Role.SUPERVISOR}),
    Permission.STAGE_REVIEW: frozenset({Role.AGENCY}),
    Permission.UNWITNESSED_DECLARE: frozenset({Role.SUPERVISOR}),
    Permission.ATTEND: frozenset({Role.TENDERER}),
    Permission.HOST: frozenset({Role.AGENCY}),
    Permission.ADMIT: frozenset({Role.AGENCY, Role.ADMINISTRATOR}),
    Permission.SUSPEND: _STAFF,
    Permission.SIGN: _STAFF | {Role.TENDERER},
    Permission.WITNESS: frozenset({Role.SUPERVISOR}),
    Permission.SCANS: _STAFF,
    Permission.VIDEO: frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}),
    Permission.KEY_POST: frozenset({Role.TENDERER, Role.ADMINISTRATOR}),
    Permission.LOT_DECIDE: frozenset({Role.AGENCY}),
}

WORDS: dict[Permission, str] = {
    Permission.PACKAGE_FETCH: N_("到开标时间后下载开标包"),
    Permission.SHARES_HAND_IN: N_("代受托人递交份额文件"),
    Permission.RESULT_IMPORT: N_("导入离线开标的结果"),
    Permission.PAPER_ENTER: N_("开标后启封纸质投标，与另一人分别录入一览表"),
    Permission.FILES_READ: N_("开标后查阅投标附件"),
    Permission.STAGE_REVIEW: N_("技术开标后登记哪些投标没有通过评审，报价信封不开"),
    Permission.UNWITNESSED_DECLARE: N_("见证都连不上时，声明改用纸质记录"),
    Permission.ATTEND: N_("签到参加开标会，确认本单位的一览表，提出异议"),
    Permission.HOST: N_("主持开标会：公布名单、唱标、答复异议、形成记录、结束"),
    Permission.ADMIT: N_("为到场的投标人签到"),
    Permission.SUSPEND: N_("与另一人一起暂停和恢复开标会（其中一人是监督人员）"),
    Permission.SIGN: N_("在开标记录上签字"),
    Permission.WITNESS: N_("形成监督记录"),
    Permission.SCANS: N_("上传和下载记录的签字扫描件，撤回自己传错的；监督人员可以撤回任何一份"),
    Permission.VIDEO: N_("登记录像在哪里，撤回自己登记错的；监督人员可以撤回任何一条"),
    Permission.KEY_POST: N_("受托人没有到齐时，提交本单位投标的密钥补开；窗口人员可以代交投标人带来的文件"),
    Permission.LOT_DECIDE: N_("解封后不足法定家数的标段，依据条文决定流标或者继续评审"),
}


def require(actor: Actor, permission: Permission, *, agency_id: int) -> None:
    """The permission; and of agencies only the project's own. Raises ``Forbidden``.

    Other roles that hold the permission reach over every project. A role that does not hold it widens nothing: who
    administers and is also of an agency reads only that agency's files.
    """
    if not actor.may(permission) or actor.account_id is None:
        raise Forbidden
    if not actor.roles & (GRANTS[permission] - {Role.AGENCY}) and actor.organisation_id != agency_id:
        raise Forbidden


def may_take_back(actor: Actor, *, by_id: int) -> bool:
    """Whether they may take back what ``by_id`` attached: it is their own, or they supervise. Asked after ``require``."""
    return actor.account_id == by_id or Role.SUPERVISOR in actor.roles


def require_tenderer(actor: Actor) -> None:
    """Somebody who may attend for a unit of its own. Raises ``Forbidden``."""
    if not actor.may(Permission.ATTEND) or actor.account_id is None or actor.organisation_id is None:
        raise Forbidden


def require_poster(actor: Actor) -> None:
    """Who may post keys: tenderers for their own bids, and whoever helps them at the window. Raises ``Forbidden``."""
    if not actor.may(Permission.KEY_POST) or actor.account_id is None:
        raise Forbidden


def capacity(actor: Actor, *, agency_id: int) -> Capacity:
    """As what somebody signs the record: one person in several roles signs in the first of them.

    Raises ``Forbidden`` for whoever has no part in this sitting, another agency among them.
    """
    if not actor.may(Permission.SIGN) or actor.account_id is None:
        raise Forbidden
    if Role.AGENCY in actor.roles and actor.organisation_id == agency_id:
        return Capacity.HOST
    for role, found in (
        (Role.SUPERVISOR, Capacity.SUPERVISOR),
        (Role.ADMINISTRATOR, Capacity.ADMINISTRATOR),
        (Role.TENDERER, Capacity.TENDERER),
    ):
        if role in actor.roles:
            return found
    raise Forbidden
