"""Which roles there are to give, to whom, and never together."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, StrEnum

from bidding.core.actor import Actor, Role
from bidding.core.errors import N_, DomainError, Forbidden, SamePerson


class Permission(StrEnum):
    """What may be done with organisations and accounts."""

    COMPANY_FILE = "company:file"
    ORGANISATION_READ = "organisation:read"
    ORGANISATION_APPROVE = "organisation:approve"
    ACCOUNT_READ = "account:read"
    ACCOUNT_INVITE = "account:invite"
    ACCOUNT_DISABLE = "account:disable"
    ROLE_GRANT = "role:grant"


GRANTS: dict[Permission, frozenset[Role]] = {
    Permission.COMPANY_FILE: frozenset({Role.TENDERER}),
    Permission.ORGANISATION_READ: frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR}),
    Permission.ORGANISATION_APPROVE: frozenset({Role.ADMINISTRATOR}),
    Permission.ACCOUNT_READ: frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR}),
    Permission.ACCOUNT_INVITE: frozenset({Role.ADMINISTRATOR}),
    Permission.ACCOUNT_DISABLE: frozenset({Role.ADMINISTRATOR}),
    Permission.ROLE_GRANT: frozenset({Role.ADMINISTRATOR}),
}

WORDS: dict[Permission, str] = {
    Permission.COMPANY_FILE: N_("提交本单位的营业执照和授权书"),
    Permission.ORGANISATION_READ: N_("查看单位登记"),
    Permission.ORGANISATION_APPROVE: N_("审核单位登记"),
    Permission.ACCOUNT_READ: N_("查看账号和角色"),
    Permission.ACCOUNT_INVITE: N_("邀请工作人员，重新发放登录链接，清除本人丢失的第二重验证"),
    Permission.ACCOUNT_DISABLE: N_("停用和恢复账号"),
    Permission.ROLE_GRANT: N_("授予和收回角色"),
}

ROLE_WORDS: dict[Role, str] = {
    Role.TENDERER: N_("投标人"),
    Role.AGENCY: N_("招标代理机构"),
    Role.SUPERVISOR: N_("监督人员"),
    Role.ADMINISTRATOR: N_("中心管理员"),
    Role.EXPERT: N_("评标专家"),
}


class OrganisationKind(Enum):
    """What an organisation is to the centre."""

    CENTRE = "centre"
    AGENCY = "agency"
    SUPERVISORY = "supervisory"
    TENDERER = "tenderer"
    OTHER = "other"  # finance office, notary: trustees come from these


KIND_WORDS: dict[OrganisationKind, str] = {
    OrganisationKind.CENTRE: N_("交易中心"),
    OrganisationKind.AGENCY: N_("招标人或代理机构"),
    OrganisationKind.SUPERVISORY: N_("监督部门"),
    OrganisationKind.TENDERER: N_("投标单位"),
    OrganisationKind.OTHER: N_("其他单位（财政、公证、专家所在单位等）"),
}

#: Which roles people of an organisation can have at all. An agency's clerk is never the supervisor of anything.
ROLES_OF: dict[OrganisationKind, frozenset[Role]] = {
    OrganisationKind.CENTRE: frozenset({Role.ADMINISTRATOR, Role.AGENCY, Role.SUPERVISOR}),
    OrganisationKind.AGENCY: frozenset({Role.AGENCY}),
    OrganisationKind.SUPERVISORY: frozenset({Role.SUPERVISOR}),
    OrganisationKind.TENDERER: frozenset({Role.TENDERER}),
    OrganisationKind.OTHER: frozenset({Role.SUPERVISOR, Role.EXPERT}),
}


@dataclass(frozen=True, slots=True)
class Clash:
    """Two roles that one person must not hold at the same time, and why."""

    one: Role
    other: Role
    why: str

    def within(self, roles: Collection[Role]) -> bool:
        """Whether both are among ``roles``."""
        return self.one in roles and self.other in roles


_TENDERER_ALONE = N_("投标人不能同时参与组织、评审或监督投标（招标投标法第三十二、三十七条）。")

#: All other pairs are allowed: a county centre may have a staff of three (then one person administers and also
#: acts as the centre's own agency). Two-person acts still need two persons, whatever their roles.
FORBIDDEN_TOGETHER = (
    Clash(Role.TENDERER, Role.AGENCY, _TENDERER_ALONE),
    Clash(Role.TENDERER, Role.SUPERVISOR, _TENDERER_ALONE),
    Clash(Role.TENDERER, Role.ADMINISTRATOR, _TENDERER_ALONE),
    Clash(Role.TENDERER, Role.EXPERT, _TENDERER_ALONE),
    Clash(
        Role.EXPERT,
        Role.AGENCY,
        N_("评标专家不能评自己组织的招标：代理机构人员不得参加本机构代理项目的评标。"),
    ),
    Clash(
        Role.EXPERT, Role.ADMINISTRATOR, N_("抽取专家的人不能在专家库里：他会知道抽到了谁，也可能抽到自己。")
    ),
    Clash(
        Role.EXPERT,
        Role.SUPERVISOR,
        N_("行政监督部门的工作人员不得进入评标委员会（招标投标法实施条例第四十六条）。"),
    ),
    Clash(Role.SUPERVISOR, Role.AGENCY, N_("监督人员不能监督自己组织的招标。")),
    Clash(
        Role.SUPERVISOR, Role.ADMINISTRATOR, N_("抽取和开标要由中心、监督部门各出一方；一个人不能代表两方。")
    ),
)

#: How a window sends a filing back: everything that is wrong, at once (一次性告知).
DEFECTS = (
    N_("营业执照或登记证书看不清，请重新扫描或拍照。"),
    N_("营业执照上的名称与填写的单位名称不一致。"),
    N_("营业执照上的统一社会信用代码与填写的不一致。"),
    N_("营业执照已过有效期，或者登记状态不是存续。"),
    N_("授权书没有加盖公章，或者没有法定代表人签字。"),
    N_("授权书上的经办人与登记的联系人不一致。"),
    N_("授权书没有写明授权范围和期限，或者已经过期。"),
)


class RoleNotOfOrganisation(DomainError):
    """The organisation's people cannot hold this role."""

    code = "identity.role_not_of_organisation"
    text = N_("这个单位的人员不能担任“%(role)s”。请先登记此人所在的单位，再邀请。")
    status = 422


