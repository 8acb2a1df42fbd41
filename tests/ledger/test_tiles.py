"""Names of tiles: one name each."""

import pytest

from bidding.ledger.merkle import Tree, leaf_hash
from bidding.ledger.tiles import bundle, exists, hashes, parse_level, parse_tile_path, tile_path


@pytest.mark.parametrize(
    ("index", "width", "path"),
    [
        (0, 256, "000"),
        (0, 1, "000.p/1"),
        (255, 255, "255.p/255"),
        (999, 256, "999"),
        (1000, 256, "x001/000"),
        (1234067, 8, "x001/x234/067.p/8"),
    ],
)
def test_a_tile_has_one_name(index, width, path):
    assert tile_path(index, width) == path
    assert parse_tile_path(path) == (index, width)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "0",
        "00",
        "0000",
        "x000/000",
        "x001",
        "001/000",
        "000.p/0",
        "000.p/256",
        "000.p/01",
        "000.p/",
        "../000",
        "x001/x000/000/1",
    ],
)
def test_another_name_is_no_tile(path):
    assert parse_tile_path(path) is None


@pytest.mark.parametrize("text", ["", "00", "01", "-1", "64", "100", "x", "²"])
def test_another_level_is_none(text):
    assert parse_level(text) is None
    assert (parse_level("0"), parse_level("63")) == (0, 63)


def test_the_tiles_of_seventy_thousand_leaves_are_those_of_the_specification():
    """The example of tlog-tiles: 273 full tiles and one of 112; one full and one of 17; one of 1."""
    size = 70_000
    assert exists(0, 272, 256, size)
    assert exists(0, 273, 112, size)
    assert exists(0, 273, 111, size), "the part that an older checkpoint asks for"
    assert exists(1, 0, 256, size)
    assert exists(1, 1, 17, size)
    assert exists(2, 0, 1, size)
    for level, index, width in (
        (0, 273, 256),
        (0, 273, 113),
        (0, 272, 9),
        (0, 274, 1),
        (1, 1, 18),
        (2, 0, 2),
        (3, 0, 1),
    ):
        assert not exists(level, index, width, size)


def test_a_higher_tile_holds_the_roots_of_full_tiles_below():
    leaves = [leaf_hash(bytes([n % 251, n // 251])) for n in range(600)]
    tree = Tree(leaves)
    assert hashes(tree, 0, 1, 256) == b"".join(leaves[256:512])
    assert hashes(tree, 1, 0, 2) == Tree(leaves[:256]).root() + Tree(leaves[256:512]).root()


def test_entries_stand_after_their_length():
    assert bundle(["ab", "c"]) == b"\x00\x02ab\x00\x01c"
