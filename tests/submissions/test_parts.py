from __future__ import annotations

import errno
import hashlib
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise

import pytest
from sqlalchemy import select

from bidding.core.actor import system_actor
from bidding.core.errors import NotFound
from bidding.db import db
from bidding.storage import StorageFull
from bidding.submissions import parts
from bidding.submissions.hashes import Hashes
from bidding.submissions.models import ArmedBid, Bid, Upload
from bidding.submissions.parts import STRETCH, Part
from bidding.submissions.tus import Checksum, WrongOffset

OFFER, INDEX, FILE = ("offer", 0), ("files", 0), ("files", 1)


@pytest.fixture
def desk(app):
    return app.extensions["desk"]


@pytest.fixture
def begun(sender):
    """The sender after its attachment has been begun; the upload's uid."""
    sender.create(FILE)
    return sender.urls[FILE].rpartition("/")[2]


def take(desk, sender, uid, chunks, offset=0, length=None):
    actor = sender.tender.centre.actor("t1")
    length = sum(map(len, chunks)) if length is None else length
    return parts.append(desk, actor, uid, Part(offset, length, None, iter(chunks)))


def state(desk, sender, uid):
    return parts.progress(desk, sender.tender.centre.actor("t1"), uid)


class Failing:
    """A disk that fails at the named call of a growing file, ``after`` that many have gone well."""

    def __init__(self, store, call, code, after=0):
        self.store, self.call, self.code, self.after = store, call, code, after

    def __getattr__(self, name):
        return getattr(self.store, name)

    @contextmanager
    def hold(self, name):
        with self.store.hold(name) as file:
            yield FailingFile(file, self)


class FailingFile:
    def __init__(self, file, disk):
        self._file, self._disk = file, disk

    def __getattr__(self, name):
        found = getattr(self._file, name)
        if name != self._disk.call:
            return found
        if self._disk.after:
            self._disk.after -= 1
            return found
        return self._fail

    def _fail(self, *_):
        if self._disk.code == errno.ENOSPC:
            raise StorageFull
        raise OSError(self._disk.code, "the disk says no")


def test_a_line_that_is_cut_keeps_what_came_where_nothing_was_to_be_checked(desk, sender, begun):
    data = sender.files[FILE]
    found = take(desk, sender, begun, [data[:9_000], data[9_000:20_000]], length=len(data))
    assert found.offset == state(desk, sender, begun).offset == 20_000
    assert take(desk, sender, begun, [data[20_000:]], 20_000).is_whole


def test_a_line_that_is_cut_keeps_nothing_of_a_part_whose_hash_was_announced(desk, sender, begun):
    data = sender.files[FILE]
    sender.patch(FILE, data[:9_000])
    with pytest.raises(WrongOffset):
        take(desk, sender, begun, [b"x"], 0)
    checksum = Checksum("sha256", hashlib.sha256(data[9_000:]).digest())
    actor = sender.tender.centre.actor("t1")
    part = Part(9_000, len(data) - 9_000, checksum, iter([data[9_000:20_000]]))
    assert parts.append(desk, actor, begun, part).offset == 9_000
    assert desk.parts.size(begun) == 9_000
    assert take(desk, sender, begun, [data[9_000:]], 9_000).is_whole


