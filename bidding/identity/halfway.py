"""Between the password and the second step: whom this browser has shown the password of, for a few minutes.

It is in the form cookie, signed, and worth nothing without the second step. It ends with a changed password.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

from flask import session as form_session

from bidding.identity import browser
from bidding.identity.models import Account
from bidding.web.context import now, session

_KEY = "half"
_LASTS = timedelta(minutes=10)


def begin(account_id: int) -> None:
    """Remember that the password of this account was right."""
    account = session().get_one(Account, account_id)
    form_session[_KEY] = [account.id, now().isoformat(), _proof(account)]


def account() -> Account | None:
    """Whose password was right here; None for nobody, too long ago, or no longer."""
    kept = form_session.get(_KEY)
    if not kept:
        return None
    account_id, at, proof = kept
    found = session().get(Account, account_id)
    if found is None or found.disabled_at is not None or now() - datetime.fromisoformat(at) >= _LASTS:
        return None
    return found if hmac.compare_digest(proof, _proof(found)) else None


def _proof(account: Account) -> str:
    return browser.vault().mark(f"half {account.id} {account.password_hash}")[:32]
