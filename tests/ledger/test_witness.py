"""A witness cosigns what continues, remembers before it answers, and keeps the proof of a fork."""

import os

import pytest

from bidding.core.canonical import Malformed, dumps
from bidding.core.entropy import ReplayEntropy
from bidding.ledger.merkle import Tree, leaf_hash
from bidding.ledger.note import BadSignature, Head, open_note, sign_note
from bidding.ledger.wire import write_add_checkpoint
from bidding.ledger.witness import (
    Conflict,
    Fork,
    Refused,
    StateFile,
    Witness,
    new_key,
    parse_key,
    parse_requests,
)
from tests.ledger.logs import MONDAY, log_key, seed, witness

LOG = log_key()
TREE = Tree(leaf_hash(bytes([n])) for n in range(20))
OTHER = Tree(leaf_hash(bytes([n, 1])) for n in range(20))


def note(size, tree=TREE, key=None):
    return sign_note(Head(LOG.name, size, tree.root(size)), seed(key or LOG.name))


def ask(own, old, size, *, tree=TREE, proof=None, vkey=LOG, key=None):
    path = tree.consistency(old, size) if proof is None else proof
    return own.cosign(write_add_checkpoint(old, path, note(size, tree, key)), str(vkey), MONDAY)


@pytest.fixture
def own():
    return witness()


def test_a_growing_log_is_cosigned_again_and_again(own):
    for old, size in ((0, 3), (3, 8), (8, 8), (8, 20)):
        line = ask(own, old, size)
        opened = open_note(note(size) + line, [own.vkey])
        assert opened.signers == {own.vkey: (MONDAY,)}
        assert own.sizes() == {LOG.name: size}
    assert own.note(LOG.name) == note(20)
    assert own.note("another") is None


def test_the_first_tree_is_taken_on_trust_but_only_from_nothing(own):
    with pytest.raises(Conflict):
        ask(own, 3, 8)
    with pytest.raises(Malformed, match="from size 0"):
        ask(own, 0, 8, proof=[bytes(32)])
    assert own.sizes() == {}


def test_a_request_must_start_where_the_witness_stands(own):
    ask(own, 0, 8)
    with pytest.raises(Conflict) as conflict:
        ask(own, 3, 20)
    assert conflict.value.size == 8
    with pytest.raises(Malformed, match="beyond"):
        own.cosign(write_add_checkpoint(9, [], note(8)), str(LOG), MONDAY)


@pytest.mark.parametrize("size", [8, 20], ids=["same size", "greater"])
def test_a_fork_is_refused_and_proved(own, size):
    ask(own, 0, 8)
    with pytest.raises(Fork) as fork:
        ask(own, 8, size, tree=OTHER)
    assert note(8) in fork.value.evidence
    assert note(size, OTHER) in fork.value.evidence
    assert own.note(LOG.name) == note(8)


def test_a_log_that_shrinks_is_refused(own):
    ask(own, 0, 8)
    with pytest.raises(Conflict):
        ask(own, 3, 3)


def test_a_log_may_not_change_its_key(own):
    ask(own, 0, 8)
    from bidding.core.signing import public_key
    from bidding.ledger.note import Algorithm, VerifierKey

    new = VerifierKey(LOG.name, Algorithm.ED25519, public_key(seed("new")))
    with pytest.raises(Refused, match="key has changed"):
        ask(own, 8, 20, vkey=new, key="new")


def test_an_unsigned_or_foreign_checkpoint_is_refused(own):
    with pytest.raises(BadSignature):
        ask(own, 0, 3, key="forger")
    with pytest.raises(Malformed, match="wrong type"):
        ask(own, 0, 3, vkey=own.vkey)
    other = log_key("bids.example.gov.cn/p/Y")
    text = note(3) + sign_note(Head(LOG.name, 3, TREE.root(3)), seed(other.name)).splitlines()[-1] + "\n"
    with pytest.raises(BadSignature):
        own.cosign(write_add_checkpoint(0, [], text), str(other), MONDAY)


def test_what_was_promised_is_remembered_before_the_line_exists(own):
    """A state that cannot be written must leave no line behind."""

    def fails(_seen):
        raise OSError

    own._state.save = fails
    with pytest.raises(OSError):  # noqa: PT011 — the test's own
        ask(own, 0, 3)


def test_the_memory_survives_in_a_file(tmp_path):
    state = StateFile(tmp_path / "state.json")
    assert state.load() == {}
    first = Witness("w.example", seed("w"), state)
    ask(first, 0, 8)
    again = Witness("w.example", seed("w"), StateFile(tmp_path / "state.json"))
    assert again.sizes() == {LOG.name: 8}
    with pytest.raises(Fork):
        ask(again, 8, 8, tree=OTHER)
    assert not [name for name in os.listdir(tmp_path) if name not in ("state.json", "state.json.lock")]


@pytest.mark.parametrize(
    "text", [b"", b"{}", b'{"logs":[],"v":1}', b'{"logs":{},"v":2}', b'{"logs":{"a":{"size":1}},"v":1}']
)
def test_a_damaged_memory_stops_the_witness(tmp_path, text):
    (tmp_path / "state.json").write_bytes(text)
    with pytest.raises(Malformed):
        ask(Witness("w.example", seed("w"), StateFile(tmp_path / "state.json")), 0, 8)


def test_a_key_survives_being_written():
    text = new_key("w1.example.gov.cn", ReplayEntropy(b"k"))
    name, own_seed = parse_key(text)
    assert name == "w1.example.gov.cn"
    assert Witness(name, own_seed, StateFile("unused")).vkey.name == name
    assert own_seed == ReplayEntropy(b"k").bytes(32)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("PRIVATE", "PUBLIC"),
        lambda text: text.replace("w1", "w2"),
        lambda text: text[:-6],
        lambda text: text.rsplit("+", 1)[0],
    ],
)
def test_a_key_that_is_not_whole_is_refused(change):
    with pytest.raises(Malformed):
        parse_key(change(new_key("w1.example.gov.cn", ReplayEntropy(b"k"))))


def test_a_name_with_a_space_makes_no_key():
    with pytest.raises(Malformed):
        new_key("two words", ReplayEntropy(b"k"))


def test_the_servers_answer_is_read_strictly():
    body = dumps({"v": 1, "requests": [{"vkey": "k", "request": "r"}], "show": ["o"]})
    assert parse_requests(body) == ([("k", "r")], ["o"])
    for bad in (
        {"v": 1, "requests": []},
        {"v": 2, "requests": [], "show": []},
        {"v": 1, "requests": [{}], "show": []},
    ):
        with pytest.raises(Malformed):
            parse_requests(dumps(bad))