def test_a_long_body_becomes_durable_in_stretches(desk, sender, attachment):
    data = sender.files[OFFER] + bytes(3 * STRETCH)
    sender.create(OFFER, length=len(data))
    uid = sender.urls[OFFER].rpartition("/")[2]
    seen = []

    def slowly():
        for start in range(0, len(data), STRETCH // 2):
            yield data[start : start + STRETCH // 2]
            db.session.rollback()
            seen.append(db.session.scalar(select(Upload.received)))

    take(desk, sender, uid, slowly(), length=len(data))
    assert max(later - earlier for earlier, later in pairwise(seen)) <= STRETCH
    assert len(set(seen)) >= 3


def test_a_forgotten_hash_is_made_again_from_the_file(desk, sender, begun):
    data = sender.files[FILE]
    take(desk, sender, begun, [data[:30_000]])
    fresh = replace(desk, hashes=Hashes())
    assert take(fresh, sender, begun, [data[30_000:]], 30_000).is_whole
    db.session.rollback()
    assert db.session.scalar(select(Upload.sha256)) == hashlib.sha256(data).hexdigest()


def test_bytes_the_disk_lost_have_to_come_again(desk, sender, begun):
    data = sender.files[FILE]
    take(desk, sender, begun, [data[:30_000]])
    with desk.parts.hold(begun) as file:
        file.cut(12_345)
    assert state(desk, sender, begun).offset == 12_345
    assert take(desk, sender, begun, [data[12_345:]], 12_345).is_whole


def test_bytes_that_were_never_acknowledged_are_written_over(desk, sender, begun):
    data = sender.files[FILE]
    take(desk, sender, begun, [data[:30_000]])
    with desk.parts.hold(begun) as file:
        file.write(b"half a part that a killed server left", 30_000)
    assert state(desk, sender, begun).offset == 30_000
    assert take(desk, sender, begun, [data[30_000:]], 30_000).is_whole


def test_a_full_disk_refuses_the_part_and_keeps_the_others(desk, sender, begun):
    data = sender.files[FILE]
    take(desk, sender, begun, [data[:30_000]])
    for call in ("write", "sync"):
        full = replace(desk, parts=Failing(desk.parts, call, errno.ENOSPC))
        with pytest.raises(StorageFull):
            take(full, sender, begun, [data[30_000:]], 30_000)
        assert state(desk, sender, begun).offset == desk.parts.size(begun) == 30_000
    assert take(desk, sender, begun, [data[30_000:]], 30_000).is_whole


def test_after_a_failed_sync_nothing_of_the_file_counts_and_it_comes_again(desk, sender, begun, caplog):
    data = sender.files[FILE]
    take(desk, sender, begun, [data[:30_000]])
    broken = replace(desk, parts=Failing(desk.parts, "sync", errno.EIO))
    with pytest.raises(OSError, match="the disk says no"):
        take(broken, sender, begun, [data[30_000:]], 30_000)
    assert "has to come again" in caplog.text
    assert state(desk, sender, begun).offset == 0
    assert take(desk, sender, begun, [data]).is_whole


def test_an_upload_is_not_anybody_elses(desk, sender, begun):
    for actor in (sender.tender.centre.actor("t2"), system_actor("nobody")):
        with pytest.raises(NotFound):
            parts.append(desk, actor, begun, Part(0, 1, None, iter([b"x"])))


def test_a_whole_file_that_no_row_speaks_of_yet_is_found_and_stamped_when_it_is_found(desk, sender, world):
    sender.sign()
    sender.send(OFFER, INDEX)
    sender.create(FILE)
    uid, data = sender.urls[FILE].rpartition("/")[2], sender.files[FILE]
    sender.patch(FILE, data[:10_000])
    with desk.parts.hold(uid) as file:  # the rest was synced, and the process died before it could say so
        file.write(data[10_000:], 10_000)
    sender.tender.centre.wait(sender.tender.closes_at.replace(minute=0))
    db.session.rollback()
    bid = db.session.scalar(select(Bid))
    assert bid.received_at == world.clock.now()
    assert db.session.scalar(select(ArmedBid.id)) is None


def test_a_file_of_the_right_length_and_wrong_bytes_is_not_taken_for_whole(desk, sender):
    sender.sign()
    sender.send(OFFER, INDEX)
    sender.create(FILE)
    uid, data = sender.urls[FILE].rpartition("/")[2], sender.files[FILE]
    sender.patch(FILE, data[:10_000])
    with desk.parts.hold(uid) as file:
        file.write(bytes(len(data) - 10_000), 10_000)
    parts.recover(desk)
    assert desk.parts.size(uid) == 10_000
    assert sender.patch(FILE, data[10_000:], 10_000).headers["Bid-State"] == "accepted"


def test_a_file_somebody_is_writing_to_is_left_alone(desk, sender):
    sender.sign()
    sender.create(FILE)
    uid, data = sender.urls[FILE].rpartition("/")[2], sender.files[FILE]
    with desk.parts.hold(uid) as file:
        file.write(data, 0)
        parts.recover(desk)
        assert file.size == len(data)
    assert state(desk, sender, uid).offset == 0
