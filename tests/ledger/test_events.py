"""The shape of every event, and that leaves look alike."""

import copy

import pytest

from bidding.core.canonical import Malformed
from bidding.ledger.events import ENTRY_SIZE, SHAPES, UNDATED, EventType, check_event, commit, entry
from tests.ledger.logs import COVER, panel_event, policy, schedule_event, witness

H, S, U = "ab" * 32, "cd" * 64, "ef" * 16
DEALING = {"C": [H, H], "E": [H, H, H], "c": H, "z": [H, H, H]}
MANIFEST = {
    "v": 1,
    "type": "bid",
    "project": "T-1",
    "lot": "1",
    "panel": H,
    "bid": U,
    "sign_pub": H,
    "supersedes": None,
    "client": H,
    "envelopes": [
        {
            "id": "offer",
            "recipient": "age1x",
            "dealing": DEALING,
            "files": [{"n": 0, "size": 4096, "sha256": H}],
        }
    ],
}
LEAVES = [{"h": H, "excl": None, "unit": "u1"}, {"h": H, "excl": "recused", "unit": None}]
SPEC = {
    "v": 1,
    "id": "D-1",
    "max_per_unit": 1,
    "strata": [{"id": "civil", "need": 3, "backups": 2, "leaves": LEAVES}],
}
ORDER = {
    "v": 1,
    "type": "draw-order",
    "panel": H,
    "spec": SPEC,
    "parties": ["agency", "supervisor"],
    "after": None,
    "reason": None,
}
DEAL = {
    "v": 1,
    "type": "draw-deal",
    "panel": H,
    "draw": "D-1",
    "spec": H,
    "party": "agency",
    "sign_pub": H,
    "dealing": DEALING,
}

#: One good example of every type.
GOOD = {
    "panel": panel_event(policy(witness())),
    "schedule": {**schedule_event(9), "sigs": [{"i": 1, "sig": S}], "reason": "停电"},
    "notice": {"kind": "tender", "sha256": H},
    "bid": {"manifest": MANIFEST, "sig": S, "supersedes_sig": None},
    "withdraw": {
        "withdrawal": {"v": 1, "type": "withdrawal", "project": "T-1", "panel": H, "bid": U},
        "sig": S,
    },
    "override": {
        "order": {"v": 1, "type": "override", "project": "T-1", "panel": H, "bid": U, "reason": "密钥丢失"},
        "sigs": [{"i": 1, "sig": S}, {"i": 3, "sig": S}],
    },
    "paper": {"panel": H, "lot": "1", "bag": U, "holder": H, "copies": 2},
    "paper-back": {"bag": U},
    "paper-double": {"bag": U, "bid": U},
    "paper-sheet": {
        "bag": U,
        "tenderer": {"name": "某公司", "uscc": "X"},
        "salt": H,
        "fields": {"price_fen": 1},
        "void": None,
    },
    "cover": {},
    "attempt": {"code": "gate.too_late"},
    "hold": {"on": True, "reason": "停机"},
    "close": {"closes_at": 9, "count": 3, "size": 7, "root": H, "clock": {"source": "none"}},
    "failed": {"lot": "1", "reason": "不足三家"},
    "shares": {"i": 1, "stage": 1, "public": True, "sha256": H},
    "opened": {
        "stage": 1,
        "sheets": [{"bid": U, "envelope": "offer", "sha256": H}],
        "verdicts": [{"bid": U, "envelope": "offer", "verdict": "tenderer", "evidence": {"why": "key"}}],
    },
    "objection": {"sha256": H},
    "award": {"lot": "1", "sha256": H},
    "note": {"kind": "unwitnessed", "data": {"way": "words"}},
    "draw-spec": {"order": ORDER, "sig": S},
    "draw-deal": {"deal": DEAL, "sig": S},
    "draw-closed": {"draw": "D-1", "spec": H, "parties": ["agency", "supervisor"]},
    "draw-reveal": {"draw": "D-1", "party": "agency", "a0": H, "shares": None},
    "draw-call": {
        "draw": "D-1",
        "stratum": "civil",
        "h": H,
        "answer": "decline",
        "reason": "出差",
        "record": H,
    },
    "enrol": {"name": "supervisor", "pub": H, "sign": H, "sig": S},
    "genesis": {"project": "T-1", "origin": "a/p/T-1", "panel": H},
    "final": {"project": "T-1", "checkpoint": "a/p/T-1\n"},
}


def whole(kind):
    event = {"v": 1, "type": kind, **GOOD[kind]}
    return event if EventType(kind) in UNDATED else {"at": 1795395600, **event}


def places(value, path=()):
    """Every key of an event, as a path."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield (*path, key)
            yield from places(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from places(item, (*path, index))


def changed(event, path, how):
    event = copy.deepcopy(event)
    inner = event
    for step in path[:-1]:
        inner = inner[step]
    how(inner, path[-1])
    return event


def test_every_type_has_an_example_here():
    assert set(GOOD) == {kind.value for kind in EventType} == {kind.value for kind in SHAPES}


@pytest.mark.parametrize("kind", GOOD)
def test_a_good_event_of_every_type_is_taken(kind):
    assert check_event(whole(kind)) is EventType(kind)


@pytest.mark.parametrize("kind", GOOD)
def test_nothing_may_be_missing_added_or_of_another_kind(kind):
    event = whole(kind)
    for path in places(event):
        if {"evidence", "data", "clock", "fields"} & set(path[:-1]):
            continue  # evidence takes the form its verdict needs; data is free
        with pytest.raises(Malformed):
            check_event(changed(event, path, lambda inner, key: inner.pop(key)))
        if path[-1] != "evidence":
            with pytest.raises(Malformed):
                check_event(changed(event, path, lambda inner, key: inner.update({key: 1.5})))
    with pytest.raises(Malformed):
        check_event({**event, "more": 1})


@pytest.mark.parametrize("kind", ["cover", "panel"])
def test_undated_events_carry_no_time(kind):
    with pytest.raises(Malformed):
        check_event({**whole(kind), "at": 1})


@pytest.mark.parametrize(
    "event",
    [
        None,
        [],
        {"v": 1},
        {"v": 1, "type": "bribe", "at": 1},
        {**whole("attempt"), "v": 2},
        {**whole("attempt"), "v": True},
        {**whole("attempt"), "at": -1},
        {**whole("shares"), "public": 1},
        {**whole("enrol"), "name": "with a space"},
        {**whole("enrol"), "pub": H.upper()},
        {**whole("draw-call"), "answer": "perhaps"},
        {**whole("opened"), "verdicts": [{"bid": U, "envelope": "o", "verdict": "nobody", "evidence": None}]},
        {**whole("draw-reveal"), "shares": []},
        {**whole("draw-reveal"), "a0": None},
        {**whole("note"), "data": {"money": 1.5}},
        {**whole("note"), "data": {"键": 1}},
        {**whole("note"), "data": "text"},
    ],
)
def test_other_things_are_no_events(event):
    with pytest.raises(Malformed):
        check_event(event)


@pytest.mark.parametrize("kind", GOOD)
def test_every_leaf_looks_alike(kind):
    text = entry(commit(bytes(32), whole(kind)))
    assert len(text) == ENTRY_SIZE
    assert text.startswith('{"c":"')


def test_the_salt_hides_what_is_committed_to():
    assert commit(bytes(32), COVER) != commit(b"\x01" + bytes(31), COVER)
    with pytest.raises(Malformed, match="salt"):
        commit(bytes(31), COVER)
