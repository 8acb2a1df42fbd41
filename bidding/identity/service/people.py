"""Organisations and the people in them: registering, approving, inviting, disabling, giving roles."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bidding.core.actor import Actor, Role
from bidding.core.codes import check_uscc
from bidding.core.entropy import new_uid
from bidding.core.errors import N_, DomainError, Forbidden, Invalid, NotFound, WrongState
from bidding.db.uow import Tx
from bidding.identity import policy, queries
from bidding.identity.events import AccountOpened, RegistrationDecided
from bidding.identity.models import (
    Account,
    Invitation,
    Organisation,
    OrganisationKind,
    RoleGrant,
)
from bidding.identity.policy import Permission
from bidding.identity.rules import Standing
from bidding.identity.service.signing_in import close_all_sessions, digest_of, new_token


class LoginTaken(Invalid):
    """Another account has the login."""

    code = "identity.login_taken"
    text = N_("这个登录名已经有人用了，请换一个。")


class OrganisationKnown(Invalid):
    """The code is registered already."""

    code = "identity.organisation_known"
    text = N_(
        "这个统一社会信用代码已经登记过。请用原来的账号登录；忘了账号，或者不是贵单位登记的，请带营业执照到窗口办理。"
    )


class PapersMissing(Invalid):
    """A filing without both papers."""

    code = "identity.papers_missing"
    text = N_("营业执照和授权书都要上传，才能送窗口审核。")


class PapersChanged(WrongState):
    """The papers are no longer those that were looked at."""

    code = "identity.papers_changed"
    text = N_("您打开页面以后，该单位换了材料。请重新打开，看过新的材料再审核。")


class DefectsMissing(Invalid):
    """A return without a reason."""

    code = "identity.defects_missing"
    text = N_("请写明要补正什么。一次性告知：所有问题一次说全。")


class CentreExists(DomainError):
    """There is an administrator already, who can invite others."""

    code = "identity.centre_exists"
    text = N_("已经有管理员了。请由管理员在“账号与角色”里邀请其他人。")


@dataclass(frozen=True, slots=True)
class Paper:
    """An uploaded document: its blob and the name it came with."""

    digest: str
    name: str


# Tenderers ------------------------------------------------------------------------------------------------------


def _new_organisation(
    tx: Tx, *, kind: OrganisationKind, name: str, uscc: str, contact: str, phone: str
) -> Organisation:
    code = check_uscc(uscc)
    if tx.session.scalar(select(Organisation.id).where(Organisation.uscc == code)) is not None:
        raise OrganisationKnown(field="uscc")
    organisation = Organisation(
        uid=new_uid(tx.entropy),
        kind=kind,
        name=name.strip(),
        uscc=code,
        contact=contact.strip(),
        phone=phone.strip(),
        registered_at=tx.now,
    )
    tx.session.add(organisation)
    tx.session.flush()
    return organisation


def _new_account(
    tx: Tx,
    organisation: Organisation,
    *,
    login: str,
    name: str,
    phone: str,
    password_hash: str,
    roles: Collection[Role],
) -> Account:
    login = login.strip().lower()
    if queries.account_by_login(tx.session, login) is not None:
        raise LoginTaken(field="login")
    policy.require_compatible(roles, organisation.kind)
    account = Account(
        uid=new_uid(tx.entropy),
        organisation_id=organisation.id,
        login=login,
        name=name.strip(),
        phone=phone.strip(),
        password_hash=password_hash,
        created_at=tx.now,
    )
    account.grants = [
        RoleGrant(role=role, granted_at=tx.now, granted_by_id=tx.actor.account_id) for role in sorted(roles)
    ]
    tx.session.add(account)
    tx.session.flush()
    return account


def register_tenderer(
    tx: Tx, *, name: str, uscc: str, contact: str, phone: str, login: str, password_hash: str
) -> Account:
    """Register a tenderer and its first account by itself. It cannot bid before the window has approved it.

    Raises ``InvalidUscc``, ``OrganisationKnown``, ``LoginTaken``.
    """
    organisation = _new_organisation(
        tx, kind=OrganisationKind.TENDERER, name=name, uscc=uscc, contact=contact, phone=phone
    )
    return _new_account(
        tx,
        organisation,
        login=login,
        name=contact,
        phone=phone,
        password_hash=password_hash,
        roles={Role.TENDERER},
    )


def file_papers(
    tx: Tx, *, licence: Paper | None, authorisation: Paper | None, contact: str, phone: str
) -> Organisation:
    """Send one's own papers to the window; a paper not given again stays as it was.

    After approval they stand until the window sends them back. Raises ``PapersMissing``, ``WrongState``.
    """
    policy.require(tx.actor, Permission.COMPANY_FILE)
    organisation = _locked(tx, queries.organisation_of(tx.session, tx.actor).uid)
    if queries.standing(organisation) is Standing.APPROVED:
        raise WrongState
    if licence is not None:
        organisation.licence, organisation.licence_name = licence.digest, licence.name
    if authorisation is not None:
        organisation.authorisation, organisation.authorisation_name = authorisation.digest, authorisation.name
    if organisation.licence is None or organisation.authorisation is None:
        raise PapersMissing(field="licence" if organisation.licence is None else "authorisation")
    organisation.contact, organisation.phone = contact.strip(), phone.strip()
    organisation.returned_reason = None
    organisation.filed_at = tx.now
    return organisation


def _locked(tx: Tx, uid: str) -> Organisation:
    found = tx.session.scalar(
        select(Organisation)
        .where(Organisation.uid == uid)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


def _filed(tx: Tx, uid: str, seen: str) -> Organisation:
    """A tenderer's filing, exactly the papers that the official looked at."""
    policy.require(tx.actor, Permission.ORGANISATION_APPROVE)
    organisation = _locked(tx, uid)
    if organisation.kind is not OrganisationKind.TENDERER or organisation.licence is None:
        raise WrongState
    if seen != fingerprint(organisation):
        raise PapersChanged
    return organisation


