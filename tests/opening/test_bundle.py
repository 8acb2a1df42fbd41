from __future__ import annotations

import zipfile

import pytest

from bidding.core.archive import Unreadable
from bidding.core.canonical import Malformed, dumps, loads
from bidding.opening.bundle import (
    check_leaves,
    choose_checkpoints,
    draw_spans,
    open_zip,
    parse_bundle,
    replay_bundle,
    sealed_name,
    sealed_wanted,
)
from tests.opening.synthetic import closed, whole


@pytest.fixture(scope="module")
def finished():
    return whole("bundle")


def changed(tender, **changes):
    return dumps(loads(tender.bundle()) | changes)


def written(tmp_path, data):
    path = tmp_path / "opening.zip"
    path.write_bytes(data)
    return path


def test_a_bundle_is_read_back_as_it_was_written(finished):
    bundle = parse_bundle(finished.bundle())
    assert list(bundle.checkpoints) == finished.notes()
    assert list(bundle.opens) == finished.events
    assert [signed.value for signed in bundle.batches] == [signed.value for signed in finished.batches]
    record = replay_bundle(bundle, check_leaves(bundle))
    assert record.tree.root() == finished.tree().root()
    assert 1 in record.opened


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"v": 2}, "v is not 1"),
        ({"v": True}, "v is not 1"),
        ({"more": []}, "bundle"),
        ({"checkpoints": [1]}, "checkpoint 0"),
        ({"leaves": []}, "leaves, but"),
        ({"opens": [["00" * 32]]}, "leaf 0: not a salt and an event"),
        ({"opens": [["00", {}]]}, "leaf 0: salt"),
        ({"opens": [["00" * 32, {"type": "wish"}]]}, "leaf 0: event.type"),
        ({"batches": [{}]}, "share batch"),
        ({"keys": [{"bid": "00" * 16, "envelope": "offer"}]}, "keys"),
        ({"keys": [{"bid": "00", "envelope": "offer", "identity": "x"}]}, "bid"),
    ],
)
def test_another_shape_is_refused_with_its_place(finished, changes, why):
    with pytest.raises(Malformed, match=why):
        parse_bundle(changed(finished, **changes))


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"v":1,"v":1}', b"\xff", b'{"v":1.5}'])
def test_what_is_no_canonical_object_is_refused(data):
    with pytest.raises(Malformed):
        parse_bundle(data)


def test_a_number_of_thousands_of_digits_is_refused_and_not_converted():
    with pytest.raises(Malformed, match="bundle"):
        parse_bundle(b'{"v":' + b"9" * 10_000 + b"}")


def test_a_leaf_that_does_not_open_is_named(finished):
    value = loads(finished.bundle())
    value["opens"][3][0] = "00" * 32
    with pytest.raises(Malformed, match="leaf 3: does not open"):
        check_leaves(parse_bundle(dumps(value)))


def test_of_all_checkpoints_the_needed_ones_are_kept(finished):
    record = finished.record()
    chosen = [record.policy.read(note).head.size for note in choose_checkpoints(record, finished.notes())]
    assert chosen == sorted(chosen)
    assert record.close.head.size in chosen
    assert chosen[-1] == record.size
    ((first, last),) = draw_spans(record.draws).values()
    assert any(first < size <= last for size in chosen)
    assert len(chosen) < len(finished.notes())


def test_lines_of_strangers_are_left_out_of_what_is_chosen(finished):
    record = finished.record()
    size = record.size
    finished.marks[size]["w2"] = finished.marks[size]["w1"]
    try:
        assert "witness.example/w2" in finished.notes()[-1]
        assert "witness.example/w2" not in choose_checkpoints(record, finished.notes())[-1]
    finally:
        del finished.marks[size]["w2"]


def test_a_checkpoint_of_another_log_is_not_chosen(finished):
    with pytest.raises(Malformed):
        choose_checkpoints(finished.record(), ["other\n1\nAAAA\n\n— other AAAA\n"])


def test_a_draw_that_was_not_revealed_spans_nothing():
    assert draw_spans(closed("no draw").record().draws) == {}


def test_the_zip_holds_the_opened_sheets_and_the_names(finished, tmp_path):
    record = finished.record()
    with open_zip(written(tmp_path, finished.zip())) as archive:
        assert archive.read_bundle() == finished.bundle()
        assert archive.read_names() == finished.names
        assert archive.sealed == sealed_wanted(record).keys()
        for sealed in finished.wanted():
            with archive.stream(sealed_name(sealed.uid, "offer")) as source:
                assert source.read(1 << 24) == sealed.ciphertext


def test_the_same_parts_give_the_same_bytes(finished):
    assert finished.zip() == finished.zip()


def test_a_file_that_does_not_belong_there_or_stands_twice_is_refused(finished, tmp_path):
    for name in ("notes.txt", "sealed/00/offer.age", "../bundle.json", "sealed/" + "0" * 32 + "/a/b.age"):
        path = written(tmp_path, finished.zip())
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr(name, b"")
        with pytest.raises(Malformed, match="does not belong"), open_zip(path):
            pass
    path = written(tmp_path, finished.zip())
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr("bundle.json", b"{}")
    with pytest.raises(Malformed, match="twice"), open_zip(path):
        pass


def test_a_zip_without_a_bundle_or_that_is_none_is_unreadable(finished, tmp_path):
    path = tmp_path / "empty.zip"
    with zipfile.ZipFile(path, "w"):
        pass
    with pytest.raises(Unreadable), open_zip(path):
        pass
    for data in (b"", b"PK", finished.zip()[:-30]):
        with pytest.raises(Unreadable), open_zip(written(tmp_path, data)):
            pass
    with pytest.raises(FileNotFoundError), open_zip(tmp_path / "absent.zip"):
        pass


def test_damage_inside_shows_when_it_is_read(finished, tmp_path):
    data = bytearray(finished.zip())
    data[100] ^= 1
    with pytest.raises(Unreadable, match="damaged"), open_zip(written(tmp_path, bytes(data))) as archive:
        archive.read_bundle()
