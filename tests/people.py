"""The cast: who they are, what they may do, and how a test becomes one of them.

``cast`` fills the database and gives ``People``; ``cast.zhou`` is a frozen account card (``id``, ``uid``, ``login``,
``name``, ``organisation_id``, ``organisation_uid``, ``roles``); ``cast.actor("zhou")`` is the ``Actor`` for
``begin(...)`` (permissions from the app's table, step-up fresh). ``client_as("zhou")`` is a signed-in test client
that did not need a password; ``client_as("zhou", stepped_up=False)`` one whose step-up is old.
"""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import insert, update

from bidding.conduct.models import Acceptance
from bidding.conduct.rules import Rule, of_roles
from bidding.conduct.shipped import shipped
from bidding.core.actor import Actor, Role
from bidding.core.codes import uscc_check_digit
from bidding.db import db, uow
from bidding.identity.models import Account, Organisation, OrganisationKind, RoleGrant, SignInSession

PASSWORD = "correct horse battery staple"
_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD, salt=b"the same for all")


def uscc(first: str) -> str:
    """A whole code from its first 17 characters."""
    return first + uscc_check_digit(first)


@dataclass(frozen=True)
class Card:
    """One person of the cast, detached."""

    id: int
    uid: str
    login: str
    name: str
    organisation_id: int
    organisation_uid: str
    roles: frozenset[Role]

    def actor(self, grants: dict[str, frozenset[Role]], step_up_at: datetime | None) -> Actor:
        permissions = frozenset(p for p, holders in grants.items() if holders & self.roles)
        return Actor(self.id, self.organisation_id, self.name, self.roles, permissions, step_up_at)


@dataclass
class People:
    """Everybody, by login: ``people.li`` or ``people["li"]``."""

    cards: dict[str, Card] = field(default_factory=dict)
    grants: dict[str, frozenset[Role]] = field(default_factory=dict)
    now: datetime | None = None

    def __getattr__(self, login: str) -> Card:
        try:
            return self.__dict__["cards"][login]
        except KeyError:
            raise AttributeError(login) from None

    def __getitem__(self, login: str) -> Card:
        return self.cards[login]

    def __iter__(self):
        return iter(self.cards.values())

    def actor(self, login: str) -> Actor:
        return self.cards[login].actor(self.grants, self.now)


_ORGANISATIONS = (
    # key, kind, name, first 17 of the code, approved
    ("centre", OrganisationKind.CENTRE, "明川县政务服务中心", "12539921MB1A00001", True),
    ("agency", OrganisationKind.AGENCY, "明川县城市更新中心", "12539921MB1A00002", True),
    ("reform", OrganisationKind.SUPERVISORY, "明川县发展和改革局", "11539921MB1A00003", True),
    ("finance", OrganisationKind.SUPERVISORY, "明川县财政局", "11539921MB1A00004", True),
    ("notary", OrganisationKind.OTHER, "明川县公证处", "32539921MB1A00005", True),
    ("academy", OrganisationKind.OTHER, "明川县建筑设计院", "91539921MB1A00006", True),
    ("yueyue", OrganisationKind.TENDERER, "岚岳建设集团有限公司", "91539921MA6KQ7X3A", True),
    ("zhaohe", OrganisationKind.TENDERER, "兆禾市政工程有限公司", "91539921MA6KQ7X4B", True),
    ("hehai", OrganisationKind.TENDERER, "河海路桥有限公司", "91539921MA6KQ7X5C", True),
    ("qianye", OrganisationKind.TENDERER, "阡野园林有限公司", "91539921MA6KQ7X6D", False),
)

_PERSONS = (
    # login, name, organisation, roles
    ("wang", "王管理", "centre", {Role.ADMINISTRATOR}),
    ("chen", "陈管理", "centre", {Role.ADMINISTRATOR}),
    ("zhou", "周经办", "agency", {Role.AGENCY}),
    ("wu", "吴复核", "agency", {Role.AGENCY}),
    ("sun", "孙监督", "reform", {Role.SUPERVISOR}),
    ("fang", "方财政", "finance", {Role.SUPERVISOR}),
    ("gu", "顾公证", "notary", {Role.SUPERVISOR}),
    ("lin", "林专家", "academy", {Role.EXPERT}),
    ("li", "李投标", "yueyue", {Role.TENDERER}),
    ("zhao", "赵对手", "zhaohe", {Role.TENDERER}),
    ("he", "何投标", "hehai", {Role.TENDERER}),
    ("qian", "钱路人", "qianye", {Role.TENDERER}),
)