class RolesClash(DomainError):
    """Two roles that one person must not hold."""

    code = "identity.roles_clash"
    text = N_("“%(one)s”与“%(other)s”不能由同一个人担任：%(why)s请先收回其中一个，或者授予另一个人。")
    status = 422


class NotApproved(DomainError):
    """The organisation has not been seen and approved at the window."""

    code = "identity.not_approved"
    text = N_("本单位的登记还没有审核通过，不能投标。请在“企业档案”上传营业执照和授权书，由中心窗口审核。")
    status = 403


class StepUpNeeded(DomainError):
    """A binding act without the person having been asked again in the last minutes."""

    code = "identity.step_up_needed"
    text = N_("这一步有法律效力，要先确认是您本人，5 分钟内有效。请打开“确认身份”一页。")
    status = 403


class SecondFactorDue(DomainError):
    """The days within which the role's second factor had to be set up are over."""

    code = "identity.second_factor_due"
    text = N_(
        "您的角色要替别人把关，光有密码不够：请先在“登录安全”里设置通行密钥、验证器或恢复码，设好后立即恢复办理。"
    )
    status = 403


class NotOneself(SamePerson):
    """An act on one's own account that another administrator has to do."""

    code = "identity.not_oneself"
    text = N_("不能给自己授予或收回角色，也不能停用自己的账号。请由另一位管理员办理。")


def clash(roles: Collection[Role]) -> Clash | None:
    """The first forbidden combination among ``roles``, if there is one."""
    return next((each for each in FORBIDDEN_TOGETHER if each.within(roles)), None)


def require_compatible(roles: Iterable[Role], kind: OrganisationKind) -> None:
    """Refuse roles that clash, or that people of such an organisation cannot hold."""
    held = frozenset(roles)
    for role in sorted(held - ROLES_OF[kind]):
        raise RoleNotOfOrganisation(role=ROLE_WORDS[role], field="roles")
    found = clash(held)
    if found is not None:
        raise RolesClash(
            one=ROLE_WORDS[found.one], other=ROLE_WORDS[found.other], why=found.why, field="roles"
        )


def require(actor: Actor, permission: str) -> None:
    """Refuse actors that lack the permission."""
    if not actor.may(permission):
        raise Forbidden


def require_step_up(actor: Actor, *, now: datetime, lasts: timedelta) -> None:
    """Refuse a binding act unless the password was repeated within ``lasts``: for acts that come without a form."""
    if actor.step_up_at is None or now - actor.step_up_at >= lasts:
        raise StepUpNeeded


def permissions_of(roles: frozenset[Role], grants: dict[str, frozenset[Role]]) -> frozenset[str]:
    """What the roles may do, by the table of all domains."""
    return frozenset(permission for permission, holders in grants.items() if holders & roles)


def approved_tenderer(roles: frozenset[Role], *, approved_at: datetime | None) -> bool:
    """Whether somebody with these roles, of an organisation approved then (or never), may make a first bid."""
    return Role.TENDERER in roles and approved_at is not None
