"""Bids on paper in a log: what may stand where, what they count for, and how a verifier sees them."""

from __future__ import annotations

import pytest

from bidding.core.canonical import Malformed
from bidding.opening.bags import ALLOWED, DOUBLE
from bidding.opening.record import End
from bidding.sealing.holder import holder_hash
from tests.opening.synthetic import CLOSES, Synthetic

DAY = CLOSES - 86_400
SALT = bytes(range(32))
FIELDS = {"price_fen": 1_190_000_000, "days": 90}


def begun(*, allowed=True):
    made = Synthetic("bids on paper")
    made.publish()
    if allowed:
        made.add("note", DAY - 10, kind=ALLOWED, data={})
    return made


def take_in(made, name, when, *, lot="1", **changes):
    """A bag of ``name``; its uid."""
    uid = made.entropy.bytes(16).hex()
    fields = {
        "panel": made.panel.hash.hex(),
        "lot": lot,
        "bag": uid,
        "holder": holder_hash(SALT, name, f"USCC-{name}"),
        "copies": 2,
    }
    made.add("paper", when, **(fields | changes))
    made.mark(when + 30)
    return fields["bag"]


def read(made, bag, name, *, fields=FIELDS, void=None, salt=SALT, when=CLOSES + 300):
    who = {"name": name, "uscc": f"USCC-{name}"}
    made.add("paper-sheet", when, bag=bag, tenderer=who, salt=salt.hex(), fields=fields, void=void)


def mixed():
    """A sealed bid of ``lan`` and of ``he``, bags of ``yun`` and of ``he``; closed, the second bag a double."""
    made = begun()
    made.bid("lan", 1_200_000_000, DAY)
    yun, double = take_in(made, "yun", DAY + 100), take_in(made, "he", DAY + 200)
    made.bid("he", 1_180_000_000, DAY + 300)
    size = len(made.events)
    root = made.tree().root().hex()
    made.add("close", CLOSES, closes_at=CLOSES, count=4, size=size, root=root, clock={})
    made.mark(CLOSES + 3)
    made.add("paper-double", CLOSES + 4, bag=double, bid=made.bids["he"].uid)
    made.mark(CLOSES + 10)
    return made, yun, double


def opened(made):
    made.share()
    made.opened()
    return made


def refused(made, why):
    with pytest.raises(Malformed, match=why):
        made.record()


def test_bags_count_toward_the_close_and_stand_in_their_place_among_the_rows():
    made, yun, double = mixed()
    record = made.record()
    assert record.bids[double].end is End.DOUBLE
    assert record.rows(1) == [made.bids["lan"].uid, yun, made.bids["he"].uid]
    assert len(record.to_be_shared(1, public=True)) == 2
    assert record.short_lots() == set()


@pytest.mark.parametrize(
    ("play", "why"),
    [
        (lambda made: take_in(begun_into(made, allowed=False), "lan", DAY), "takes no bids on paper"),
        (lambda made: take_in(made, "lan", CLOSES), "the deadline was"),
        (lambda made: take_in(made, "lan", DAY, copies=0), "no copies"),
        (lambda made: take_in(made, "lan", DAY, panel="00" * 32), "another panel"),
        (lambda made: (take_in(made, "lan", DAY), take_in(made, "he", DAY + 1, bag=bag_of(made))), "already"),
        (lambda made: made.add("paper-back", DAY, bag="00" * 16), "no bag"),
        (lambda made: (made.bid("lan", 1, DAY), made.add("note", DAY + 60, kind=ALLOWED, data={})), "once"),
        (lambda made: (made.bid("lan", 1, DAY), back(made, made.bids["lan"].uid)), "no bag"),
    ],
    ids=["unasked", "late", "empty", "panel", "twice", "unknown", "allowed-late", "a-bid-is-no-bag"],
)
def test_a_bag_out_of_its_place_is_refused(play, why):
    made = begun()
    play(made)
    refused(made, why)


def begun_into(made, *, allowed):
    made.events = begun(allowed=allowed).events
    return made


def bag_of(made):
    return made.event("paper")["bag"]


def back(made, uid):
    made.add("paper-back", DAY + 60, bag=uid)


def test_a_bag_taken_back_counts_no_more():
    made = begun()
    uid = take_in(made, "lan", DAY)
    back(made, uid)
    assert made.record().effective() == []
    back(made, uid)
    refused(made, "was back at leaf")


def test_a_sheet_out_of_its_place_is_refused():
    made, yun, double = mixed()
    before = len(made.events)
    read(made, yun, "yun")
    refused(made, "before the sheets are open")
    del made.events[before:]
    opened(made)
    kept = list(made.events)
    for play, why in (
        (lambda: read(made, yun, "he"), "not the bag's"),
        (lambda: read(made, yun, "yun", salt=bytes(32)), "not the bag's"),
        (lambda: read(made, yun, "yun", fields=None), "exactly one"),
        (lambda: read(made, yun, "yun", void="empty"), "exactly one"),
        (lambda: read(made, yun, "yun", fields=None, void=DOUBLE), "double if, and only if"),
        (lambda: read(made, double, "he"), "double if, and only if"),
        (lambda: read(made, made.bids["lan"].uid, "lan"), "no bag to be opened"),
        (lambda: (read(made, yun, "yun"), read(made, yun, "yun")), "was read at leaf"),
    ):
        made.events = list(kept)
        play()
        refused(made, why)


def test_an_extension_asks_again_what_is_a_double():
    made, _, double = mixed()
    made.extend(CLOSES + 7_200, CLOSES + 600)
    record = made.record()
    assert record.bids[double].end is None
    assert record.doubles == {}


def test_trustees_open_nothing_where_a_bag_was_witnessed_too_late():
    made = begun()
    for number, name in enumerate(("lan", "he", "yun")):
        made.bid(name, 1_200_000_000 + number, DAY + number)
    uid = made.entropy.bytes(16).hex()
    holder = holder_hash(SALT, "late", "USCC-late")
    made.add("paper", CLOSES - 1, panel=made.panel.hash.hex(), lot="1", bag=uid, holder=holder, copies=1)
    made.close()
    for marks in made.marks.values():
        for name, when in marks.items():
            if when >= CLOSES:
                marks[name] = when + 120
    with pytest.raises(Malformed, match="no checkpoint shows that it was there in time"):
        made.share()
