"""Reading accounts, organisations and sign-ins."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from bidding.core.actor import Actor, Role
from bidding.core.errors import NotFound
from bidding.identity import rules
from bidding.identity.models import (
    Account,
    Authenticator,
    FactorsCleared,
    Invitation,
    Organisation,
    OrganisationKind,
    Passkey,
    RecoveryCode,
    RoleGrant,
    SignInFailure,
    SignInSession,
)
from bidding.identity.rules import Standing

#: Every request asks this, so it is one question, and made once.
_LIVE_SESSION = (
    select(SignInSession)
    .join(SignInSession.account)
    .join(Account.organisation)
    .outerjoin(Account.grants)
    .where(
        SignInSession.token_sha256 == bindparam("token"),
        SignInSession.revoked_at.is_(None),
        Account.disabled_at.is_(None),
    )
    .options(
        contains_eager(SignInSession.account).contains_eager(Account.organisation),
        contains_eager(SignInSession.account).contains_eager(Account.grants),
    )
)
_APPROVED_AT = select(Organisation.approved_at).where(Organisation.id == bindparam("organisation"))
_HOLDERS = (
    select(Account.id)
    .join(Account.grants)
    .where(RoleGrant.role == bindparam("role"), Account.disabled_at.is_(None))
    .order_by(Account.id)
)
_HOLDERS_OF_ONE = _HOLDERS.where(Account.organisation_id == bindparam("organisation"))


def organisation_of(session: Session, actor: Actor) -> Organisation:
    """The actor's own organisation. Raises ``NotFound`` for nobody."""
    found = session.get(Organisation, actor.organisation_id) if actor.organisation_id else None
    if found is None:
        raise NotFound
    return found


def account_of(session: Session, actor: Actor) -> Account:
    """The actor's own account. Raises ``NotFound`` for nobody."""
    found = session.get(Account, actor.account_id) if actor.account_id else None
    if found is None:
        raise NotFound
    return found


def approved_at(session: Session, actor: Actor) -> datetime | None:
    """When the window approved the actor's organisation. Raises ``NotFound`` for nobody."""
    found = session.execute(_APPROVED_AT, {"organisation": actor.organisation_id}).one_or_none()
    if found is None:
        raise NotFound
    approved: datetime | None = found.approved_at
    return approved


def standing(organisation: Organisation) -> Standing:
    """How the organisation's filing stands."""
    return rules.standing(
        complete=organisation.licence is not None and organisation.authorisation is not None,
        returned=organisation.returned_reason is not None,
        approved=organisation.approved_at is not None,
    )


def account_by_login(session: Session, login: str) -> Account | None:
    """The account, enabled or not."""
    return session.scalar(select(Account).where(Account.login == login.strip().lower()))


def account(session: Session, uid: str) -> Account:
    """One account, for those who may see them all. Raises ``NotFound``."""
    found = session.scalar(
        select(Account)
        .where(Account.uid == uid)
        .options(joinedload(Account.organisation), selectinload(Account.grants))
    )
    if found is None:
        raise NotFound
    return found


def organisation(session: Session, uid: str) -> Organisation:
    """One organisation, for those who may see them all. Raises ``NotFound``."""
    found = session.scalar(select(Organisation).where(Organisation.uid == uid))
    if found is None:
        raise NotFound
    return found


def approver(session: Session, organisation: Organisation) -> str | None:
    """The name of whoever approved it."""
    if organisation.approved_by_id is None:
        return None
    return session.scalar(select(Account.name).where(Account.id == organisation.approved_by_id))


def names(session: Session, account_ids: Set[int | None]) -> dict[int, str]:
    """The names behind accounts."""
    rows = session.execute(select(Account.id, Account.name).where(Account.id.in_(account_ids - {None})))
    return {row.id: row.name for row in rows}


def holders(session: Session, role: Role, organisation_id: int | None = None) -> list[int]:
    """Ids of the enabled accounts that hold a role, of one organisation or of all."""
    if organisation_id is None:
        return list(session.scalars(_HOLDERS, {"role": role}))
    return list(session.scalars(_HOLDERS_OF_ONE, {"role": role, "organisation": organisation_id}))


