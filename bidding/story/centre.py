"""A centre set up from nothing, through the same services and clients that its people use.

Nothing here writes a table: the administrators found, invite, enrol and approve, the trustees make keys and answer
drills, and the witness asks over HTTP, as they would on their own machines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask

from bidding.conduct import service as conduct
from bidding.conduct.rules import of_roles
from bidding.core.actor import NOBODY, Actor
from bidding.core.canonical import dumps
from bidding.core.clock import Movable
from bidding.core.entropy import Entropy
from bidding.db import db, uow
from bidding.db.uow import Tx, World
from bidding.identity import policy as identity_policy
from bidding.identity import queries as identity_queries
from bidding.identity import service as identity
from bidding.identity.passwords import Hasher
from bidding.ledger import service as ledger
from bidding.ledger.cli import Turn
from bidding.ledger.keys import LogKeys
from bidding.ledger.witness import Witness, new_key
from bidding.rooms import service as rooms
from bidding.sealing import service as sealing
from bidding.sealing.keys import TrusteeKey
from bidding.sealing.trustee import answer_drill, trustee_new
from bidding.storage import BlobStore
from bidding.story.cast import PASSPHRASE, PASSWORD, PEOPLE, ROOMS, TRUSTEES, UNITS, Person, Unit, tenderer
from bidding.story.witness import KEY, ask, witness_of
from bidding.tenders import service as tenders
from bidding.wiring.work import jobs

WITNESS = "witness.reform.mingchuan.example/w1"
#: The demonstration's key files give way at once; a real one is meant to be slow (age's scrypt work factor).
_WORK_FACTOR = 10
_INVITED = timedelta(hours=24)


class Centre:
    """The app, its clock, and everybody in it. ``folder`` holds what people keep on machines of their own."""

    def __init__(self, app: Flask, clock: Movable, folder: Path) -> None:
        self.app = app
        self.clock = clock
        self.folder = folder
        self.world: World = app.extensions["world"]
        self.entropy: Entropy = self.world.entropy
        self.keys: LogKeys = app.extensions["log_keys"]
        self.sealed: BlobStore = app.extensions["sealed_blobs"]
        self.blobs: BlobStore = app.extensions["blobs"]
        self.trustees: dict[str, TrusteeKey] = {}
        self.trustee_uids: list[str] = []
        self.units: dict[str, str] = {}  # key of the cast -> uid
        self.rooms: dict[str, str] = {}  # name -> uid
        self._witness: Witness | None = None

    # Acting ------------------------------------------------------------------------------------------------------

    @contextmanager
    def act(self, login: str | None = None) -> Iterator[Tx]:
        """A unit of work as one of the people would open it by a page, the password just repeated."""
        with uow.transaction(self.actor(login) if login else NOBODY, self.world) as tx:
            yield tx

    def actor(self, login: str) -> Actor:
        """One of the people, signed in."""
        session = db.session()
        account = identity_queries.account_by_login(session, login)
        if account is None:
            raise LookupError(login)
        grants = self.app.extensions["grants"]
        found = account.as_actor(identity_policy.permissions_of(account.roles, grants), self.clock.now())
        session.rollback()
        return found

    def wait(self, time: timedelta | datetime) -> None:
        """Let time go by, or come to an instant; then let the clockwork tick and the witness ask."""
        if isinstance(time, timedelta):
            self.clock.advance(time)
        else:
            self.clock.set(time)
        self.tick()

    def tick(self) -> None:
        """One round of the clockwork, as the server's runs every second."""
        for _, job in jobs(self.app):
            job()

    def cosign(self) -> Turn:
        """Let the supervisor's witness ask once, over HTTP."""
        if self._witness is None:
            raise LookupError("no witness is enrolled")
        return ask(self.app, self._witness, self.clock)

    # Setting up --------------------------------------------------------------------------------------------------

    def found(self) -> None:
        """Everything before a first tender, in an empty database: rulebook, people, witness, trustees who can open."""
        with self.act() as tx:
            tenders.load_rulebook(tx)
        centre, first = UNITS[0], PEOPLE[0]
        with self.act() as tx:
            _, token = identity.found_centre(
                tx, name=centre.name, uscc=centre.uscc, login=first.login, person=first.name, lasts=_INVITED
            )
        self._accept(token)
        with self.act(first.login) as tx:
            self.units[centre.key] = identity_queries.organisation_of(tx.session, tx.actor).uid
        for unit in UNITS[1:]:
            with self.act(first.login) as tx:
                added = identity.add_organisation(
                    tx,
                    kind=unit.kind,
                    name=unit.name,
                    uscc=unit.uscc,
                    contact=unit.name[:3],
                    phone="0000-1234567",
                )
                self.units[unit.key] = added.uid
        self._read_rules(first)
        for person in PEOPLE[1:]:
            self._invite(person)
        self._enrol_witness()
        for room in ROOMS:
            with self.act(first.login) as tx:
                self.rooms[room.name] = rooms.add_room(tx, room, keys=self.keys).uid
        for name, role, holder, home in TRUSTEES:
            self._enrol_trustee(name, role, holder, home)
        self.tick()
        self.cosign()

    def _accept(self, token: str) -> None:
        hasher: Hasher = self.app.extensions["hasher"]
        password_hash = hasher.hash(PASSWORD, self.entropy)
        with self.act() as tx:
            identity.accept(tx, token, password_hash=password_hash)

    def _invite(self, person: Person) -> None:
        with self.act("wang") as tx:
            _, token = identity.invite(
                tx,
                self.units[person.unit],
                login=person.login,
                name=person.name,
                phone="",
                roles=person.roles,
                lasts=_INVITED,
            )
        self._accept(token)
        self._read_rules(person)

    def _read_rules(self, person: Person) -> None:
        """Everybody of the story has read what their roles are asked for: it is about what they do then."""
        with self.act(person.login) as tx:
            for rule in of_roles(person.roles):
                conduct.accept(tx, rule)

    def _enrol_witness(self) -> None:
        home = self.folder / "witness"
        home.mkdir(parents=True, exist_ok=True)
        (home / KEY).write_text(new_key(WITNESS, self.entropy), "utf-8")
        self._witness = witness_of(home)
        with self.act("wang") as tx:
            ledger.enrol_witness(tx, str(self._witness.vkey), self.keys)

    def _enrol_trustee(self, name: str, role: str, holder: str, unit: str) -> None:
        home = self.folder / "trustees"
        home.mkdir(parents=True, exist_ok=True)
        made = trustee_new(name, home, PASSPHRASE, self.entropy, work_factor=_WORK_FACTOR)
        self.trustees[name] = made.key
        with self.act("wang") as tx:
            trustee = sealing.propose_trustee(
                tx,
                file=made.enrolment_file.read_bytes(),
                role=role,
                holder=holder,
                organisation_uid=self.units[unit],
            )
            uid = trustee.uid
        with self.act("sun") as tx:
            sealing.confirm_trustee(tx, uid, self.keys)
        self.trustee_uids.append(uid)
        self.drill(uid, made.key)

    def drill(self, uid: str, key: TrusteeKey) -> None:
        """Show that a trustee's key still opens what is sealed to it."""
        with self.act("wang") as tx:
            drill = sealing.ask_drill(tx, uid)
            challenge = dumps(sealing.challenge_file(drill))
            asked = self.folder / "trustees" / f"drill-{drill.uid}.json"
        asked.write_bytes(challenge)
        answered = asked.with_suffix(".answer.json")
        answer_drill(asked, key, answered, self.entropy)
        with self.act("wang") as tx:
            sealing.answer_drill(tx, answered.read_bytes(), keys=self.keys)

    # Tenderers ---------------------------------------------------------------------------------------------------

    def register(self, numbers: Iterable[int], licence: bytes) -> None:
        """Tenderers who register by themselves and whose papers the window finds in order."""
        hasher: Hasher = self.app.extensions["hasher"]
        password_hash = hasher.hash(PASSWORD, self.entropy)
        digest = self.blobs.put(licence)
        for number in numbers:
            unit, person = tenderer(number)
            self._register(unit, person, password_hash, identity.Paper(digest, "licence.pdf"))

    def _register(self, unit: Unit, person: Person, password_hash: str, paper: identity.Paper) -> None:
        with self.act() as tx:
            identity.register_tenderer(
                tx,
                name=unit.name,
                uscc=unit.uscc,
                contact=person.name,
                phone="0000-7654321",
                login=person.login,
                password_hash=password_hash,
            )
        with self.act(person.login) as tx:
            filed = identity.file_papers(
                tx, licence=paper, authorisation=paper, contact=person.name, phone="0000-7654321"
            )
            uid, seen = filed.uid, identity.fingerprint(filed)
            self.units[unit.key] = uid
        with self.act("wang") as tx:
            identity.approve(tx, uid, seen=seen)
        self._read_rules(person)
