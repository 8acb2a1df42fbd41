"""Passkeys of one's own: adding, naming, using, taking away."""

from __future__ import annotations

import logging
from datetime import timedelta

from sqlalchemy import select

from bidding.core.errors import N_, DomainError, WrongState
from bidding.db.uow import Tx
from bidding.identity import queries
from bidding.identity.models import Account, Passkey
from bidding.identity.passkeys import Added, PasskeyRefused, Used
from bidding.identity.service.factors import require_another

log = logging.getLogger(__name__)

_MOST = 20


class PasskeyUnknown(DomainError):
    """A key that is nobody's here, or whose owner's account is closed."""

    code = "identity.passkey_unknown"
    text = N_("这个通行密钥没有在本站登记，或者已经移除。请用密码登录，再到“登录安全”里添加。")
    status = 422


class PasskeyKnown(WrongState):
    """The key is registered already."""

    code = "identity.passkey_known"
    text = N_("这个通行密钥已经登记过，不用再添加。")


class TooManyPasskeys(WrongState):
    """More keys than anybody keeps apart."""

    code = "identity.too_many_passkeys"
    text = N_("最多登记 %(most)s 个通行密钥。请先移除不用的。")


def add_passkey(tx: Tx, added: Added, *, rp_id: str, name: str) -> Passkey:
    """Keep a new key of one's own. Raises ``PasskeyKnown``, ``TooManyPasskeys``."""
    account = queries.account_of(tx.session, tx.actor)
    if queries.passkey(tx.session, added.credential_id) is not None:
        raise PasskeyKnown
    if len(queries.passkeys(tx.session, account.id)) >= _MOST:
        raise TooManyPasskeys(most=_MOST)
    kept = Passkey(
        account_id=account.id,
        credential_id=added.credential_id,
        public_key=added.public_key,
        rp_id=rp_id,
        name=name.strip()[:60],
        sign_count=added.sign_count,
        is_multi_device=added.is_multi_device,
        is_backed_up=added.is_backed_up,
        aaguid=added.aaguid,
        added_at=tx.now,
    )
    tx.session.add(kept)
    tx.session.flush()
    return kept


def rename_passkey(tx: Tx, passkey_id: int, name: str) -> None:
    """Call one's own key something else. Raises ``NotFound`` for another's."""
    queries.own_passkey(tx.session, tx.actor, passkey_id).name = name.strip()[:60]


def remove_passkey(tx: Tx, passkey_id: int, *, within: timedelta) -> None:
    """Take one's own key away. Raises ``LastFactor``, ``NotFound`` for another's."""
    found = queries.own_passkey(tx.session, tx.actor, passkey_id)
    held = queries.factors(tx.session, found.account_id)
    require_another(found.account, held.others_than_one_passkey, within)
    tx.session.delete(found)


def use_passkey(tx: Tx, used: Used) -> Account:
    """Note what a right signature told; whose key it was.

    A device that counts its signatures and is not ahead of what it said last has a twin: refused, and written to
    the log (WebAuthn §6.1.1). Raises ``PasskeyUnknown``, ``PasskeyRefused``.
    """
    found = tx.session.scalar(
        select(Passkey)
        .where(Passkey.credential_id == used.credential_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None or found.account.disabled_at is not None:
        raise PasskeyUnknown
    if (used.sign_count or found.sign_count) and used.sign_count <= found.sign_count:
        log.warning(
            "passkey %s of account %s: it says %s signatures after %s; it may have been copied",
            found.id,
            found.account_id,
            used.sign_count,
            found.sign_count,
        )
        raise PasskeyRefused
    found.sign_count = used.sign_count
    found.is_backed_up, found.is_multi_device = used.is_backed_up, used.is_multi_device
    found.used_at = tx.now
    return found.account
