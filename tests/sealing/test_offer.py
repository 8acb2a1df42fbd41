from __future__ import annotations

import pytest

from bidding.sealing.offer import (
    EndingRefused,
    FieldMissing,
    FieldUnknown,
    FieldWrong,
    LotUnknown,
    SlotFull,
    SlotMissing,
    SlotUnknown,
    TenderRefused,
    above_ceiling,
    below_floor,
    check_files,
    parse_tender,
    read_offer,
    shown,
)
from bidding.tenders.kinds import PriceForm
from bidding.tenders.methods import PRESETS
from bidding.tenders.rules import file_slots, sheet_fields
from tests.sealing.papers import OFFER, SLOTS, lot, panel_event, sale, tender_file, two_envelopes

TENDER = parse_tender(tender_file())
LOT = TENDER.lot("1")


def test_a_tender_file_is_read():
    assert TENDER.panel.project == "T-2026-1"
    assert TENDER.lot("2").name == "管网"
    assert [field.name for field in LOT.fields] == ["price_fen", "rate_ppm", "days", "quality", "remark"]
    with pytest.raises(LotUnknown) as caught:
        TENDER.lot("3")
    assert "1、2" in str(caught.value)


@pytest.mark.parametrize(
    "change",
    [
        {"v": 1},
        {"lots": []},
        {"lots": [{"code": "第一", "name": "x", "fields": [], "slots": []}]},
        {"closes_at": "soon"},
        {"panel": panel_event(k=1)},
        {"lots": [lot("1", "a", [("a", "a", "float", True, None)])]},
        {"lots": [lot("1", "a", [("名", "a", "text", True, None)])]},
        {"lots": [lot("1", "a", [("a", "a", "text", 1, None)])]},
        {"lots": [lot("1", "a", [("a", "a", "fen", True, "5")])]},
        {"lots": [lot("1", "a", slots=[("文", "a", True, [], False)])]},
        {"lots": [lot("1", "a", slots=[("a", "a", True, ["pdf"], False)])]},
        {"lots": [lot("1", "a", slots=[("a", "a", True, [], "no")])]},
        {"more": 1},
    ],
    ids=[
        "version",
        "no-lots",
        "lot-code",
        "closes-at",
        "panel",
        "kind",
        "name",
        "required",
        "ceiling",
        "slot-code",
        "ending",
        "many",
        "extra",
    ],
)
def test_a_tender_file_that_is_none_is_refused(change):
    with pytest.raises(TenderRefused):
        parse_tender(tender_file() | change)


def test_with_several_envelopes_every_field_and_slot_says_where_it_lies():
    found = parse_tender(two_envelopes()).lot("1")
    assert {field.name: field.envelope for field in found.fields}["price_fen"] == "offer"
    assert {slot.code: slot.envelope for slot in found.slots} == {
        "technical": "files",
        "other": "files",
        "bill": "prices",
    }
    assert {field.envelope for field in LOT.fields} == {"offer"}
    assert {slot.envelope for slot in LOT.slots} == {"files"}


def _misplaced(place, envelope):
    made = two_envelopes()
    made["lots"][0][place][0]["envelope"] = envelope
    return made


@pytest.mark.parametrize(
    "made",
    [
        two_envelopes() | {"v": 2},
        tender_file() | {"v": 3},
        _misplaced("fields", "files"),
        _misplaced("fields", "third"),
        _misplaced("slots", "technical"),
        two_envelopes() | {"panel": panel_event()},
        tender_file() | {"v": 3, "panel": two_envelopes()["panel"]},
    ],
    ids=["too-old", "unsaid", "not-a-sheet", "unknown", "not-for-files", "other-panel", "no-place"],
)
def test_a_field_or_slot_without_a_place_is_refused(made):
    with pytest.raises(TenderRefused):
        parse_tender(made)


PAIRS = [(each.family, each.method) for each in PRESETS]


@pytest.mark.parametrize(("family", "method"), PAIRS)
@pytest.mark.parametrize("form", list(PriceForm))
def test_the_fields_the_notice_serves_can_be_read(family, method, form):
    fields = [field | {"ceiling": None} for field in sheet_fields(family, method, form)]
    (read,) = parse_tender(tender_file() | {"lots": [lot("1", "a") | {"fields": fields}]}).lots.values()
    assert len(read.fields) == len(fields)


