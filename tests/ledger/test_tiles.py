"""Names of tiles: one name each."""

import pytest

from bidding.ledger.tiles import parse_tile_path, tile_path


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
