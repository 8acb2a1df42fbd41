"""Attempts, sign-ins and their ends."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from bidding.core.entropy import Entropy
from bidding.core.errors import Forbidden, NotFound, WrongState
from bidding.db.uow import Tx
from bidding.identity import queries, rules
from bidding.identity.events import SignedInFromNewDevice
from bidding.identity.models import Account, SignInFailure, SignInSession, SpentToken
from bidding.identity.rules import Throttle, Turn

#: Where a browser is known from an earlier sign-in to the same account, its failures count under this.
KNOWN_BROWSER = "browser:"
_STEP_UP = "session:"
_CODES = "codes"


def digest_of(token: str) -> str:
    """What is stored of a cookie's or an invitation's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_token(entropy: Entropy) -> str:
    """A token for a cookie or a link."""
    return entropy.bytes(32).hex()


# Attempts -------------------------------------------------------------------------------------------------------


def admit(tx: Tx, *, login: str, source: str, throttle: Throttle, turn: Turn | None = None) -> int:
    """Let one attempt at a password begin, counted as failed until it succeeds; the id of its row.

    ``source`` is the address, or ``browser:…`` for a browser that has signed in to this account before. Failures
    are counted by (account, source) and by address, never by account alone: whoever wants to keep a rival from
    signing in before a deadline can only crowd the door that he himself stands at. A known browser has a count of
    its own, so that even somebody behind the same office router cannot crowd it; it is not counted by address.
    At a crowded door an attempt needs a ``turn`` that has come; nothing that others do can take it away.
    Counting first and checking after keeps a burst of parallel guesses within the limit.
    Raises ``TooManyAttempts`` with the seconds that are left to wait.
    """
    login = _plain(login)
    since = tx.now - throttle.window
    by_address = [] if _has_own_count(source) else _failed(tx, None, source, since)
    if rules.is_crowded(throttle, pair=len(_failed(tx, login, source, since)), address=len(by_address)):
        left = rules.left_to_wait(throttle, turn, whose=whose(login, source), now=tx.now)
        if left or turn is None or not spend(tx, turn.number, until=turn.opens_at + throttle.window):
            raise rules.TooManyAttempts(seconds=max(1, _whole(left or throttle.wait, timedelta(seconds=1))))
    return _count(tx, login, source, since)


def whose(login: str, source: str) -> str:
    """Names the account and the place that a turn is for, without telling either."""
    return digest_of(f"{_plain(login)}\0{source}")[:32]


def admit_registration(tx: Tx, *, address: str, throttle: Throttle, what: str = "register") -> None:
    """Let an address register one more organisation, as often as it may fail to sign in, counted apart.

    ``what`` names another form that strangers fill in, with a count of its own. Raises ``TooManyRegistrations``.
    """
    source, since = f"{what}:{address}", tx.now - throttle.window
    opens_at = rules.opens_at(
        _failed(tx, "", source, since), limit=throttle.address, window=throttle.window, now=tx.now
    )
    if opens_at is not None:
        raise rules.TooManyRegistrations(minutes=_whole(opens_at - tx.now, timedelta(minutes=1)))
    _count(tx, "", source, since)


def admit_code(tx: Tx, account_id: int, *, source: str, throttle: Throttle) -> int:
    """Let one attempt at an authenticator's six digits begin; the id of its row, counted as failed until it succeeds.

    Only somebody who has given the password comes here, so here the count is by account: guesses from many
    addresses are guesses at one number of six digits. A known browser has its own count, printed codes and passkeys
    have none. Raises ``TooManyCodes``.
    """
    counted = f"{_CODES}:{source}" if _has_own_count(source) else _CODES
    who, since = f"#{account_id}", tx.now - throttle.window
    opens_at = rules.opens_at(
        _failed(tx, who, counted, since), limit=throttle.pair, window=throttle.window, now=tx.now
    )
    if opens_at is not None:
        raise rules.TooManyCodes(minutes=_whole(opens_at - tx.now, timedelta(minutes=1)))
    return _count(tx, who, counted, since)


def succeeded(tx: Tx, attempt: int | None) -> None:
    """Take an admitted attempt back: it was right."""
    if attempt is not None:
        tx.session.execute(delete(SignInFailure).where(SignInFailure.id == attempt))


def spend(tx: Tx, token: str, *, until: datetime) -> bool:
    """Use a signed token up; False if it was used before. ``until`` is when it would expire by itself."""
    tx.session.execute(delete(SpentToken).where(SpentToken.expires_at <= tx.now))
    digest = digest_of(token)
    if tx.session.scalar(select(SpentToken.id).where(SpentToken.token_sha256 == digest)) is not None:
        return False
    tx.session.add(SpentToken(token_sha256=digest, expires_at=until))
    tx.session.flush()  # the unique column decides a race
    return True


def _plain(login: str) -> str:
    return login.strip().lower()[:60]


def _has_own_count(source: str) -> bool:
    return source.startswith((KNOWN_BROWSER, _STEP_UP))


def _failed(tx: Tx, login: str | None, source: str, since: datetime) -> list[datetime]:
    return list(queries.failures(tx.session, login=login, address=source, since=since))