def accounts_of(session: Session, account_ids: Sequence[int]) -> Sequence[Account]:
    """These accounts, but for the disabled, by name."""
    return session.scalars(
        select(Account)
        .where(Account.id.in_(account_ids), Account.disabled_at.is_(None))
        .order_by(Account.name)
    ).all()


def all_accounts(words: str = "") -> Select[Account]:
    """Every account, staff first, found by login, name or organisation."""
    statement = (
        select(Account)
        .join(Account.organisation)
        .options(joinedload(Account.organisation), selectinload(Account.grants))
        .order_by(
            case((Organisation.kind == OrganisationKind.TENDERER, 1), else_=0), Organisation.name, Account.id
        )
    )
    if words:
        like = f"%{_literal(words)}%"
        statement = statement.where(
            or_(
                Account.login.ilike(like, escape="\\"),
                Account.name.ilike(like, escape="\\"),
                Organisation.name.ilike(like, escape="\\"),
            )
        )
    return statement


def all_organisations(words: str = "") -> Select[Organisation]:
    """Every organisation: those that wait for the window first, longest wait on top."""
    waiting = (
        Organisation.approved_at.is_(None)
        & Organisation.returned_reason.is_(None)
        & Organisation.filed_at.is_not(None)
    )
    statement = select(Organisation).order_by(
        case((waiting, 0), else_=1),
        case((waiting, Organisation.filed_at)),
        Organisation.name,
        Organisation.id,
    )
    if words:
        like = f"%{_literal(words)}%"
        statement = statement.where(
            or_(Organisation.name.ilike(like, escape="\\"), Organisation.uscc.ilike(like, escape="\\"))
        )
    return statement


