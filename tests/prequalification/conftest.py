"""A project with prequalification, as far as a test wants it."""

from __future__ import annotations

import dataclasses

import pytest
from sqlalchemy import select

from bidding.conduct.models import Acceptance
from bidding.core.actor import Role
from bidding.identity.models import Account, Organisation, OrganisationKind, RoleGrant
from tests.people import read_by, uscc
from tests.prequalification.holding import Holding
from tests.tenders.conftest import keys, rival, rulebook, seats  # noqa: F401 — fixtures


@pytest.fixture
def holding(app, begin, cast, blobs, clock, rulebook):  # noqa: F811
    """Zhou and Wu prequalify; Li and the others apply."""
    return Holding(app, begin, cast, blobs, clock)


@pytest.fixture
def newcomers(begin, cast):
    """Ma and Guo, of two more tenderers whose papers are approved."""
    for login, name, code in (("ma", "马申请", "91539921MA6KQ7X8F"), ("guo", "郭路人", "91539921MA6KQ7X9G")):
        with begin() as tx:
            unit = Organisation(
                uid=f"org-{login}",
                kind=OrganisationKind.TENDERER,
                name=f"{name[0]}氏建设有限公司",
                uscc=uscc(code),
                contact=name,
                phone="0000-1234567",
                registered_at=tx.now,
                approved_at=tx.now,
                approved_by_id=cast.wang.id,
            )
            tx.session.add(unit)
            tx.session.flush()
            like = tx.session.scalar(select(Account.password_hash).where(Account.login == "li"))
            account = Account(
                uid=f"acc-{login}",
                organisation_id=unit.id,
                login=login,
                name=name,
                password_hash=like,
                created_at=tx.now,
                grants=[RoleGrant(role=Role.TENDERER, granted_at=tx.now)],
            )
            tx.session.add(account)
            tx.session.flush()
            tx.session.add_all(Acceptance(**row) for row in read_by(account, tx.now))
            card = dataclasses.replace(
                cast.li,
                id=account.id,
                uid=account.uid,
                login=login,
                name=name,
                organisation_id=unit.id,
                organisation_uid=unit.uid,
            )
        cast.cards[login] = card