def fingerprint(organisation: Organisation) -> str:
    """What an official looked at, so that approving cannot hit papers exchanged meanwhile."""
    parts = (
        organisation.name,
        organisation.uscc,
        organisation.contact,
        organisation.licence or "",
        organisation.authorisation or "",
    )
    return digest_of("\0".join(parts))


def approve(tx: Tx, uid: str, *, seen: str) -> Organisation:
    """Let a tenderer bid: licence and authorisation letter were seen and are in order."""
    organisation = _filed(tx, uid, seen)
    if queries.standing(organisation) is not Standing.WAITING:
        raise WrongState
    organisation.approved_at = tx.now
    organisation.approved_by_id = tx.actor.account_id
    tx.emit(RegistrationDecided(organisation.id, approved=True))
    return organisation


def send_back(tx: Tx, uid: str, *, seen: str, defects: Sequence[str]) -> Organisation:
    """Return a filing with everything that is wrong with it, at once; an approval ends with it."""
    organisation = _filed(tx, uid, seen)
    lines = [" ".join(line.split()) for line in defects if line.strip()]
    if not lines:
        raise DefectsMissing(field="defects")
    if queries.standing(organisation) not in (Standing.WAITING, Standing.APPROVED):
        raise WrongState
    organisation.returned_reason = "\n".join(lines)[:2000]
    organisation.approved_at = organisation.approved_by_id = None
    tx.emit(RegistrationDecided(organisation.id, approved=False))
    return organisation


def require_approved(session: Session, actor: Actor) -> None:
    """Refuse a first bid of an organisation that the window has not approved. Raises ``NotApproved``."""
    if not policy.approved_tenderer(actor.roles, approved_at=queries.approved_at(session, actor)):
        raise policy.NotApproved


# Staff ----------------------------------------------------------------------------------------------------------


def add_organisation(
    tx: Tx, *, kind: OrganisationKind, name: str, uscc: str, contact: str = "", phone: str = ""
) -> Organisation:
    """Enter an organisation whose people come by invitation. It needs no papers: the centre knows it."""
    policy.require(tx.actor, Permission.ACCOUNT_INVITE)
    if kind is OrganisationKind.TENDERER:
        raise WrongState
    organisation = _new_organisation(tx, kind=kind, name=name, uscc=uscc, contact=contact, phone=phone)
    organisation.approved_at, organisation.approved_by_id = tx.now, tx.actor.account_id
    return organisation


def _invite(tx: Tx, account: Account, *, by: int, lasts: timedelta) -> str:
    tx.session.execute(
        update(Invitation)
        .where(Invitation.account_id == account.id, Invitation.used_at.is_(None))
        .values(used_at=tx.now)
    )
    token = new_token(tx.entropy)
    tx.session.add(
        Invitation(
            token_sha256=digest_of(token),
            account_id=account.id,
            invited_by_id=by,
            invited_at=tx.now,
            expires_at=tx.now + lasts,
        )
    )
    return token


