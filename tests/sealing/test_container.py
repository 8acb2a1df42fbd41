from __future__ import annotations

import hashlib
from dataclasses import replace
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding.core.canonical import Malformed, dumps
from bidding.core.entropy import ReplayEntropy, SystemEntropy
from bidding.sealing import age, container
from bidding.sealing.container import (
    Digest,
    IndexEntry,
    NotSealed,
    check_age_header,
    check_name,
    index_bytes,
    open_volumes,
    pad_json,
    padme,
    parse_index,
    parse_sheet,
    seal_stream,
    sheet_bytes,
    unpad_json,
    volume_count,
)
from bidding.sealing.dealing import recipient_of
from tests.sealing.test_age import IDENTITY, RECIPIENT

BID = "6dad27d61a6b415ef7e5b615d1308a67"
SHEET = {
    "v": 1,
    "project": "T-1",
    "lot": "1",
    "bid": BID,
    "envelope": "offer",
    "tenderer": {"name": "岚岳", "uscc": "x"},
    "fields": {"price_fen": 1},
}
PLACE = {"project": "T-1", "lot": "1", "bid": BID, "envelope": "offer"}


@given(st.integers(0, 2**40))
def test_padding_adds_at_most_twelve_percent_and_repeats_itself(length):
    padded = padme(length)
    assert padded >= max(length, 4096)
    assert length < 4096 or padded <= length * 1.12
    assert padme(padded) == padded


def test_json_is_padded_to_the_next_block_and_not_one_further():
    text = dumps({"a": "x" * (4096 - len('{"a":""}'))})
    assert len(text) == 4096
    assert pad_json({"a": "x" * (4096 - len('{"a":""}'))}) == text
    assert len(pad_json({"a": "x" * 4096})) == 8192


@pytest.mark.parametrize(
    "plain",
    [
        b"{}" + b" " * 4095,
        b"{}" + b" " * 4093,
        b"{}" + b" " * (4094 + 4096),
        b"[]" + b" " * 4094,
        b'{"b":1,"a":2}' + b" " * (4096 - 13),
        b'{"a":1.5}' + b" " * (4096 - 9),
        b"{}" + b"\n" * 4094,
        b"",
    ],
    ids=["too-long", "too-short", "a-block-more", "array", "not-canonical", "float", "newlines", "empty"],
)
def test_what_is_not_padded_canonical_json_is_refused(plain):
    with pytest.raises(Malformed):
        unpad_json(plain, "x")


def test_a_sheet_names_its_place_and_is_hashed_without_its_padding():
    parts, digest = parse_sheet(sheet_bytes(SHEET), **PLACE)
    assert (parts, digest) == (SHEET, hashlib.sha256(dumps(SHEET)).hexdigest())


@pytest.mark.parametrize(
    "change",
    [
        {"project": "T-2"},
        {"lot": "2"},
        {"bid": "0" * 32},
        {"envelope": "files"},
        {"v": 2},
        {"v": True},
        {"tenderer": {"name": "x"}},
        {"tenderer": {"name": 5, "uscc": "x"}},
        {"fields": []},
        {"extra": 1},
    ],
    ids=lambda change: next(iter(change)) + repr(next(iter(change.values())))[:6],
)
def test_a_sheet_for_another_place_is_refused(change):
    with pytest.raises(Malformed):
        parse_sheet(sheet_bytes(SHEET | change), **PLACE)


@pytest.mark.parametrize("value", ["9" * 5000, "[" * 500 + "]" * 500], ids=["digits", "depth"])
def test_a_sheet_made_to_break_its_reader_is_malformed_and_no_fault_of_ours(value):
    text = dumps(SHEET).decode().replace('"price_fen":1', f'"price_fen":{value}').encode()
    with pytest.raises(Malformed):
        parse_sheet(text + b" " * (-len(text) % 4096), **PLACE)


def entries(*sizes):
    out, n = [], 1
    for number, size in enumerate(sizes):
        count = volume_count(size)
        out.append(IndexEntry(f"{number}.pdf", "attachment", size, "ab" * 32, tuple(range(n, n + count))))
        n += count
    return out


def test_an_index_is_read_as_it_was_written():
    files = entries(0, 5, container.VOLUME, container.VOLUME + 1)
    assert parse_index(index_bytes(BID, "files", files), bid=BID, envelope="files", volumes=5) == files
    assert parse_index(index_bytes(BID, "files", []), bid=BID, envelope="files", volumes=0) == []


@pytest.mark.parametrize(
    ("files", "volumes"),
    [
        ([IndexEntry("a", "s", 5, "ab" * 32, (2,))], 2),
        ([IndexEntry("a", "s", 5, "ab" * 32, (1, 2))], 2),
        ([IndexEntry("a", "s", 5, "ab" * 32, ())], 0),
        ([IndexEntry("a", "s", 5, "ab" * 31, (1,))], 1),
        ([IndexEntry("../a", "s", 5, "ab" * 32, (1,))], 1),
        ([IndexEntry("a", "s", 5, "ab" * 32, (1,)), IndexEntry("b", "s", 5, "ab" * 32, (1,))], 1),
        ([IndexEntry("a", "s", 5, "ab" * 32, (1,))], 2),
    ],
    ids=["gap", "too-many", "none", "hash", "path", "shared", "left-over"],
)
def test_an_index_that_does_not_account_for_every_volume_is_refused(files, volumes):
    with pytest.raises(Malformed):
        parse_index(index_bytes(BID, "files", files), bid=BID, envelope="files", volumes=volumes)


