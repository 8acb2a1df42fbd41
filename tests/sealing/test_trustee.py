from __future__ import annotations

import pytest

from bidding.core.canonical import dumps, loads
from bidding.sealing import enrolment
from bidding.sealing.keys import FileExists, PassphraseShort, TrusteeKey, read_trustee_key
from bidding.sealing.trustee import DrillRefused, NameRefused, answer_drill, trustee_new, write_trustee
from tests.sealing.papers import entropy

PASSPHRASE = "correct horse battery"


def made(folder, name="notary"):
    return trustee_new(name, folder, PASSPHRASE, entropy(name), work_factor=4)


def test_a_new_trustee_has_a_file_to_keep_and_one_to_hand_in(tmp_path):
    new = made(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["trustee-notary.age", "trustee-notary.json"]
    assert enrolment.check_enrolment(loads(new.enrolment_file.read_bytes())) == new.enrolment
    assert read_trustee_key(new.key_file, PASSPHRASE) == new.key
    assert new.key.seed.hex() not in new.enrolment_file.read_text()
    with pytest.raises(FileExists):
        made(tmp_path)


def test_a_wrong_name_or_passphrase_leaves_no_file(tmp_path):
    with pytest.raises(NameRefused):
        made(tmp_path, "公证")
    with pytest.raises(PassphraseShort):
        trustee_new("notary", tmp_path, "short", entropy(), work_factor=4)
    assert list(tmp_path.iterdir()) == []


def test_a_key_from_paper_is_the_same_trustee(tmp_path):
    new = made(tmp_path)
    (tmp_path / "again").mkdir()
    key = TrusteeKey("notary", new.key.seed)
    again = write_trustee(key, tmp_path / "again", PASSPHRASE, entropy(), work_factor=4)
    assert again.enrolment == new.enrolment


def test_a_drill_is_answered_into_a_file(tmp_path):
    new = made(tmp_path)
    challenge, _ = enrolment.challenge("d-1", "notary", bytes.fromhex(new.enrolment["pub"]), entropy())
    (tmp_path / "drill.json").write_bytes(dumps(challenge))
    answer = answer_drill(tmp_path / "drill.json", new.key, tmp_path / "answer.json", entropy())
    assert loads((tmp_path / "answer.json").read_bytes()) == answer
    with pytest.raises(FileExists):
        answer_drill(tmp_path / "drill.json", new.key, tmp_path / "answer.json", entropy())


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff", b'{"v":1.5}'])
def test_a_file_that_is_no_drill_is_named(tmp_path, data):
    (tmp_path / "drill.json").write_bytes(data)
    with pytest.raises(DrillRefused, match=r"drill\.json"):
        answer_drill(tmp_path / "drill.json", TrusteeKey("a", b"x" * 32), tmp_path / "out", entropy())
    assert not (tmp_path / "out").exists()
