"""Filling a record and what stands against it, each type on its boundary."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding.core.money import MAX_FEN
from bidding.province.mapping import DataSet, Field, plan, table
from bidding.province.records import Fen, Item, as_text, as_typed, fill, fits

MIDNIGHT = datetime(2026, 11, 23, 16, 0, 5, tzinfo=UTC)  # the next day in Shanghai


@pytest.mark.parametrize(
    ("kind", "value", "good"),
    [
        ("=3", "156", True),
        ("=3", "15", False),
        ("=3", "1567", False),
        ("<=3", "一二三", True),
        ("<=3", "一二三四", False),
        (">=3", "一二三", True),
        (">=3", "一二", False),
        ("N(2,0)", "99", True),
        ("N(2,0)", "0099", True),
        ("N(2,0)", "100", False),
        ("N(2,0)", "9.5", False),
        ("N(2,0)", "9.0", True),
        ("N(2,1)", "-99.5", True),
        ("N(2,1)", "99.55", False),
        ("N(2,1)", "", False),
        ("N(2,1)", "1e1", False),
        ("N(2,1)", "１", False),
        ("T14", "20261123093000", True),
        ("T14", "20261123246000", False),
        ("T14", "20261123", False),
        ("T14", "20260230093000", False),
        ("T8", "20261123", True),
        ("T8", "20261131", False),
        ("T8", "2026112", False),
        ("", "任意", True),
    ],
)
def test_each_type_on_its_boundary(kind, value, good):
    assert (fits(kind, value) is None) == good


@pytest.mark.parametrize(
    ("raw", "kind", "text"),
    [
        (MIDNIGHT, "T14", "20261124000005"),
        (MIDNIGHT, "T8", "20261124"),
        (date(2026, 11, 23), "T8", "20261123"),
        (date(2026, 11, 23), "T14", "20261123000000"),
        (Fen(1), "N(14,6)", "0.01"),
        (Fen(1_286_000_000), "N(14,6)", "12860000.00"),
        (True, "=1", "true"),
        (3, "N(2,0)", "3"),
        ("  两端空白 ", "<=9", "两端空白"),
    ],
)
def test_facts_are_written_as_the_province_writes_them(raw, kind, text):
    assert as_text(raw, kind) == text


@given(st.integers(0, MAX_FEN))
def test_every_amount_that_the_product_knows_fits_and_loses_nothing(fen):
    text = as_text(Fen(fen), "N(14,6)")
    assert fits("N(14,6)", text) is None
    assert Decimal(text) * 100 == fen


@pytest.mark.parametrize(
    ("kind", "typed", "sent"),
    [
        ("T14", "2026-11-23 09:30", "20261123093000"),
        ("T14", "2026-11-23", "20261123000000"),
        ("T14", "2026年11月", "202611"),
        ("T8", "2026/11/23", "20261123"),
        ("N(14,6)", "1,234.50", "1234.50"),
        ("<=9", " 张三 ", "张三"),
    ],
)
def test_what_people_type_is_taken_as_they_write_it(kind, typed, sent):
    assert as_typed(kind, typed) == sent


def field(**more):
    return Field(
        **(
            {
                "code": "F",
                "name": "字段",
                "sent_as": "F",
                "required": True,
                "type": "<=4",
                "book": "",
                "source": "lot.name",
                "value": "",
                "codes": "",
                "ask": "lot",
            }
            | more
        )
    )


def filled(one, facts=None, answers=None, profile=""):
    found = DataSet("1", "T", "集", "lot", frozenset(), (one,), "")
    item = Item(facts or {}, {"lot": "1"})
    return fill(found, item, answers or {}, plan(profile)).filled[0]


HAND = {("lot", "1", "F"): "补录"}


@pytest.mark.parametrize(
    ("one", "facts", "answers", "value", "fault"),
    [
        (field(), {"lot.name": "标段"}, {}, "标段", False),
        (field(), {"lot.name": "标段"}, HAND, "标段", False),  # what the product knows is not written over
        (field(), {}, {}, "", True),
        (field(), {}, HAND, "补录", False),
        (field(), {"lot.name": "太长的名字"}, {}, "太长的名字", True),
        (field(), {"lot.name": "太长的名字"}, HAND, "补录", False),
        (field(required=False), {"lot.name": "太长的名字"}, {}, "", False),
        (field(required=False), {}, {}, "", False),
        (field(required=False, source=""), {}, HAND, "补录", False),
        (field(type="=3"), {}, HAND, "补录", True),
        (field(), {}, {("lot", "2", "F"): "别的标段"}, "", True),
        (field(value="156", source=""), {}, {}, "156", False),
        (field(codes="price-form", type="=1"), {"lot.name": "amount"}, {}, "1", False),
        (field(codes="role", type="=2"), {"lot.name": "owner"}, {}, "", True),
        (field(codes="role", type="=2", required=False), {"lot.name": "owner"}, {}, "", False),
        (field(codes="role", type="=2"), {"lot.name": "owner"}, {("lot", "1", "F"): "03"}, "03", False),
    ],
)
def test_what_is_known_comes_first_and_a_person_fills_what_is_missing_or_does_not_fit(
    one, facts, answers, value, fault
):
    found = filled(one, facts, answers)
    assert (found.value, found.problem is not None) == (value, fault)


def test_a_centres_file_gives_the_code_that_the_product_does_not_know():
    found = filled(
        field(codes="role", type="=2"), {"lot.name": "owner"}, {}, '{"codes": {"role": {"owner": "02"}}}'
    )
    assert (found.value, found.problem) == ("02", None)


@pytest.mark.parametrize(
    ("source", "words"),
    [("centre.platform", "centre"), ("lot.deal_code", "PROVINCE_PLATFORM"), ("lot.name", "补录")],
)
def test_what_is_missing_says_where_it_is_to_be_filled_in(source, words):
    assert words in filled(field(source=source)).problem.advice


def test_a_record_is_sent_by_the_receivers_names_without_what_is_empty():
    one, two = field(sent_as="X"), field(code="G", sent_as="G", required=False, source="")
    found = DataSet("1", "T", "集", "lot", frozenset(), (one, two), "")
    record = fill(found, Item({"lot.name": "标段"}, {"lot": "1"}), {}, table())
    assert (record.values, record.problems) == ({"X": "标段"}, [])
