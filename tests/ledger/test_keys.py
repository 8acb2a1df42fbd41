"""The logs' keys, and the heights kept beside them."""

import threading

import pytest

from bidding.core.entropy import ReplayEntropy
from bidding.ledger.keys import KeysUnsafe, LogKeys
from bidding.ledger.note import Head, open_note, sign_note

HOST = "bids.example.gov.cn"


@pytest.fixture
def keys(tmp_path):
    return LogKeys(tmp_path / "keys", HOST, ReplayEntropy(b"keys"))


def test_every_log_has_a_key_and_an_origin_of_its_own(keys):
    assert keys.origin("centre") == f"{HOST}/centre"
    assert keys.origin("T-1") == f"{HOST}/p/T-1"
    assert keys.seed(keys.origin("T-1")) != keys.seed(keys.origin("T-2"))
    head = Head(keys.origin("T-1"), 1, bytes(32))
    assert open_note(sign_note(head, keys.seed(head.origin)), [keys.vkey(head.origin)])


def test_the_keys_are_the_same_after_a_restart(keys, tmp_path):
    again = LogKeys(tmp_path / "keys", HOST, ReplayEntropy(b"other"))
    assert keys.seed("a") == again.seed("a")
    assert (tmp_path / "keys" / "log.seed").stat().st_mode & 0o777 == 0o600


def test_two_that_start_at_once_make_one_key(tmp_path):
    made, barrier = [], threading.Barrier(4)

    def start(number):
        barrier.wait()
        made.append(LogKeys(tmp_path / "keys", HOST, ReplayEntropy(bytes([number]))).seed("a"))

    threads = [threading.Thread(target=start, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 1


def test_a_seed_that_others_can_read_is_not_used(keys, tmp_path):
    keys.seed("a")
    (tmp_path / "keys" / "log.seed").chmod(0o640)
    with pytest.raises(KeysUnsafe, match="chmod 600"):
        LogKeys(tmp_path / "keys", HOST).seed("a")


def test_a_seed_that_is_cut_is_not_used(keys, tmp_path):
    keys.seed("a")
    (tmp_path / "keys" / "log.seed").write_text("00ff")
    with pytest.raises(KeysUnsafe, match="32 bytes"):
        LogKeys(tmp_path / "keys", HOST).seed("a")


@pytest.mark.parametrize("host", ["", "two words", "https://a", "a/b", "a\n", "主机"])
def test_a_host_that_cannot_stand_in_an_origin_is_refused(tmp_path, host):
    with pytest.raises(KeysUnsafe):
        LogKeys(tmp_path, host)


def test_heights_only_rise(keys, tmp_path):
    assert keys.highest("a") is None
    keys.remember(Head("a", 5, b"\x05" * 32))
    keys.remember(Head("a", 3, b"\x03" * 32))
    assert keys.highest("a") == Head("a", 5, b"\x05" * 32)
    assert LogKeys(tmp_path / "keys", HOST).highest("a").size == 5
    assert keys.highest("b") is None


def test_a_damaged_height_stops_the_log(keys, tmp_path):
    keys.remember(Head("a", 5, b"\x05" * 32))
    (found,) = (tmp_path / "keys" / "heights").iterdir()
    found.write_text("5")
    with pytest.raises(KeysUnsafe, match="damaged"):
        keys.highest("a")
