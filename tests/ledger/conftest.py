"""A project's log with its panel, in the database, and witnesses that can cosign it."""

from datetime import timedelta

import pytest

from bidding.core.clock import unix
from bidding.db import db
from bidding.ledger import service as ledger
from bidding.ledger.models import Checkpoint, Log
from tests.ledger.logs import CODE, COVER, panel_event, schedule_event, witness


@pytest.fixture
def keys(app):
    return app.extensions["log_keys"]


@pytest.fixture
def session(app):
    """Reads what is committed: every question begins anew."""

    def _session():
        db.session.rollback()
        return db.session()

    return _session


@pytest.fixture
def own():
    """The supervisor's witness."""
    return witness()


@pytest.fixture
def enrolled(begin, keys, own):
    """The witness, taken into service; its row's id."""
    with begin() as tx:
        return ledger.enrol_witness(tx, str(own.vkey), keys).id


@pytest.fixture
def closes_at(clock):
    return clock.now() + timedelta(days=20)


@pytest.fixture
def book(begin, keys, enrolled, closes_at):
    """The id of a project's log that holds its panel and its first schedule."""
    with begin() as tx:
        log = ledger.open_log(tx, CODE, keys)
        policy = ledger.policy_text(tx.session, keys.vkey(log.origin))
        ledger.append(tx, log, panel_event(policy))
        ledger.append(tx, log, schedule_event(unix(closes_at), at=unix(tx.now)))
        return log.id


@pytest.fixture
def grow(begin, keys, book):
    """``grow(3)``: append so many covers and sign; the size signed. ``grow(event)``: append that event."""

    def _grow(what=1, log_id=book, *, sign=True):
        with begin() as tx:
            log = tx.session.get_one(Log, log_id)
            for event in [COVER] * what if isinstance(what, int) else [what]:
                ledger.append(tx, log, event)
            size = log.size
        if sign:
            with begin() as tx:
                ledger.sign_checkpoint(tx, tx.session.get_one(Log, log_id), keys)
        return size

    return _grow


@pytest.fixture
def cosign(begin, keys, session):
    """``cosign(witness)``: one turn of a witness by the service, without the network; the sizes it cosigned."""

    def _cosign(own, at=None):
        found = session()
        row = next(w for w in ledger.active_witnesses(found) if w.name == own.name)
        offer = ledger.offer(found, row, own.sizes(), keys)
        lines = []
        for vkey, request in offer.requests:
            with begin() as tx:
                moment = unix(tx.now) if at is None else at
            line = own.cosign(request, vkey, moment)
            note = request.partition("\n\n")[2]
            origin, size = note.split("\n")[:2]
            lines.append((origin, int(size), line))
        notes = [note for note in map(own.note, offer.show) if note is not None]
        with begin() as tx:
            refused = ledger.take_answers(tx, row, lines, notes, keys)
        return [(origin, size) for origin, size, _ in lines], refused

    return _cosign


@pytest.fixture
def checkpoint_of(session):
    """``checkpoint_of(log_id, size)``."""

    def _checkpoint(log_id, size):
        return session().query(Checkpoint).filter_by(log_id=log_id, size=size).one()

    return _checkpoint
