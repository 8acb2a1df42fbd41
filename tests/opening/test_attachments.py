from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from bidding.core.canonical import Malformed
from bidding.core.errors import Forbidden, NotFound
from bidding.db import db
from bidding.opening import rules
from bidding.opening.attachments import Vault
from bidding.submissions.models import Bid
from bidding.tenders.models import Project


def vault(tender, login="zhou"):
    session = db.session()
    session.rollback()
    project = session.scalars(select(Project).where(Project.uid == tender.uid)).one()
    return Vault(session, project, tender.centre.actor(login), tender.centre.sealed)


def test_the_agency_and_the_supervisor_read_what_was_sealed(opened, attachment):
    for login in ("zhou", "sun"):
        found = vault(opened, login)
        listed = found.listed()
        assert [len(item.files) for item in listed] == [1, 1, 1]
        entry, pieces = found.open(listed[0].bid, listed[0].envelope, 0)
        assert entry.name == attachment.name
        assert b"".join(pieces) == attachment.read_bytes()


def test_tenderers_administrators_and_strangers_read_nothing(opened):
    for login in ("t1", "t2", "wang"):
        with pytest.raises(Forbidden):
            vault(opened, login)


def test_before_the_opening_there_is_nothing_to_read(tender, attachment):
    tender.submit(1, tender.seal(1, [attachment], price_fen=1_200_000_000))
    with pytest.raises(rules.NotOpened):
        vault(tender)


def test_what_is_not_there_is_not_found(opened):
    found = vault(opened)
    bid = found.listed()[0].bid
    for place in ((bid, "files", 1), (bid, "files", -1), (bid, "offer", 0), ("00" * 16, "files", 0)):
        with pytest.raises(NotFound):
            found.open(*place)


def test_an_altered_ciphertext_breaks_the_download_off(opened):
    found = vault(opened)
    item = found.listed()[0]
    bid = db.session.scalars(select(Bid).where(Bid.uid == item.bid)).one()
    digest = next(file.sha256 for file in bid.files if (file.envelope, file.n) == ("files", 1))
    path = opened.centre.sealed.path(digest)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.chmod(0o600)
    path.write_bytes(bytes(data))
    _, pieces = found.open(item.bid, item.envelope, 0)
    with pytest.raises(Malformed):
        b"".join(pieces)


def test_a_reader_that_goes_away_ends_the_work(opened):
    found = vault(opened)
    item = found.listed()[0]
    _, pieces = found.open(item.bid, item.envelope, 0)
    next(pieces)
    pieces.close()


def test_a_download_that_nobody_reads_opens_nothing(opened):
    """As for a HEAD request: its answer is closed before the first piece."""
    found = vault(opened)
    item = found.listed()[0]
    before = threading.active_count()
    _, pieces = found.open(item.bid, item.envelope, 0)
    assert threading.active_count() == before
    pieces.close()
