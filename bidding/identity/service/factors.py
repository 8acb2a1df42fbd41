"""Authenticators and printed codes: adding, using and taking away what is asked for besides the password."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, update

from bidding.core.errors import N_, WrongState
from bidding.db.uow import Tx
from bidding.identity import codes, policy, queries, rules
from bidding.identity.models import Account, Authenticator, FactorsCleared, Passkey, RecoveryCode
from bidding.identity.policy import Permission
from bidding.identity.service.signing_in import close_all_sessions
from bidding.identity.vault import Vault


class LastFactor(WrongState):
    """An account that must have a second factor would be left without one."""

    code = "identity.last_factor"
    text = N_("您的角色必须有第二重验证，这是最后一种。请先添加另一种，再移除它。")


class NothingToConfirm(WrongState):
    """No authenticator waits for its first code."""

    code = "identity.nothing_to_confirm"
    text = N_("没有等待确认的验证器。请重新开始设置。")


def begin_authenticator(tx: Tx, vault: Vault) -> None:
    """Make the secret for an authenticator. It counts once a first code has confirmed it; till then the old one does."""
    account = queries.account_of(tx.session, tx.actor)
    tx.session.execute(
        delete(Authenticator).where(
            Authenticator.account_id == account.id, Authenticator.confirmed_at.is_(None)
        )
    )
    secret = tx.entropy.bytes(codes.SECRET_BYTES)
    tx.session.add(
        Authenticator(
            account_id=account.id,
            sealed_secret=vault.seal(secret, account.uid, tx.entropy),
            made_at=tx.now,
        )
    )


def confirm_authenticator(tx: Tx, vault: Vault, typed: str) -> None:
    """Let the new authenticator count: it has shown a right code. The one before ends.

    Raises ``NothingToConfirm``, ``WrongCode``.
    """
    account = queries.account_of(tx.session, tx.actor)
    fresh = queries.authenticator(tx.session, account.id, confirmed=False)
    if fresh is None:
        raise NothingToConfirm
    secret = vault.open(fresh.sealed_secret, account.uid)
    step = codes.matching_step(secret, typed, now=tx.now, last=None)
    if step is None:
        raise rules.WrongCode(field="code")
    tx.session.execute(
        delete(Authenticator).where(
            Authenticator.account_id == account.id, Authenticator.confirmed_at.is_not(None)
        )
    )
    fresh.confirmed_at, fresh.last_step = tx.now, step


def remove_authenticator(tx: Tx, *, within: timedelta) -> None:
    """Take one's own authenticator away. Raises ``LastFactor``, ``WrongState``."""
    account = queries.account_of(tx.session, tx.actor)
    held = queries.factors(tx.session, account.id)
    if not held.authenticator:
        raise WrongState
    require_another(account, held.others_than_authenticator, within)
    tx.session.execute(delete(Authenticator).where(Authenticator.account_id == account.id))


def require_another(account: Account, others: int, within: timedelta) -> None:
    """Refuse to leave an account without a second factor that must have one. Raises ``LastFactor``."""
    if within and account.roles & rules.NEEDS_SECOND_FACTOR and not others:
        raise LastFactor


def use_authenticator(tx: Tx, vault: Vault, account_id: int, typed: str) -> None:
    """Use an authenticator's code up. Raises ``WrongCode``, ``VaultLocked``."""
    found = queries.authenticator(tx.session, account_id, confirmed=True)
    step = (
        codes.matching_step(
            vault.open(found.sealed_secret, found.account.uid), typed, now=tx.now, last=found.last_step
        )
        if found is not None
        else None
    )
    # The condition decides between two browsers that show the same code.
    if (
        found is None
        or step is None
        or not tx.session.scalars(
            update(Authenticator)
            .where(Authenticator.id == found.id, Authenticator.last_step < step)
            .values(last_step=step)
            .returning(Authenticator.id)
        ).all()
    ):
        raise rules.WrongCode(field="code")


def new_codes(tx: Tx, vault: Vault) -> list[str]:
    """A fresh sheet of printed codes, shown this once; the sheet before is worth nothing from now on."""
    account = queries.account_of(tx.session, tx.actor)
    tx.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    sheet = codes.new_sheet(tx.entropy)
    tx.session.add_all(
        RecoveryCode(account_id=account.id, mark=vault.mark(code), made_at=tx.now) for code in sheet
    )
    return [codes.printed(code) for code in sheet]


def use_code(tx: Tx, vault: Vault, account_id: int, typed: str) -> None:
    """Use a printed code up. Raises ``WrongCode``."""
    used = tx.session.scalars(
        update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account_id,
            RecoveryCode.mark == vault.mark(codes.normal(typed)),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=tx.now)
        .returning(RecoveryCode.id)
    ).all()
    if not used:
        raise rules.WrongCode(field="code")


def clear_factors(tx: Tx, account_uid: str) -> Account:
    """Take every second factor of somebody who has lost them all, and sign them out. Never one's own.

    Raises ``NotOneself``, ``NotFound``.
    """
    policy.require(tx.actor, Permission.ACCOUNT_INVITE)
    account = queries.account(tx.session, account_uid)
    if account.id == tx.actor.account_id:
        raise policy.NotOneself
    for table in (Authenticator, Passkey, RecoveryCode):
        tx.session.execute(delete(table).where(table.account_id == account.id))
    tx.session.add(
        FactorsCleared(account_id=account.id, cleared_by_id=tx.actor.account_id, cleared_at=tx.now)
    )
    close_all_sessions(tx, account.id)
    return account