def invite(
    tx: Tx,
    organisation_uid: str,
    *,
    login: str,
    name: str,
    phone: str,
    roles: Collection[Role],
    lasts: timedelta,
) -> tuple[Account, str]:
    """Create a member of staff without a password; the account, and the token of a link that works once.

    Raises ``LoginTaken``, ``RolesClash``, ``RoleNotOfOrganisation``, ``NotFound``.
    """
    policy.require(tx.actor, Permission.ACCOUNT_INVITE)
    policy.require(tx.actor, Permission.ROLE_GRANT)
    organisation = queries.organisation(tx.session, organisation_uid)
    account = _new_account(
        tx, organisation, login=login, name=name, phone=phone, password_hash="", roles=roles
    )
    token = _invite(tx, account, by=_self(tx), lasts=lasts)
    tx.emit(AccountOpened(account.id))
    return account, token


def invite_again(tx: Tx, account_uid: str, *, lasts: timedelta) -> tuple[Account, str]:
    """A new link for somebody who lost theirs or forgot the password. The old password works until it is used."""
    policy.require(tx.actor, Permission.ACCOUNT_INVITE)
    account = queries.account(tx.session, account_uid)
    _not_oneself(tx, account)
    if account.disabled_at is not None:
        raise WrongState
    return account, _invite(tx, account, by=_self(tx), lasts=lasts)


def accept(tx: Tx, token: str, *, password_hash: str) -> Account:
    """Take an invitation up: set the password, end the link and every sign-in. Raises ``NotFound``."""
    invitation = queries.open_invitation(tx.session, digest_of(token), tx.now)
    taken = tx.session.scalars(
        update(Invitation)
        .where(Invitation.id == invitation.id, Invitation.used_at.is_(None))
        .values(used_at=tx.now)
        .returning(Invitation.id)
    ).all()
    if not taken:  # two browsers had the link, and the other was quicker
        raise NotFound
    invitation.account.password_hash = password_hash
    close_all_sessions(tx, invitation.account_id)
    return invitation.account


def _self(tx: Tx) -> int:
    if tx.actor.account_id is None:
        raise Forbidden
    return tx.actor.account_id


def _not_oneself(tx: Tx, account: Account) -> None:
    if account.id == tx.actor.account_id:
        raise policy.NotOneself


def disable(tx: Tx, account_uid: str) -> Account:
    """Close an account; its sign-ins end with the next request."""
    policy.require(tx.actor, Permission.ACCOUNT_DISABLE)
    account = queries.account(tx.session, account_uid)
    _not_oneself(tx, account)
    if account.disabled_at is None:
        account.disabled_at = tx.now
    close_all_sessions(tx, account.id)
    return account


def enable(tx: Tx, account_uid: str) -> Account:
    """Open a closed account again; nobody is signed in by that."""
    policy.require(tx.actor, Permission.ACCOUNT_DISABLE)
    account = queries.account(tx.session, account_uid)
    account.disabled_at = None
    return account


def set_roles(tx: Tx, account_uid: str, roles: Collection[Role]) -> Account:
    """Give and take roles so that exactly these are held; what stays keeps its date and its giver.

    Raises ``RolesClash``, ``RoleNotOfOrganisation``, ``NotOneself``.
    """
    policy.require(tx.actor, Permission.ROLE_GRANT)
    account = queries.account(tx.session, account_uid)
    _not_oneself(tx, account)
    policy.require_compatible(roles, account.organisation.kind)
    held = account.roles
    account.grants = [grant for grant in account.grants if grant.role in roles] + [
        RoleGrant(role=role, granted_at=tx.now, granted_by_id=tx.actor.account_id)
        for role in sorted(set(roles) - held)
    ]
    return account


def found_centre(
    tx: Tx, *, name: str, uscc: str, login: str, person: str, lasts: timedelta
) -> tuple[Account, str]:
    """The centre and its first administrator, who came with no invitation but the machine's own command line.

    Raises ``CentreExists`` where an administrator is.
    """
    if queries.administrators(tx.session):
        raise CentreExists
    code = check_uscc(uscc)
    centre = tx.session.scalar(select(Organisation).where(Organisation.uscc == code)) or _new_organisation(
        tx, kind=OrganisationKind.CENTRE, name=name, uscc=code, contact=person, phone=""
    )
    account = _new_account(
        tx, centre, login=login, name=person, phone="", password_hash="", roles={Role.ADMINISTRATOR}
    )
    centre.approved_at, centre.approved_by_id = tx.now, account.id
    return account, _invite(tx, account, by=account.id, lasts=lasts)