def _count(tx: Tx, login: str, source: str, since: datetime) -> int:
    tx.session.execute(
        delete(SignInFailure).where(SignInFailure.address == source, SignInFailure.at <= since)
    )
    attempt = SignInFailure(login=login, address=source, at=tx.now)
    tx.session.add(attempt)
    tx.session.flush()
    return attempt.id


def _whole(span: timedelta, unit: timedelta) -> int:
    return max(1, -(-span // unit))


# Signing in and out ---------------------------------------------------------------------------------------------


def password_was_right(
    tx: Tx, account_id: int, *, attempt: int | None = None, rehash: str | None = None
) -> bool:
    """Take the attempt back, keep ``rehash`` (the same password with today's costs); whether a second step follows."""
    account = _enabled(tx, account_id)
    succeeded(tx, attempt)
    if rehash is not None:
        account.password_hash = rehash
    return queries.factors(tx.session, account_id).any


def open_session(
    tx: Tx,
    account_id: int,
    *,
    replaces: str | None = None,
    address: str = "",
    client: str = "",
    is_known: bool = True,
) -> str:
    """Sign an account in; the token for the cookie, which is new at every sign-in.

    ``replaces`` is the token that the browser brought, which dies; ``address`` and ``client`` are shown to the
    person, never trusted; ``is_known`` says whether the browser has been signed in to this account before. A
    sign-in counts as a step-up. Emits ``SignedInFromNewDevice``.
    """
    account = _enabled(tx, account_id)
    if replaces is not None:
        close_session(tx, replaces)
    token = new_token(tx.entropy)
    opened = SignInSession(
        token_sha256=digest_of(token),
        account_id=account.id,
        created_at=tx.now,
        last_seen_at=tx.now,
        step_up_at=tx.now,
        address=address[:45],
        client=client[:60],
        is_new_device=not is_known and account.first_signed_in_at is not None,
    )
    tx.session.add(opened)
    if account.first_signed_in_at is None:
        account.first_signed_in_at = tx.now
    tx.session.flush()
    if opened.is_new_device:
        tx.emit(SignedInFromNewDevice(account.id, opened.id, opened.client, opened.address, tx.now))
    return token


def _enabled(tx: Tx, account_id: int) -> Account:
    account = tx.session.get(Account, account_id)
    if account is None or account.disabled_at is not None:
        raise rules.WrongPassword
    return account


def close_session(tx: Tx, token: str) -> None:
    """Sign out: the token is worth nothing from now on."""
    tx.session.execute(
        update(SignInSession)
        .where(SignInSession.token_sha256 == digest_of(token), SignInSession.revoked_at.is_(None))
        .values(revoked_at=tx.now)
    )


def revoke_session(tx: Tx, session_id: int) -> None:
    """Sign one of one's own browsers out. Raises ``NotFound`` for a sign-in that is another's, or over."""
    revoked = tx.session.scalars(
        update(SignInSession)
        .where(
            SignInSession.id == session_id,
            SignInSession.account_id == tx.actor.account_id,
            SignInSession.revoked_at.is_(None),
        )
        .values(revoked_at=tx.now)
        .returning(SignInSession.id)
    ).all()
    if not revoked:
        raise NotFound


def acknowledge(tx: Tx, session_id: int) -> None:
    """Say of a sign-in from a new device: that was me. Raises ``NotFound`` for another's, ``WrongState`` twice."""
    found = tx.session.get(SignInSession, session_id)
    if found is None or found.account_id != tx.actor.account_id or not found.is_new_device:
        raise NotFound
    if found.acknowledged_at is not None:
        raise WrongState
    found.acknowledged_at = tx.now


def close_other_sessions(tx: Tx, token: str) -> None:
    """Sign oneself out everywhere but here."""
    if tx.actor.account_id is None:
        raise Forbidden
    close_all_sessions(tx, tx.actor.account_id, but=token)


def close_all_sessions(tx: Tx, account_id: int, *, but: str | None = None) -> None:
    """Sign an account out everywhere, or everywhere else."""
    statement = update(SignInSession).where(
        SignInSession.account_id == account_id, SignInSession.revoked_at.is_(None)
    )
    if but is not None:
        statement = statement.where(SignInSession.token_sha256 != digest_of(but))
    tx.session.execute(statement.values(revoked_at=tx.now))


def touch(tx: Tx, session_id: int) -> None:
    """Remember that the person is still there."""
    tx.session.execute(
        update(SignInSession).where(SignInSession.id == session_id).values(last_seen_at=tx.now)
    )


def step_up(tx: Tx, token: str, *, attempt: int | None = None) -> str:
    """Note that the person was asked again; the new token, for the old one dies with the old trust.

    ``attempt`` is the admitted one, where a password was asked for.
    """
    found = queries.live_session(tx.session, digest_of(token))
    if found is None or found.account_id != tx.actor.account_id:
        raise Forbidden
    succeeded(tx, attempt)
    fresh = new_token(tx.entropy)
    found.token_sha256 = digest_of(fresh)
    found.step_up_at = found.last_seen_at = tx.now
    return fresh


def change_password(tx: Tx, *, password_hash: str, token: str) -> None:
    """Set one's own new password and sign every other browser out."""
    account = queries.account_of(tx.session, tx.actor)
    account.password_hash = password_hash
    close_all_sessions(tx, account.id, but=token)