@pytest.mark.parametrize(("family", "method"), PAIRS)
def test_the_slots_the_notice_serves_can_be_read(family, method):
    slots = file_slots(family, method, consortium=True)
    (read,) = parse_tender(tender_file() | {"lots": [lot("1", "a") | {"slots": slots}]}).lots.values()
    assert [slot.code for slot in read.slots if slot.required]
    assert "consortium" in [slot.code for slot in read.slots]


def test_files_are_checked_by_their_slots_all_of_them_at_once():
    place = parse_tender(
        tender_file() | {"lots": [lot("1", "道路", slots=[("q", "资格", True, [".pdf"], False), *SLOTS])]}
    ).lot("1")
    check_files(place, [("q", "a.PDF"), ("other", "b.zip"), ("other", "c")])
    for files, error, named in (
        ([("q", "a.pdf"), ("x", "a.pdf")], SlotUnknown, "technical"),
        ([("q", "a.pdf"), ("q", "b.pdf")], SlotFull, "资格"),
        ([("q", "a.docx")], EndingRefused, ".pdf"),
        ([("other", "a.pdf")], SlotMissing, "资格（q）"),
    ):
        with pytest.raises(error) as caught:
            check_files(place, files)
        assert named in str(caught.value)


def test_only_a_value_above_its_ceiling_is_above_it():
    price, rate = LOT.fields[:2]
    assert [above_ceiling(price, fen) for fen in (199_999_999, 200_000_000, 200_000_001)] == [
        False,
        False,
        True,
    ]
    assert not above_ceiling(rate, 10**9)
    assert not above_ceiling(price, None)


def test_what_is_sold_has_a_floor_in_a_form_of_its_own_and_only_below_it_is_below_it():
    price, rate = parse_tender(sale()).lot("1").fields[:2]
    assert (price.floor, price.ceiling, rate.floor) == (200_000_000, None, None)
    told = [below_floor(price, fen) for fen in (199_999_999, 200_000_000, 200_000_001, None)]
    assert told == [True, False, False, False]
    assert not below_floor(rate, 0)
    for version in (2, 3, 5):  # a client that does not know floors must not pass one by
        with pytest.raises(TenderRefused):
            parse_tender(sale() | {"v": version})
    without = sale()
    del without["lots"][0]["fields"][0]["floor"]
    with pytest.raises(TenderRefused):
        parse_tender(without)


def test_texts_are_read_as_people_write_them_and_integers_in_the_fields_unit():
    wanted = {"price_fen": 123456789, "rate_ppm": 12500, "days": 90, "quality": "合格", "remark": None}
    assert read_offer(LOT, OFFER) == wanted
    assert read_offer(LOT, wanted) == wanted
    assert (
        read_offer(LOT, OFFER | {"days": "９０", "rate_ppm": "1.25%", "price_fen": "¥1234567.89"}) == wanted
    )


def test_everything_that_is_missing_is_named_at_once():
    with pytest.raises(FieldMissing) as caught:
        read_offer(LOT, {"days": " ", "price_fen": None, "remark": "x"})
    for name in ("price_fen", "days", "quality"):
        assert name in str(caught.value)
    assert caught.value.field == "price_fen"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("price_fen", "1.234"),
        ("price_fen", "-5"),
        ("price_fen", "五百"),
        ("price_fen", -5),
        ("price_fen", True),
        ("price_fen", 1.5),
        ("price_fen", 2**53),
        ("days", "9.5"),
        ("days", "-9"),
        ("days", "九"),
        ("days", str(2**53)),
        ("rate_ppm", "1.23456"),
        ("rate_ppm", "x"),
        ("quality", 5),
        ("quality", "x" * 1001),
        ("remark", ["x"]),
    ],
)
def test_a_wrong_value_names_its_field(name, value):
    with pytest.raises(FieldWrong) as caught:
        read_offer(LOT, OFFER | {name: value})
    assert caught.value.field == name
    assert name in str(caught.value)


def test_an_unknown_field_lists_the_known_ones():
    with pytest.raises(FieldUnknown, match="price_fen"):
        read_offer(LOT, OFFER | {"price": "5"})


def test_values_are_read_back_in_words():
    fields = {field.name: field for field in LOT.fields}
    assert shown(fields["price_fen"], 123456789) == "1,234,567.89 元（壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分）"
    assert [shown(fields["rate_ppm"], value) for value in (12500, 1_000_000, 1, 0)] == [
        "1.25%",
        "100%",
        "0.0001%",
        "0%",
    ]
    assert shown(fields["days"], 90) == "90"
    assert shown(fields["remark"], None) == "—"
