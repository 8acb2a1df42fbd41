from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest

from bidding.core.clock import from_unix
from bidding.storage.local import LocalStore
from bidding.storage.parts import Busy, LocalParts

NAME = "2345678923456789"


@pytest.fixture
def store(tmp_path):
    return LocalStore(tmp_path / "sealed")


@pytest.fixture
def parts(store):
    return LocalParts(store)


def test_a_file_grows_is_cut_and_read_again(parts):
    with parts.hold(NAME) as file:
        file.write(b"first part, ", 0)
        file.write(b"second", 12)
        file.sync()
        assert file.read(100, 6) == b"part, second"
        file.cut(5)
        assert file.size == parts.size(NAME) == 5
    assert parts.size("another2") == 0


def test_one_writer_at_a_time(parts):
    with parts.hold(NAME), pytest.raises(Busy), parts.hold(NAME):
        pass
    with parts.hold(NAME):
        pass


def test_a_file_that_was_dropped_while_somebody_wrote_is_begun_anew(parts):
    with parts.hold(NAME) as file:
        file.write(b"old", 0)
        parts.drop(NAME)
        with parts.hold(NAME) as new:
            assert new.size == 0


def test_a_whole_file_becomes_a_blob_and_that_twice_is_harmless(parts, store):
    with parts.hold(NAME) as file:
        file.write(b"whole", 0)
        file.sync()
    digest = hashlib.sha256(b"whole").hexdigest()
    parts.keep(NAME, digest)
    parts.keep(NAME, digest)
    with store.open(digest) as blob:
        assert blob.read() == b"whole"
    assert parts.size(NAME) == 0
    with pytest.raises(FileNotFoundError):
        parts.keep("neverthere", "0" * 64)


def test_what_nobody_speaks_of_is_swept_when_it_is_old(parts):
    for name in (NAME, "another2"):
        with parts.hold(name) as file:
            file.write(b"x", 0)
    assert parts.sweep(lambda name: name == NAME, from_unix(0)) == 0
    later = datetime(2200, 1, 1, tzinfo=UTC)
    assert parts.sweep(lambda name: name == NAME, later) == 1
    assert parts.size(NAME) == 1


def test_a_name_that_leads_elsewhere_is_none(parts):
    for name in ("../../etc/passwd", "", "short", "UPPERCASE", "a/b/c/d/e"):
        with pytest.raises(ValueError, match="not the name"):
            parts.size(name)
