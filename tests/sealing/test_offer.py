from __future__ import annotations

import pytest

from bidding.sealing.offer import (
    FieldMissing,
    FieldUnknown,
    FieldWrong,
    LotUnknown,
    TenderRefused,
    parse_tender,
    read_offer,
    shown,
)
from bidding.tenders.kinds import Family, PriceForm
from bidding.tenders.rules import sheet_fields
from tests.sealing.papers import OFFER, panel_event, tender_file

TENDER = parse_tender(tender_file())


def test_a_tender_file_is_read():
    assert TENDER.panel.project == "T-2026-1"
    assert TENDER.lot("2") == "管网"
    assert [field.name for field in TENDER.fields] == ["price_fen", "rate_ppm", "days", "quality", "remark"]
    with pytest.raises(LotUnknown) as caught:
        TENDER.lot("3")
    assert "1、2" in str(caught.value)


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"lots": []},
        {"lots": [{"code": "第一", "name": "x"}]},
        {"closes_at": "soon"},
        {"panel": panel_event(k=1)},
        {"fields": [{"name": "a", "label": "a", "kind": "float", "required": True}]},
        {"fields": [{"name": "名", "label": "a", "kind": "text", "required": True}]},
        {"fields": [{"name": "a", "label": "a", "kind": "text", "required": 1}]},
        {"more": 1},
    ],
    ids=["version", "no-lots", "lot-code", "closes-at", "panel", "kind", "name", "required", "extra"],
)
def test_a_tender_file_that_is_none_is_refused(change):
    with pytest.raises(TenderRefused):
        parse_tender(tender_file() | change)


@pytest.mark.parametrize("family", list(Family))
@pytest.mark.parametrize("form", list(PriceForm))
def test_the_fields_the_notice_serves_can_be_read(family, form):
    parse_tender(tender_file() | {"fields": sheet_fields(family, form)})


def test_texts_are_read_as_people_write_them_and_integers_in_the_fields_unit():
    wanted = {"price_fen": 123456789, "rate_ppm": 12500, "days": 90, "quality": "合格", "remark": None}
    assert read_offer(TENDER, OFFER) == wanted
    assert read_offer(TENDER, wanted) == wanted
    assert (
        read_offer(TENDER, OFFER | {"days": "９０", "rate_ppm": "1.25%", "price_fen": "¥1234567.89"})
        == wanted
    )


def test_everything_that_is_missing_is_named_at_once():
    with pytest.raises(FieldMissing) as caught:
        read_offer(TENDER, {"days": " ", "price_fen": None, "remark": "x"})
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
        read_offer(TENDER, OFFER | {name: value})
    assert caught.value.field == name
    assert name in str(caught.value)


def test_an_unknown_field_lists_the_known_ones():
    with pytest.raises(FieldUnknown, match="price_fen"):
        read_offer(TENDER, OFFER | {"price": "5"})


def test_values_are_read_back_in_words():
    fields = {field.name: field for field in TENDER.fields}
    assert shown(fields["price_fen"], 123456789) == "1,234,567.89 元（壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分）"
    assert [shown(fields["rate_ppm"], value) for value in (12500, 1_000_000, 1, 0)] == [
        "1.25%",
        "100%",
        "0.0001%",
        "0%",
    ]
    assert shown(fields["days"], 90) == "90"
    assert shown(fields["remark"], None) == "—"