def _literal(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def waiting_organisations(session: Session) -> Sequence[Organisation]:
    """Those whose papers wait for the window, longest wait first."""
    return session.scalars(
        select(Organisation)
        .where(
            Organisation.approved_at.is_(None),
            Organisation.returned_reason.is_(None),
            Organisation.filed_at.is_not(None),
        )
        .order_by(Organisation.filed_at)
    ).all()


def staff_organisations(session: Session) -> Sequence[Organisation]:
    """Those whose people come by invitation."""
    return session.scalars(
        select(Organisation).where(Organisation.kind != OrganisationKind.TENDERER).order_by(Organisation.name)
    ).all()


def live_session(session: Session, token_sha256: str) -> SignInSession | None:
    """The sign-in behind a token that nobody revoked, of an account that nobody disabled; ages are not checked."""
    return session.scalars(_LIVE_SESSION, {"token": token_sha256}).unique().one_or_none()


def live_sessions(
    session: Session, account_id: int, lifetime: rules.Lifetime, now: datetime
) -> list[SignInSession]:
    """The browsers in which the account is signed in now, the one used last first."""
    rows = session.scalars(
        select(SignInSession)
        .where(SignInSession.account_id == account_id, SignInSession.revoked_at.is_(None))
        .where(SignInSession.last_seen_at > now - lifetime.idle)
        .order_by(SignInSession.last_seen_at.desc(), SignInSession.id.desc())
    )
    return [
        row
        for row in rows
        if rules.alive(lifetime, created_at=row.created_at, last_seen_at=row.last_seen_at, now=now)
    ]


def open_invitation(session: Session, token_sha256: str, now: datetime) -> Invitation:
    """An invitation that still holds. Raises ``NotFound`` for any other, whatever the reason."""
    found = session.scalar(
        select(Invitation)
        .join(Invitation.account)
        .where(
            Invitation.token_sha256 == token_sha256,
            Invitation.used_at.is_(None),
            Invitation.expires_at > now,
            Account.disabled_at.is_(None),
        )
        .options(joinedload(Invitation.account).joinedload(Account.organisation))
    )
    if found is None:
        raise NotFound
    return found


def failures(session: Session, *, login: str | None, address: str, since: datetime) -> Sequence[datetime]:
    """Instants of failed sign-ins from an address, of one login or of all."""
    statement = select(SignInFailure.at).where(SignInFailure.address == address, SignInFailure.at > since)
    if login is not None:
        statement = statement.where(SignInFailure.login == login)
    return session.scalars(statement).all()


def administrators(session: Session) -> int:
    """How many enabled accounts administer the centre."""
    return (
        session.scalar(
            select(func.count())
            .select_from(RoleGrant)
            .join(RoleGrant.account)
            .where(RoleGrant.role == Role.ADMINISTRATOR, Account.disabled_at.is_(None))
        )
        or 0
    )


# Second factors -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Factors:
    """What an account has besides its password: keys, an authenticator, printed codes that are left."""

    passkeys: int
    authenticator: bool
    codes: int

    @property
    def any(self) -> bool:
        """Whether a second step follows the password."""
        return bool(self.passkeys or self.authenticator or self.codes)

    @property
    def others_than_authenticator(self) -> int:
        """How many ways are left without the authenticator."""
        return self.passkeys + self.codes

    @property
    def others_than_one_passkey(self) -> int:
        """How many ways are left with one key less."""
        return max(0, self.passkeys - 1) + self.authenticator + self.codes


def factors(session: Session, account_id: int) -> Factors:
    """The account's second factors, counted in one question."""

    def count(table: type[Passkey | Authenticator | RecoveryCode], *conditions: ColumnElement[bool]) -> Any:
        return (
            select(func.count())
            .select_from(table)
            .where(table.account_id == account_id, *conditions)
            .scalar_subquery()
        )

    keys, apps, codes = session.execute(
        select(
            count(Passkey),
            count(Authenticator, Authenticator.confirmed_at.is_not(None)),
            count(RecoveryCode, RecoveryCode.used_at.is_(None)),
        )
    ).one()
    return Factors(keys, bool(apps), codes)


def passkeys(session: Session, account_id: int, rp_id: str | None = None) -> Sequence[Passkey]:
    """The account's keys, those of one site or all, in the order in which they were added."""
    statement = select(Passkey).where(Passkey.account_id == account_id).order_by(Passkey.id)
    if rp_id is not None:
        statement = statement.where(Passkey.rp_id == rp_id)
    return session.scalars(statement).all()


def passkey(session: Session, credential_id: str) -> Passkey | None:
    """The key with this credential id, whosever it is."""
    return session.scalar(select(Passkey).where(Passkey.credential_id == credential_id))


def own_passkey(session: Session, actor: Actor, passkey_id: int) -> Passkey:
    """A key of the actor's own. Raises ``NotFound``."""
    found = session.get(Passkey, passkey_id)
    if found is None or found.account_id != actor.account_id:
        raise NotFound
    return found


def authenticator(session: Session, account_id: int, *, confirmed: bool) -> Authenticator | None:
    """The account's authenticator: the one that counts, or the one that waits for its first code."""
    state = Authenticator.confirmed_at.is_not(None) if confirmed else Authenticator.confirmed_at.is_(None)
    return session.scalar(select(Authenticator).where(Authenticator.account_id == account_id, state))


def has_code(session: Session, login: str, mark: str) -> bool:
    """Whether a printed code with this mark is the account's and unused."""
    return (
        session.scalar(
            select(RecoveryCode.id)
            .join(RecoveryCode.account)
            .where(
                Account.login == login.strip().lower(),
                RecoveryCode.mark == mark,
                RecoveryCode.used_at.is_(None),
            )
        )
        is not None
    )


def factors_cleared_at(session: Session, account_id: int) -> datetime | None:
    """When an administrator last took all second factors of the account."""
    return session.scalar(
        select(func.max(FactorsCleared.cleared_at)).where(FactorsCleared.account_id == account_id)
    )


def second_factor_due_at(account: Account, within: timedelta) -> datetime | None:
    """When the account must have a second factor; None if it need not."""
    return rules.second_factor_due_at(
        {grant.role: grant.granted_at for grant in account.grants},
        first_signed_in_at=account.first_signed_in_at,
        within=within,
    )


def unacknowledged(session: Session, account_id: int, since: datetime) -> Sequence[SignInSession]:
    """Sign-ins from new devices that the person has not yet looked at, the newest first."""
    return session.scalars(
        select(SignInSession)
        .where(
            SignInSession.account_id == account_id,
            SignInSession.is_new_device.is_(True),
            SignInSession.acknowledged_at.is_(None),
            SignInSession.created_at > since,
        )
        .order_by(SignInSession.created_at.desc())
    ).all()
