"""Bytes that pass the page cache: the file holds the same as if they had not."""

import os
import resource
from hashlib import shake_128
from itertools import pairwise

import pytest

from bidding.storage.direct import Direct

BLOCK = 4096
PIECE = 1 << 20
SOURCE = shake_128(b"a file").digest(3 * PIECE)


@pytest.fixture
def file(tmp_path):
    handle = os.open(tmp_path / "file", os.O_RDWR | os.O_CREAT)
    yield handle
    os.close(handle)


def content(handle):
    return os.pread(handle, 4 * PIECE, 0)


@pytest.mark.parametrize("step", [1 << 17, BLOCK, 5000, 100_003, 3 * PIECE])
@pytest.mark.parametrize("start", [0, 1, BLOCK, BLOCK + 77])
def test_a_file_holds_what_was_written_whatever_the_pieces_and_the_place(file, start, step):
    os.pwrite(file, SOURCE[:start], 0)
    direct = Direct(file)
    for at in range(start, len(SOURCE), step):
        direct.write(SOURCE[at : at + step], at)
    assert direct.end in (0, len(SOURCE))
    direct.flush()
    direct.close()
    assert content(file) == SOURCE


def test_whoever_comes_when_many_are_writing_has_smaller_pieces_and_the_same_file(file):
    many = [Direct(file) for _ in range(16)]
    direct = Direct(file)
    direct.write(SOURCE[: 1 << 17], 0)
    assert direct.end == 0, "written at once"
    direct.write(SOURCE[1 << 17 :], 1 << 17)
    for each in (direct, *many):
        each.flush()
        each.close()
    assert content(file) == SOURCE


def test_parts_with_ragged_ends_follow_one_another(file):
    ends = [0, 10, BLOCK, BLOCK + 1, PIECE - 1, PIECE + 5, 2 * PIECE + BLOCK, len(SOURCE)]
    for begin, end in pairwise(ends):
        direct = Direct(file)
        direct.write(SOURCE[begin:end], begin)
        direct.flush()
        assert content(file) == SOURCE[:end]
        direct.close()


def test_what_waits_in_memory_is_cut_like_the_file(file):
    direct = Direct(file)
    direct.write(SOURCE[:10_000], 0)
    direct.cut(6000)
    assert direct.end == 6000
    direct.cut(7000)
    direct.flush()
    assert content(file) == SOURCE[:6000]
    direct.cut(0)
    direct.write(b"again", 0)
    direct.flush()
    direct.close()
    assert content(file)[:5] == b"again"


def test_writing_elsewhere_loses_nothing(file):
    direct = Direct(file)
    direct.write(b"behind", 2 * BLOCK)
    direct.write(b"before", 0)
    direct.flush()
    direct.close()
    assert content(file) == b"before" + bytes(2 * BLOCK - 6) + b"behind"


def test_where_there_is_no_way_past_the_cache_everything_goes_through_it():
    handle = os.memfd_create("memory")
    direct = Direct(handle)
    direct.write(SOURCE, 0)
    assert direct.end == 0
    direct.flush()
    direct.close()
    assert content(handle) == SOURCE
    os.close(handle)


@pytest.mark.parametrize("limit", [10, 6000, PIECE + 6000])
def test_a_short_write_is_gone_on_with_until_the_disk_says_why(file, limit):
    direct = Direct(file)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            direct.write(SOURCE, 0)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    direct.close()
    assert content(file) == SOURCE[:limit]