@pytest.mark.parametrize(
    "name", ["", ".", "..", " . ", "a/b", "a\\b", "a\0b", "a\nb", "a\u202eb", "x" * 201, 5, None]
)
def test_names_that_would_be_dangerous_on_a_disk_are_refused(name):
    with pytest.raises(Malformed):
        check_name(name, "name")


@pytest.mark.parametrize("name", ["技术标.pdf", "a b.tar.gz", ".hidden", "x" * 200])
def test_ordinary_names_pass(name):
    assert check_name(name, "name") == name


def _sealed(data=b"x"):
    out = BytesIO()
    age.encrypt(BytesIO(data), out, RECIPIENT, ReplayEntropy(b"x"))
    return out.getvalue()


def test_a_sealed_file_is_known_by_its_header():
    whole = _sealed()
    assert check_age_header(whole) == whole.index(b"\n", whole.index(b"--- ")) + 1


def test_plaintext_passphrases_and_second_recipients_are_refused_in_words():
    passphrase = BytesIO()
    age.encrypt_passphrase(BytesIO(b""), passphrase, "p", SystemEntropy(), 4)
    stanza = _sealed().split(b"\n---")[0].removeprefix(b"age-encryption.org/v1\n")
    two = _sealed().replace(b"\n---", b"\n" + stanza + b"\n---", 1)
    other = _sealed().replace(b"-> X25519", b"-> ssh-rsa", 1)
    for data in (b"%PDF-1.7 plain", b"", passphrase.getvalue(), two, other):
        with pytest.raises(NotSealed) as caught:
            check_age_header(data)
        assert "没有按要求签封" in str(caught.value)
    check_age_header(_sealed().replace(b"-> X25519", b"-> a-grease\n\n-> X25519", 1))


def volumes_of(data, size):
    out = []
    for start in range(0, max(len(data), 1), size):
        piece = data[start : start + size]
        target = BytesIO()
        seal_stream(BytesIO(piece), target, RECIPIENT, len(piece), SystemEntropy())
        out.append(target.getvalue())
    return out


def entry_of(data, count):
    return IndexEntry("a", "s", len(data), hashlib.sha256(data).hexdigest(), tuple(range(1, count + 1)))


def test_volumes_are_padded_opened_in_order_and_checked(monkeypatch):
    monkeypatch.setattr(container, "VOLUME", 10_000)
    data = bytes(range(256)) * 100
    sealed = volumes_of(data, 10_000)
    assert [len(each) for each in sealed] == [age.sealed_size(padme(n)) for n in (10_000, 10_000, 5_600)]
    assert b"".join(open_volumes(map(BytesIO, sealed), IDENTITY, entry_of(data, 3))) == data
    for wrong in (sealed[:2], sealed[::-1], [*sealed, sealed[0]], [sealed[0], sealed[0], sealed[2]]):
        with pytest.raises(Malformed):
            list(open_volumes(map(BytesIO, wrong), IDENTITY, entry_of(data, 3)))


def test_the_last_piece_of_a_file_that_is_not_the_index_s_is_not_given():
    data = bytes(range(256)) * 700
    entry = replace(entry_of(data, 1), sha256=hashlib.sha256(b"another").hexdigest())
    pieces = open_volumes(map(BytesIO, volumes_of(data, len(data))), IDENTITY, entry)
    assert next(pieces) + next(pieces) == data[: 2 * age.CHUNK]
    with pytest.raises(Malformed, match="hash"):
        next(pieces)


def test_padding_that_is_not_zero_or_not_padme_is_refused():
    for plain in (b"data" + b"\1" * 4092, b"data" + bytes(100)):
        target = BytesIO()
        age.encrypt(BytesIO(plain), target, RECIPIENT, SystemEntropy())
        with pytest.raises(Malformed, match="padded"):
            list(open_volumes([BytesIO(target.getvalue())], IDENTITY, entry_of(b"data", 1)))


def test_a_file_that_is_shorter_than_announced_is_refused():
    with pytest.raises(Malformed, match="changed"):
        seal_stream(BytesIO(b"1234"), BytesIO(), RECIPIENT, 5, SystemEntropy())


def test_a_digest_counts_and_hashes_what_it_passes_on():
    out = BytesIO()
    digest = Digest(out)
    for piece in (b"ab", memoryview(b"c")):
        digest.write(piece)
    assert (out.getvalue(), digest.size) == (b"abc", 3)
    assert digest.sha256 == hashlib.sha256(b"abc").hexdigest()


def test_the_test_keys_belong_together():
    assert recipient_of(IDENTITY) == RECIPIENT
