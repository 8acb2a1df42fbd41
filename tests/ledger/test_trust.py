"""Policies: who must have signed."""

import pytest

from bidding.core.canonical import Malformed
from bidding.ledger.note import BadSignature, Head, cosign_line, sign_note
from bidding.ledger.trust import parse_policy, write_policy
from tests.ledger.logs import log_key, policy, seed, witness

LOG = log_key()
ONE, TWO, THREE = (witness(f"w{n}.example") for n in (1, 2, 3))
HEAD = Head(LOG.name, 3, b"\x03" * 32)
NOTE = sign_note(HEAD, seed(LOG.name))


def line(of, at):
    return cosign_line(HEAD.text, of.name, of.seed, at)


def test_one_witness_is_the_quorum_and_of_three_any_two():
    assert parse_policy(policy(ONE)).satisfied([ONE.name])
    three = parse_policy(policy(ONE, TWO, THREE))
    assert not three.satisfied([ONE.name])
    assert three.satisfied([ONE.name, THREE.name])
    assert not three.satisfied(["somebody.else", ONE.name])


def test_a_quorum_is_counted_within_its_time():
    own = parse_policy(policy(ONE, TWO, THREE))
    checked = own.read(NOTE + line(ONE, 100) + line(TWO, 200))
    assert checked.head == HEAD
    assert own.witnessed(checked)
    assert own.witnessed(checked, not_after=200)
    assert not own.witnessed(checked, not_after=199)
    assert checked.cosigners(not_after=150) == {ONE.name}


def test_the_log_itself_must_have_signed():
    own = parse_policy(policy(ONE))
    with pytest.raises(Malformed, match="not signed by its log"):
        own.read(f"{HEAD.text}\n{line(ONE, 1)}")
    with pytest.raises(BadSignature):
        own.read(sign_note(HEAD, seed("another")).replace("\n— ", f"\n{line(THREE, 1)}— "))


def test_groups_within_groups_count_as_one_member_each():
    text = (
        f"log {LOG}\nwitness a {ONE.vkey}\nwitness b {TWO.vkey}\nwitness c {THREE.vkey}\n"
        "group either any a b\ngroup both all either c\nquorum both\n# a remark\n\n"
    )
    own = parse_policy(text)
    assert own.satisfied(["b", "c"])
    assert not own.satisfied(["a", "b"])
    assert not own.satisfied(["c"])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "too long, or the last line"),
        (policy(ONE)[:-1], "last line"),
        (policy(ONE).replace("quorum", "quorums"), "not known"),
        (policy(ONE) + f"quorum {ONE.name}\n", "not known"),
        (policy(ONE) + f"log {log_key('other')}\n", "exactly one log"),
        (policy(ONE).replace(f"quorum {ONE.name}", "quorum none"), "quorum is none"),
        (policy(), "quorum is none"),
        (f"log {LOG}\n", "no quorum"),
        (f"witness w {ONE.vkey}\nquorum w\n", "exactly one log"),
        (policy(ONE).replace(f"quorum {ONE.name}", "quorum who"), "not defined"),
        (policy(ONE) + f"witness again {ONE.vkey}\n", "one witness key twice"),
        (policy(ONE) + f"witness {ONE.name} {TWO.vkey}\n", "taken"),
        (policy(ONE) + f"log {LOG}\n", "one log key twice"),
        (f"log {LOG}\nwitness a {ONE.vkey}\ngroup g 2 a\nquorum g\n", "threshold"),
        (f"log {LOG}\nwitness a {ONE.vkey}\ngroup g any a a\nquorum g\n", "member twice"),
        (f"log {ONE.vkey}\nwitness a {ONE.vkey}\nquorum a\n", "wrong type"),
        (policy(ONE) + "# bell \x07\n", "control sign"),
    ],
)
def test_a_policy_that_cannot_be_relied_on_is_refused(text, why):
    with pytest.raises(Malformed, match=why):
        parse_policy(text)


def test_a_log_cannot_witness_itself():
    from bidding.core.signing import public_key
    from bidding.ledger.note import Algorithm, VerifierKey

    twin = VerifierKey("w.example", Algorithm.COSIGNATURE, public_key(seed(LOG.name)))
    with pytest.raises(Malformed, match="cannot be a witness"):
        parse_policy(write_policy(LOG, [twin]))


def test_a_policy_for_no_panel_may_ask_for_no_witness():
    assert parse_policy(policy(), for_panel=False).satisfied([])


@pytest.mark.parametrize(
    ("enrolled", "quorum", "threshold"), [(2, 0, 2), (3, 0, 2), (2, 1, 1), (3, 3, 3), (2, 9, 2)]
)
def test_so_many_witnesses_must_cosign_and_never_more_than_there_are(enrolled, quorum, threshold):
    keys = [witness(f"w{n}.example").vkey for n in range(enrolled)]
    found = parse_policy(write_policy(log_key(), keys, quorum))
    assert found.groups["witnesses"][0] == threshold
    names = [key.name for key in keys]
    assert found.satisfied(names[:threshold])
    assert not found.satisfied(names[: threshold - 1])
