from __future__ import annotations

from collections import Counter

import pytest

from bidding.core.actor import NOBODY
from bidding.db import db, uow
from bidding.identity import queries as identity
from bidding.identity.models import Account
from bidding.messages.models import Message


@pytest.fixture
def inbox(app):
    """``inbox("t1")``: the kinds of somebody's messages, with how often."""

    def _inbox(login):
        db.session.rollback()
        rows = db.session.query(Message).join(Account).filter(Account.login == login)
        return Counter(str(row.kind) for row in rows)

    return _inbox


@pytest.fixture
def account_id(app):
    return lambda login: identity.account_by_login(db.session, login).id


@pytest.fixture
def everybody(app, inbox):
    """Everybody who has a message, with all of theirs."""

    def _everybody():
        with uow.transaction(NOBODY, app.extensions["world"]) as tx:
            logins = [account.login for account in tx.session.query(Account)]
        return {login: found for login in logins if (found := inbox(login))}

    return _everybody
