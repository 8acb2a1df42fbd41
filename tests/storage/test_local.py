"""Blobs on a disk: whole under their digest, or not there."""

import errno
import hashlib
import os
from datetime import UTC, datetime, timedelta

import pytest

from bidding.storage import StorageFull
from bidding.storage.local import LocalStaged, LocalStore


@pytest.fixture
def store(tmp_path):
    return LocalStore(tmp_path / "blobs")


def digest_of(data):
    return hashlib.sha256(data).hexdigest()


def incoming(store):
    return list(store.incoming.iterdir())


def test_a_blob_lies_under_its_digest(store):
    staged = store.stage()
    for part in (b"sealed ", memoryview(b"bytes"), b""):
        staged.write(part)
    assert staged.size == 12
    assert list(store.digests()) == []
    digest = staged.keep()
    assert digest == digest_of(b"sealed bytes")
    with store.open(digest) as file:
        assert file.read() == b"sealed bytes"
    assert store.size(digest) == 12
    assert list(store.digests()) == [digest]
    assert incoming(store) == []


def test_the_same_bytes_twice_are_one_blob(store):
    assert store.put(b"x") == store.put(b"x")
    assert len(list(store.digests())) == 1


def test_what_is_discarded_was_never_there(store):
    staged = store.stage()
    staged.write(b"x")
    staged.discard()
    staged.discard()
    assert incoming(store) == []
    assert list(store.digests()) == []


def test_discarding_what_is_kept_takes_nothing_away(store):
    staged = store.stage()
    staged.write(b"x")
    digest = staged.keep()
    staged.discard()
    assert store.size(digest) == 1


def test_a_blob_that_is_not_there(store):
    digest = digest_of(b"nothing")
    assert store.size(digest) is None
    with pytest.raises(FileNotFoundError):
        store.open(digest)
    store.delete(digest)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "AB" * 32, "ab" * 31, "ab" * 32 + "\n", "g" * 64])
def test_only_a_digest_is_a_name(store, name):
    for ask in (store.open, store.size, store.delete, store.path):
        with pytest.raises(ValueError, match="not a digest"):
            ask(name)


def test_deleting(store):
    digest = store.put(b"x")
    store.delete(digest)
    assert store.size(digest) is None


def test_there_is_a_measure_of_what_still_fits(store):
    assert store.free() > 0


# sweeping


def aged(path, by):
    at = (datetime.now(UTC) - by).timestamp()  # noqa: TID251 — files carry the machine's own times
    os.utime(path, (at, at))


def test_only_what_is_old_and_unspoken_of_is_swept(store):
    spoken, orphan, fresh = (store.put(data) for data in (b"spoken", b"orphan", b"fresh"))
    half = store.stage()
    half.write(b"half")
    young = store.stage()
    day = timedelta(days=1)
    for path in (store.path(spoken), store.path(orphan), half._path):
        aged(path, 2 * day)
    before = datetime.now(UTC) - day  # noqa: TID251 — files carry the machine's own times
    assert store.sweep(lambda digest: digest == spoken, before) == 2
    assert set(store.digests()) == {spoken, fresh}
    assert incoming(store) == [young._path]
    half.discard()
    young.discard()


# a disk that fails


class Full:
    """A file on a disk that has no room."""

    def __init__(self, file, code):
        self._file = file
        self._code = code

    def write(self, _data):
        raise OSError(self._code, os.strerror(self._code))

    def fileno(self):
        return self._file.fileno()

    def close(self):
        self._file.close()


@pytest.mark.parametrize(
    ("code", "refusal"),
    [
        (errno.ENOSPC, StorageFull),
        (errno.EDQUOT, StorageFull),
        (errno.EFBIG, StorageFull),
        (errno.EIO, OSError),
    ],
)
def test_a_disk_that_fails_leaves_nothing_behind(store, code, refusal):
    staged = store.stage()
    staged._file = Full(staged._file, code)
    with pytest.raises(refusal):
        staged.write(b"x")
    assert incoming(store) == []
    assert list(store.digests()) == []


def test_short_writes_are_gone_on_with(store):
    class Slow:
        def __init__(self, file):
            self._file = file

        def write(self, data):
            return self._file.write(data[:3])

        def fileno(self):
            return self._file.fileno()

        def close(self):
            self._file.close()

    staged = store.stage()
    staged._file = Slow(staged._file)
    staged.write(b"ten bytes!")
    assert staged.keep() == digest_of(b"ten bytes!")


def test_an_fsync_that_fails_is_not_tried_again(store):
    """The kernel may have dropped the pages: a second fsync would say yes to a file that is not whole."""
    staged = store.stage()
    staged.write(b"x")
    os.close(staged._file.fileno())  # so that fsync fails as a broken disk would make it
    with pytest.raises(OSError, match="Bad file"):
        staged.keep()
    assert list(store.digests()) == []
    assert isinstance(staged, LocalStaged)
