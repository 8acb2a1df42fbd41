"""Packed files: the same for the same, made once, and whole or not there."""

import gzip
import os
import tracemalloc

import pytest

from bidding.opendata import bulk


def test_the_same_lines_are_the_same_file(tmp_path):
    first = b"".join(bulk.packed(["a\n", "二\n"]))
    assert first == b"".join(bulk.packed(["a\n", "二\n"]))
    assert gzip.decompress(first).decode() == "a\n二\n"


def _none():
    raise AssertionError("it is there already")
    yield


def test_a_file_is_made_once_and_takes_the_place_of_the_one_before(tmp_path):
    made = bulk.kept(tmp_path, "2026", "one", ["a\n"])
    assert bulk.kept(tmp_path, "2026", "one", _none()) == made
    other = bulk.kept(tmp_path, "2026-11", "one", ["c\n"])
    later = bulk.kept(tmp_path, "2026", "two", ["b\n"])
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([other.name, later.name])
    assert gzip.decompress(later.read_bytes()) == b"b\n"


def test_what_breaks_off_leaves_nothing(tmp_path):
    def lines():
        yield "a\n"
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError):
        bulk.kept(tmp_path, "2026", "one", lines())
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_had_begun_is_taken_away_a_day_later(tmp_path):
    old, young = tmp_path / "making-old", tmp_path / "making-young"
    for draft in (old, young):
        draft.write_bytes(b"x")
    yesterday = young.stat().st_mtime - 25 * 3600
    os.utime(old, (yesterday, yesterday))
    bulk.kept(tmp_path, "2026", "one", ["a\n"])
    assert (old.exists(), young.exists()) == (False, True)


def test_memory_stays_flat_however_many_releases_there_are(tmp_path):
    tracemalloc.start()
    bulk.kept(tmp_path, "2026", "one", (f"{number:05d}" * 1000 for number in range(4000)))  # 20 MB
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000