def populate(session, now: datetime) -> People:
    """Create the cast; all sign in with ``PASSWORD``. The caller commits."""
    organisations = _inserted(
        session,
        Organisation,
        [
            {
                "uid": f"org-{key}",
                "kind": kind,
                "name": name,
                "uscc": uscc(code),
                "contact": name[:2],
                "phone": "0000-1234567",
                "registered_at": now,
            }
            for key, kind, name, code, _ in _ORGANISATIONS
        ],
    )
    accounts = _inserted(
        session,
        Account,
        [
            {
                "uid": f"acc-{login}",
                "organisation_id": organisations[f"org-{where}"],
                "login": login,
                "name": name,
                "password_hash": _HASH,
                "created_at": now,
            }
            for login, name, where, _ in _PERSONS
        ],
    )
    people = People(
        {
            login: Card(
                accounts[f"acc-{login}"],
                f"acc-{login}",
                login,
                name,
                organisations[f"org-{where}"],
                f"org-{where}",
                frozenset(roles),
            )
            for login, name, where, roles in _PERSONS
        },
        now=now,
    )
    approved = [f"org-{key}" for key, _, _, _, approved in _ORGANISATIONS if approved]
    session.execute(
        update(Organisation)
        .where(Organisation.uid.in_(approved))
        .values(approved_at=now, approved_by_id=people.wang.id),
        execution_options={"synchronize_session": False},
    )
    granted = [
        {"account_id": each.id, "role": role, "granted_at": now}
        for each in people
        for role in sorted(each.roles)
    ]
    session.execute(insert(RoleGrant), granted)
    session.execute(insert(Acceptance), [row for each in people for row in read_by(each, now)])
    return people


def _inserted(session, model, rows) -> dict[str, int]:
    """The rows' numbers by their uids. Hundreds of tests begin here: each table is filled by one statement."""
    return dict(
        session.execute(
            insert(model).returning(model.uid, model.id, sort_by_parameter_order=True), rows
        ).all()
    )


def read_by(account: Account | Card, now: datetime) -> list[dict[str, object]]:
    """The cast has read what its roles are asked for; who asks whether it is asked, takes the rows away."""
    return [
        {
            "account_id": account.id,
            "of_tenderer": Role.TENDERER in account.roles,
            "rule": rule,
            "n": 1,
            "sha256": shipped(rule).sha256,
            "accepted_at": now,
        }
        for rule in (*of_roles(account.roles), Rule.BOOKING)
    ]


_serial = itertools.count(1)


def sign_in(app, login: str, *, stepped_up: bool = True):
    """A test client signed in as ``login``, by a session row and its cookie: no password, no page."""
    world = app.extensions["world"]
    now = world.clock.now()
    token = f"token-{login}-{next(_serial)}"
    with app.app_context(), uow.transaction(_nobody(), world) as tx:
        account = tx.session.query(Account).filter_by(login=login).one()
        tx.session.add(
            SignInSession(
                token_sha256=hashlib.sha256(token.encode()).hexdigest(),
                account_id=account.id,
                created_at=now,
                last_seen_at=now,
                step_up_at=now if stepped_up else now - timedelta(hours=1),
            )
        )
    client = app.test_client()
    client.set_cookie(app.config["SIGN_IN_COOKIE"], token)
    return client


def _nobody() -> Actor:
    return Actor(None, None)


@pytest.fixture
def cast(app, world):
    """Everybody, in the database."""
    with uow.transaction(_nobody(), world) as tx:
        people = populate(tx.session, tx.now)
    people.grants = dict(app.extensions["grants"])
    db.session.rollback()
    return people


@pytest.fixture
def client_as(app, cast):
    """``client_as("li")``: a signed-in client."""

    def _client(login: str, *, stepped_up: bool = True):
        return sign_in(app, login, stepped_up=stepped_up)

    return _client
