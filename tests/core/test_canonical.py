"""Canonical JSON as the protocol restricts it, and injective hashing."""

import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from bidding.core.canonical import (
    MAX_INTEGER,
    Malformed,
    array,
    b64,
    boolean,
    dumps,
    exactly,
    identifier,
    integer,
    loads,
    lp,
    sha,
    text_of,
    unb64,
    unhex,
)

keys = st.text(st.characters(codec="ascii"), max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)


@given(values)
def test_what_is_written_is_read_back_and_written_the_same(value):
    text = dumps(value)
    assert loads(text) == value
    assert dumps(loads(text)) == text


@given(values)
def test_it_is_rfc_8785_as_another_implementation_writes_it(value):
    assert dumps(value) == rfc8785.dumps(value)


def test_keys_are_sorted_and_nothing_is_padded():
    assert dumps({"b": [1, None, True], "a": "开标"}) == '{"a":"开标","b":[1,null,true]}'.encode()


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        float("nan"),
        MAX_INTEGER + 1,
        -MAX_INTEGER - 1,
        {"键": 1},
        {1: 2},
        b"x",
        (1,),
        "\ud800",
        {"a": [{"b": 0.1}]},
    ],
)
def test_what_has_no_canonical_form_is_refused(value):
    with pytest.raises(Malformed):
        dumps(value)


@pytest.mark.parametrize(
    "text",
    [
        b'{"a":1,"a":1}',
        b"1.0",
        b"1e3",
        b"NaN",
        b"Infinity",
        b"9007199254740992",
        b'{"\xe9\x94\xae":1}',
        b'"\\ud800"',
        b"\xff",
        b"{",
        b"",
        b"[" * 100_000,
        b"[" * 500 + b"]" * 500,
        b"9" * 5000,
    ],
    ids=[
        "twice",
        "float",
        "exponent",
        "nan",
        "infinity",
        "huge",
        "key",
        "surrogate",
        "bytes",
        "cut",
        "empty",
        "deep",
        "deep and whole",
        "thousands of digits",
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(text):
    with pytest.raises(Malformed):
        loads(text)


def test_a_refusal_names_the_place():
    with pytest.raises(Malformed, match=r"\$\.a\[1\]\.b"):
        dumps({"a": [0, {"b": 1.5}]})


def test_objects_have_exactly_their_keys():
    assert exactly({"a": 1, "b": 2}, "a b", "x") == {"a": 1, "b": 2}
    for value in ({"a": 1}, {"a": 1, "b": 2, "c": 3}, [], None):
        with pytest.raises(Malformed, match="x"):
            exactly(value, "a b", "x")


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (text_of, ["", "文"], [None, 1, b""]),
        (identifier, ["T-2026.1_a", "9", "a" * 64], ["", "-a", "a" * 65, "a b", "标", "a\n", None]),
        (integer, [0, 7, MAX_INTEGER], [-1, True, 1.0, "1", MAX_INTEGER + 1]),
        (boolean, [True, False], [0, 1, None]),
        (array, [[], [1]], [(), {}, None]),
    ],
)
def test_values_are_of_their_kind(check, good, bad):
    for value in good:
        assert check(value, "x") == value
    for value in bad:
        with pytest.raises(Malformed, match="x"):
            check(value, "x")


def test_integers_have_bounds():
    assert integer(3, "x", 1, 3) == 3
    for value in (0, 4):
        with pytest.raises(Malformed):
            integer(value, "x", 1, 3)


def test_hex_and_base64_have_one_spelling():
    assert unhex("00ff", 2, "x") == b"\x00\xff"
    for text in ("00FF", "00f", "00ff00", "zz", " 00ff", "00ff\n", None):
        with pytest.raises(Malformed):
            unhex(text, 2, "x")
    assert unb64(b64(b"\xfb\xff"), "x") == b"\xfb\xff"
    for text in ("+/8", "+/9=", "-_8=", "+/8=\n", "标", None):
        with pytest.raises(Malformed):
            unb64(text, "x")


@given(st.lists(st.binary(max_size=6), max_size=4), st.lists(st.binary(max_size=6), max_size=4))
def test_prefixed_parts_never_run_together(one, other):
    assert (lp(*one) == lp(*other)) == (one == other)


def test_hashes_are_plain_sha256():
    assert sha("a", b"b") == sha(b"ab")
    assert sha().hex().startswith("e3b0c442")
    assert lp("标", b"\x01").hex() == "00000003e6a0870000000101"
    assert json.loads(dumps({"a": "\u2028"})) == {"a": "\u2028"}
