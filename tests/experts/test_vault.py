from __future__ import annotations

import pytest

from bidding.experts.vault import PoolLocked, PoolVault

VAULT = PoolVault(b"k" * 32)


def test_what_is_sealed_opens_and_shows_nothing():
    sealed = VAULT.seal("13800000000", "expert.phone")
    assert b"1380" not in sealed
    assert VAULT.open(sealed, "expert.phone") == "13800000000"


def test_the_same_value_is_the_same_bytes_in_one_column_and_others_in_another():
    once = VAULT.seal("13800000000", "expert.phone")
    assert VAULT.seal("13800000000", "expert.phone") == once
    assert VAULT.seal("13800000000", "expert.email") != once
    assert VAULT.seal("13800000001", "expert.phone")[:12] != once[:12]  # no nonce stands for two values


@pytest.mark.parametrize("spoil", [lambda b: b[:-1], lambda b: b[:-1] + bytes([b[-1] ^ 1]), lambda b: b""])
def test_a_changed_row_does_not_open(spoil):
    with pytest.raises(PoolLocked):
        VAULT.open(spoil(VAULT.seal("13800000000", "expert.phone")), "expert.phone")


def test_another_key_or_another_column_opens_nothing():
    sealed = VAULT.seal("13800000000", "expert.phone")
    for vault, column in ((PoolVault(b"l" * 32), "expert.phone"), (VAULT, "expert.id_number")):
        with pytest.raises(PoolLocked):
            vault.open(sealed, column)


def test_a_file_is_kept_the_same_way():
    letter = b"%PDF-1.7 " + b"x" * 5000
    sealed = VAULT.seal_bytes(letter, "letter")
    assert letter[:100] not in sealed
    assert VAULT.open_bytes(sealed, "letter") == letter
