from __future__ import annotations

import pyrage
import pytest

from bidding.core.canonical import Malformed, loads
from bidding.core.signing import public_key
from bidding.sealing import keys
from bidding.sealing.keys import (
    BidKey,
    FileExists,
    KeyFileRefused,
    PasskeyCopy,
    PassphraseShort,
    PassphraseWrong,
    TrusteeKey,
    from_paper,
    parse_bid_key,
    parse_trustee_key,
    read_bid_key,
    read_trustee_key,
    write_key,
)
from bidding.sealing.manifest import bid_uid
from tests.sealing.papers import entropy
from tests.sealing.test_age import IDENTITY

PASSPHRASE = "correct horse battery"
TRUSTEE = TrusteeKey("notary", b"n" * 32)
BID = BidKey(
    "T-2026-1",
    "1",
    "ab" * 32,
    bid_uid(public_key(b"s" * 32)),
    b"s" * 32,
    (("offer", IDENTITY), ("files", IDENTITY)),
)

#: The header of a copy that a touch opens, as the trustee kit writes it; 0s for what only its device knows.
TOUCH_COPY = (
    b"age-encryption.org/v1\n"
    b"-> age-encryption.org/fido2prf " + b"A" * 22 + b"\n" + b"A" * 43 + b"\n"
    b"-> bidseal/passkey localhost AGE-PLUGIN-FIDO2PRF-1QQQQ\n\n"
    b"--- " + b"A" * 43 + b"\n" + bytes(64)
)


def write(path, key):
    write_key(path, key, PASSPHRASE, entropy(), work_factor=4)


def test_keys_come_back_from_their_files(tmp_path):
    write(tmp_path / "t.age", TRUSTEE)
    write(tmp_path / "b.key", BID)
    assert read_trustee_key(tmp_path / "t.age", PASSPHRASE) == TRUSTEE
    assert read_bid_key(tmp_path / "b.key", PASSPHRASE) == BID
    assert (tmp_path / "t.age").stat().st_mode & 0o777 == 0o600


def test_any_age_tool_opens_a_key_file_and_finds_the_protocols_json(tmp_path):
    write(tmp_path / "b.key", BID)
    plain = pyrage.passphrase.decrypt((tmp_path / "b.key").read_bytes(), PASSPHRASE)
    assert loads(plain) == {
        "v": 1,
        "type": "bid-key",
        "project": "T-2026-1",
        "lot": "1",
        "panel": "ab" * 32,
        "bid": BID.bid,
        "sign_seed": (b"s" * 32).hex(),
        "identities": [{"envelope": name, "identity": IDENTITY} for name in ("offer", "files")],
    }


def test_wrong_passphrases_kinds_and_files_are_told_apart(tmp_path):
    write(tmp_path / "t.age", TRUSTEE)
    with pytest.raises(PassphraseWrong):
        read_trustee_key(tmp_path / "t.age", "another passphrase")
    with pytest.raises(KeyFileRefused):
        read_bid_key(tmp_path / "t.age", PASSPHRASE)
    (tmp_path / "x").write_bytes(b"plain")
    with pytest.raises(KeyFileRefused):
        read_trustee_key(tmp_path / "x", PASSPHRASE)
    with pytest.raises(FileNotFoundError):
        read_trustee_key(tmp_path / "none", PASSPHRASE)


def test_a_copy_that_a_touch_opens_is_sent_to_the_browser_and_says_what_opens_here(tmp_path):
    path = tmp_path / "trustee-notary.passkey.age"
    path.write_bytes(TOUCH_COPY)
    with pytest.raises(PasskeyCopy) as refused:
        read_trustee_key(path, PASSPHRASE)
    assert refused.value.params == {"file": "trustee-notary.passkey.age"}
    with pytest.raises(KeyFileRefused):
        read_bid_key(path, PASSPHRASE)


def test_a_key_file_is_never_overwritten_nor_guarded_by_a_short_passphrase(tmp_path):
    write(tmp_path / "t.age", TRUSTEE)
    with pytest.raises(FileExists):
        write(tmp_path / "t.age", TRUSTEE)
    short = "x" * (keys.SHORTEST_PASSPHRASE - 1)
    with pytest.raises(PassphraseShort):
        write_key(tmp_path / "u.age", TRUSTEE, short, entropy(), work_factor=4)
    assert not (tmp_path / "u.age").exists()
    write_key(tmp_path / "u.age", TRUSTEE, short + "x", entropy(), work_factor=4)


def test_the_printed_copy_gives_the_key_again_and_notices_a_slip():
    assert from_paper("notary", TRUSTEE.paper) == TRUSTEE
    assert from_paper("notary", TRUSTEE.paper.lower().replace(" ", "")) == TRUSTEE
    wrong = TRUSTEE.paper[:-1] + ("Q" if TRUSTEE.paper[-1] != "Q" else "P")
    for text in (wrong, "", TRUSTEE.paper[:-5]):
        with pytest.raises(Malformed):
            from_paper("notary", text)


@pytest.mark.parametrize(
    "change",
    [{"v": 2}, {"type": "trustee-key"}, {"panel": "0"}, {"bid": "00" * 16}, {"sign_seed": "00" * 32},
     {"identities": [{"envelope": "offer", "identity": "x"}]}, {"identities": [{}]}, {"more": 1}],
    ids=["v", "type", "panel", "bid", "seed", "identity", "shape", "more"],
)  # fmt: skip
def test_a_bid_key_that_does_not_fit_together_is_refused(change):
    assert parse_bid_key(BID.to_json()) == BID
    with pytest.raises(Malformed):
        parse_bid_key(BID.to_json() | change)


def test_a_trustee_key_is_32_bytes():
    assert parse_trustee_key(TRUSTEE.to_json()) == TRUSTEE
    with pytest.raises(Malformed):
        parse_trustee_key(TRUSTEE.to_json() | {"seed": "00" * 31})


def test_an_identity_can_be_posted_when_too_few_trustees_come():
    assert BID.posting(["offer"]).identities == (("offer", IDENTITY),)
    with pytest.raises(Malformed):
        BID.posting(["price"])
