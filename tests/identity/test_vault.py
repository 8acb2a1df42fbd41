"""What a stolen database does not give away."""

import pytest

from bidding.core.entropy import ReplayEntropy
from bidding.identity.vault import Vault, VaultLocked

VAULT = Vault(b"k" * 32)


@pytest.fixture
def sealed():
    return VAULT.seal(b"the secret of li", "acc-li", ReplayEntropy(b"nonce"))


def test_a_secret_comes_back_for_its_owner(sealed):
    assert b"secret" not in sealed
    assert VAULT.open(sealed, "acc-li") == b"the secret of li"


def test_not_for_another_row_another_key_or_a_changed_one(sealed):
    for vault, kept, owner in (
        (VAULT, sealed, "acc-zhao"),
        (Vault(b"x" * 32), sealed, "acc-li"),
        (VAULT, sealed[:-1] + bytes([sealed[-1] ^ 1]), "acc-li"),
        (VAULT, b"", "acc-li"),
    ):
        with pytest.raises(VaultLocked):
            vault.open(kept, owner)


def test_a_mark_is_of_this_key_and_this_code():
    mark = VAULT.mark("abcd")
    assert len(mark) == 64
    assert mark == Vault(b"k" * 32).mark("abcd")
    assert len({mark, VAULT.mark("abce"), Vault(b"x" * 32).mark("abcd")}) == 3
