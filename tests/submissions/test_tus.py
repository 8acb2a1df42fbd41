from __future__ import annotations

import hashlib

import pytest

from bidding.submissions.tus import BadHeader, Place, parse_checksum, parse_number, parse_place
from tests.submissions.sending import b64

BID = "0123456789abcdef" * 2


def test_the_place_of_a_file_is_read_whatever_else_a_client_adds():
    header = f"filename {b64('标书.age')}, bid {b64(BID)},envelope {b64('files')},n {b64('17')},flag"
    assert parse_place(header) == Place(BID, "files", 17)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        f"bid {b64(BID)},envelope {b64('files')}",
        f"bid {b64(BID.upper())},envelope {b64('files')},n {b64('1')}",
        f"bid {BID},envelope {b64('files')},n {b64('1')}",
        f"bid {b64(BID)},envelope {b64('a/b')},n {b64('1')}",
        f"bid {b64(BID)},envelope {b64('files')},n {b64('1.0')}",
        f"bid {b64(BID)},envelope {b64('files')},n {b64('١')}",
        f"bid {b64(BID)},bid {b64(BID)},envelope {b64('files')},n {b64('1')}",
    ],
)
def test_a_place_that_cannot_be_meant_is_refused(header):
    with pytest.raises(BadHeader):
        parse_place(header)


def test_a_checksum_names_its_algorithm_and_its_digest():
    digest = hashlib.sha256(b"part").digest()
    found = parse_checksum(f"sha256 {b64(digest)}")
    running = found.new()
    running.update(b"part")
    assert running.digest() == found.digest
    assert parse_checksum(None) is None


@pytest.mark.parametrize("value", [None, "", "-1", "+1", "1.0", "٣", "9" * 16, " 1"])
def test_a_number_of_bytes_has_nothing_but_digits(value):
    with pytest.raises(BadHeader):
        parse_number(value, "Upload-Offset")
