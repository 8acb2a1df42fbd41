"""A tender whose server beats, falls silent and comes back; and the two people who sign its extension."""

from __future__ import annotations

from datetime import timedelta

from bidding.core.canonical import dumps, loads
from bidding.core.clock import Steady
from bidding.db import db
from bidding.ledger import queries as ledger
from bidding.ledger.models import Log
from bidding.outages import jobs, queries, service
from bidding.sealing.schedule import read_schedule, sign_draft

MINUTE = timedelta(minutes=1)
REASON = "截止前平台故障，延期递交"
#: Who hands in which seat's signature.
SIGNERS = {"agency": ("zhou", "renewal"), "supervisor": ("sun", "reform")}


class Server:
    """The serving process of a played centre, as far as heartbeats go: its steady clock follows the fake one."""

    def __init__(self, centre, tmp_path) -> None:
        self.centre = centre
        self.folder = tmp_path
        self.begun = centre.clock.now()
        self.offset = timedelta()  # by how much the wall clock has been set

    def steady(self) -> Steady:
        passed = self.centre.clock.now() - self.begun - self.offset
        return Steady("boot", passed // timedelta(microseconds=1))

    def beat(self) -> bool:
        centre = self.centre
        return jobs.heartbeat(centre.world, centre.sealed, 0, self.steady)

    def serve_until(self, instant) -> None:
        """Beat twice a minute until an instant, at which the last beat is."""
        while self.centre.clock.now() < instant:
            self.centre.clock.set(min(self.centre.clock.now() + MINUTE / 2, instant))
            self.beat()

    def serve_unseen(self, instant) -> None:
        """The same over a long time: as if every beat until the instant had been written."""
        self.centre.clock.set(instant)
        with self.centre.act() as tx:
            run = queries.newest_run(tx.session)
            run.last_at, run.steady_us = instant, self.steady().microseconds

    def come_back(self, instant) -> None:
        """Be silent until an instant, then beat again, and let the clockwork tick."""
        self.centre.clock.set(instant)
        self.beat()
        self.tick()

    def tick(self) -> None:
        """The clockwork for as long as a close may take."""
        for _ in range(4):
            self.centre.wait(timedelta(seconds=1))
        self.beat()
        self.centre.tick()

    def set_clock(self, by) -> None:
        self.centre.clock.advance(by)
        self.offset += by


def gate(uid):
    db.session.rollback()
    db.session.expire_all()
    return queries.gate_of(db.session(), uid)


def events(uid, *kinds):
    book = db.session.get_one(Log, gate(uid).project.log_id)
    found = [loads(leaf.event) for leaf in ledger.leaves(db.session(), book)]
    return [event for event in found if event["type"] in kinds]


def situation(server, uid):
    return queries.situation(db.session(), gate(uid), server.centre.clock.now())


def draft(centre, uid, closes_at, who="zhou", reason=REASON):
    with centre.act(who) as tx:
        return service.draft(tx, uid, closes_at=closes_at, reason=reason)


def signature(centre, uid, trustee, folder):
    """A seat signs on its own machine the file that the page offers."""
    found = gate(uid)
    pending = queries.pending(db.session(), found.project_id)
    data = dumps(service.sign_file(db.session(), found.project, pending))
    read = read_schedule(data, panel=found.project.panel_hash)
    target = folder / f"{trustee}-{pending.uid}.json"
    target.unlink(missing_ok=True)
    sign_draft(read, centre.trustees[trustee], target)
    return loads(target.read_bytes())


def sign(centre, uid, folder, role):
    login, trustee = SIGNERS[role]
    value = signature(centre, uid, trustee, folder)
    with centre.act(login) as tx:
        return service.sign(tx, uid, value).missing


def weekday(instant):
    """The same hour of the next Monday."""
    return instant + (7 - instant.weekday()) * timedelta(days=1)


def draft_prices(centre, uid, prices_open_at, who="zhou", reason="技术评审还没有结束"):
    with centre.act(who) as tx:
        return service.draft_prices(tx, uid, prices_open_at=prices_open_at, reason=reason)


def postpone_prices(server, uid, prices_open_at):
    """Draft and let both seats sign: the opening of the prices moves, and nothing else."""
    draft_prices(server.centre, uid, prices_open_at)
    for role in SIGNERS:
        sign(server.centre, uid, server.folder, role)
    server.centre.tick()


def extend(server, uid, closes_at):
    """Draft and let both seats sign: the deadline moves."""
    draft(server.centre, uid, closes_at)
    assert sign(server.centre, uid, server.folder, "agency") == ["supervisor"]
    assert sign(server.centre, uid, server.folder, "supervisor") == []
    server.centre.tick()
