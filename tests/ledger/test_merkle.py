"""Trees, roots and proofs, held against a naive reading of RFC 9162 §2.1."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bidding.ledger.merkle import (
    EMPTY_ROOT,
    Tree,
    leaf_hash,
    node_hash,
    root,
    verify_consistency,
    verify_inclusion,
)

LEAVES = [leaf_hash(bytes([number])) for number in range(70)]


def naive(leaves):
    """MTH as the RFC writes it."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(naive(leaves[:split]), naive(leaves[split:]))


def test_a_leaf_never_passes_for_a_node():
    assert leaf_hash(b"x") != hashlib.sha256(b"x").digest()
    assert node_hash(LEAVES[0], LEAVES[1]) != leaf_hash(LEAVES[0] + LEAVES[1])


def test_the_root_of_nothing_is_the_hash_of_nothing():
    assert Tree().root() == root([]) == EMPTY_ROOT == naive([])


@pytest.mark.parametrize("size", range(70))
def test_roots_are_those_of_the_rfc_at_every_earlier_size(size):
    assert Tree(LEAVES).root(size) == root(LEAVES[:size]) == naive(LEAVES[:size])


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 31, 33, 64, 65])
def test_every_leaf_proves_itself_and_no_other_place(size):
    tree = Tree(LEAVES)
    for index in range(size):
        path = tree.inclusion(index, size)
        assert verify_inclusion(LEAVES[index], index, size, path, tree.root(size))
        assert not verify_inclusion(LEAVES[index], index + 1, size, path, tree.root(size))
        assert not verify_inclusion(LEAVES[index + 1], index, size, path, tree.root(size))


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 31, 33, 64])
def test_every_earlier_tree_is_a_prefix_and_no_other_is(size):
    tree = Tree(LEAVES)
    for old in range(size + 1):
        path = tree.consistency(old, size)
        assert verify_consistency(old, size, path, tree.root(old), tree.root(size))
        other = tree.root(old + 1)
        assert not verify_consistency(old, size, path, other, tree.root(size))


@given(st.integers(1, 60), st.data())
@settings(max_examples=60)
def test_a_damaged_proof_is_refused(size, data):
    tree = Tree(LEAVES)
    index = data.draw(st.integers(0, size - 1))
    path = tree.inclusion(index, size)
    damage = data.draw(st.sampled_from(["bit", "drop", "add", "short"]))
    if damage == "add":
        path = [*path, LEAVES[0]]
    elif not path:
        return
    elif damage == "drop":
        path = path[:-1]
    elif damage == "short":
        path = [path[0][:31], *path[1:]]
    else:
        place = data.draw(st.integers(0, len(path) - 1))
        path[place] = bytes([path[place][0] ^ 1]) + path[place][1:]
    assert not verify_inclusion(LEAVES[index], index, size, path, tree.root(size))


def test_subtrees_are_what_tiles_hold():
    tree = Tree(LEAVES[:8])
    assert tree.subtree(0, 3) == tree.leaf(3) == LEAVES[3]
    assert tree.subtree(3, 0) == tree.root()
    assert tree.subtree(1, 1) == node_hash(LEAVES[2], LEAVES[3])


def test_what_lies_beyond_the_end_is_refused():
    tree = Tree(LEAVES[:3])
    with pytest.raises(ValueError, match="3 leaves"):
        tree.root(4)
    with pytest.raises(ValueError, match="not in a tree"):
        tree.inclusion(3)
    with pytest.raises(ValueError, match="no prefix"):
        tree.consistency(3, 2)
    with pytest.raises(ValueError, match="32 bytes"):
        tree.append(b"short")


def test_nothing_is_a_prefix_of_everything_with_an_empty_proof():
    tree = Tree(LEAVES[:3])
    assert verify_consistency(0, 3, [], EMPTY_ROOT, tree.root())
    assert not verify_consistency(0, 3, [LEAVES[0]], EMPTY_ROOT, tree.root())
    assert not verify_consistency(0, 3, [], tree.root(), tree.root())
    assert not verify_consistency(2, 3, [], tree.root(2), tree.root())
    assert not verify_consistency(3, 2, [], tree.root(3), tree.root(2))
    assert not verify_consistency(-1, -1, [], EMPTY_ROOT, EMPTY_ROOT)
