"""A centre with its rulebook and its trustees, and a second agency."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from sqlalchemy import select

from bidding.core.actor import Role
from bidding.core.entropy import ReplayEntropy
from bidding.identity.models import Account, Organisation, OrganisationKind, RoleGrant
from bidding.ledger import service as ledger
from bidding.ledger.witness import StateFile, Witness, new_key, parse_key
from bidding.rooms import queries as room_queries
from bidding.rooms import service as rooms
from bidding.rooms.rules import Purpose, RoomKind, Span, for_opening
from bidding.rooms.service import RoomFacts, Want
from bidding.tenders import bookings, queries, service
from tests.people import uscc
from tests.sealing.keyring import standing_set
from tests.tenders import drafting


@pytest.fixture
def keys(app):
    return app.extensions["log_keys"]


@pytest.fixture
def rulebook(begin):
    """The figures of the law, in the database."""
    with begin() as tx:
        return service.load_rulebook(tx)


@pytest.fixture
def seats(begin, cast, keys, tmp_path):
    """The uids of five trustees whose keys were drilled today; and the witness without whom there is no panel."""
    name, seed = parse_key(new_key("witness.example/w1", ReplayEntropy(b"witness")))
    with begin(cast.actor("wang")) as tx:
        ledger.enrol_witness(tx, str(Witness(name, seed, StateFile(tmp_path / "witness.json")).vkey), keys)
    return list(standing_set(begin, cast, keys).values())


@pytest.fixture
def rival(begin, cast):
    """Feng of another agency, who must see nothing of this one's drafts; ``cast.feng`` from then on."""
    with begin() as tx:
        agency = Organisation(
            uid="org-other",
            kind=OrganisationKind.AGENCY,
            name="明川县招标代理有限公司",
            uscc=uscc("91539921MA6KQ7X7E"),
            contact="冯代理",
            phone="0000-1234567",
            registered_at=tx.now,
        )
        tx.session.add(agency)
        tx.session.flush()
        like = tx.session.scalar(select(Account.password_hash).where(Account.login == "zhou"))
        account = Account(
            uid="acc-feng",
            organisation_id=agency.id,
            login="feng",
            name="冯代理",
            password_hash=like,
            created_at=tx.now,
            grants=[RoleGrant(role=Role.AGENCY, granted_at=tx.now)],
        )
        tx.session.add(account)
        tx.session.flush()
        cast.cards["feng"] = dataclasses.replace(
            cast.zhou,
            id=account.id,
            uid=account.uid,
            login="feng",
            name="冯代理",
            organisation_id=agency.id,
            organisation_uid=agency.uid,
        )
    return cast.feng


@pytest.fixture
def begun(begin, cast, rulebook):
    """``begun(facts)``: a draft with its facts only; its uid."""
    return lambda *args, **more: drafting.begun(begin, cast, *args, **more)


@pytest.fixture
def written(begin, cast, blobs, rulebook):
    """``written(facts, …)``: a draft with everything that a notice needs; its uid."""
    return lambda *args, **more: drafting.written(begin, cast, blobs, *args, **more)


@pytest.fixture
def submitted(begin, cast, blobs, rulebook):
    """``submitted(facts, …)``: a draft that waits for the second person; its uid."""
    return lambda *args, **more: drafting.submitted(begin, cast, blobs, *args, **more)


@pytest.fixture
def published(begin, cast, blobs, rulebook, keys, seats):
    """``published(facts, …)``: a notice that is out; its uid."""
    return lambda *args, **more: drafting.published(begin, cast, blobs, keys, seats, *args, **more)


@pytest.fixture
def rooms_of(begin, cast, keys):
    """``rooms_of(uid, opens_at)``: the opening's room booked and, without ``evaluation=False``, the evaluation's."""
    made = {}

    def _rooms_of(uid, opens_at, *, evaluation=True):
        for kind, name, place in (
            (RoomKind.OPENING, "开标一室", "3 楼 301"),
            (RoomKind.EVALUATION, "评标一室", "3 楼 305"),
        ):
            if kind not in made:
                with begin(cast.actor("wang")) as tx:
                    facts = RoomFacts(kind, name, place, 9, "", 0, is_open=True)
                    made[kind] = rooms.add_room(tx, facts, keys=keys).uid
        opening = for_opening(opens_at, timedelta(hours=2))
        wants = [Want(Purpose.OPENING, made[RoomKind.OPENING], opening, "opening_room")]
        if evaluation:
            after = Span(opening.ends_at, opening.ends_at + timedelta(hours=2))
            wants.append(Want(Purpose.EVALUATION, made[RoomKind.EVALUATION], after, "evaluation_room"))
        with begin(cast.actor("zhou")) as tx:
            project = bookings.named_of(queries.project_for(tx.session, tx.actor, uid))
            days = queries.calendar(tx.session)
            rooms.arrange(tx, project, wants, calendar=days)
            return room_queries.of_project(tx.session, project.id)

    return _rooms_of
