from __future__ import annotations

import pytest

from bidding.core.durable import write_durably


def test_a_file_is_replaced_whole_and_nobody_else_reads_it(tmp_path):
    path = tmp_path / "key"
    write_durably(path, b"old")
    write_durably(path, b"new")
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["key"]


def test_the_first_file_stays_where_it_must_not_be_replaced(tmp_path):
    path = tmp_path / "key"
    write_durably(path, b"first", replace=False)
    with pytest.raises(FileExistsError):
        write_durably(path, b"second", replace=False)
    assert path.read_bytes() == b"first"
    assert [each.name for each in tmp_path.iterdir()] == ["key"]
