"""The verifier's view: every event that may not stand where it stands is refused, with its reason."""

from __future__ import annotations

import copy

import pytest

from bidding.core.canonical import Malformed, sha
from bidding.core.entropy import ReplayEntropy
from bidding.core.signing import sign_object
from bidding.experts import client
from bidding.experts.client import ClosedFile, DealFile, ShareFile
from bidding.experts.draw import check_spec, draw, draw_seed, party_ctx, spec_hash
from bidding.experts.replay import ORDER_TAG, Replay, replay_draws
from bidding.sealing.dealing import trustee_sign_seed
from bidding.sealing.keys import TrusteeKey
from bidding.sealing.panel import parse_panel
from tests.experts.test_draw import people, spec_of
from tests.sealing.keyring import STANDING, seed_of
from tests.sealing.papers import panel_event

PANEL = parse_panel(panel_event())
PARTIES = ["administrator", "agency", "supervisor"]
SPEC = check_spec(spec_of(("a", 2, 2, people(12)), ("b", 1, 1, people(12)[6:])))


def key(name):
    return TrusteeKey(name, seed_of(name))


def ordered(spec=SPEC, *, after=None, reason=None, parties=PARTIES, signer="supervisor", panel=PANEL):
    order = {
        "v": 1,
        "type": "draw-order",
        "panel": panel.hash.hex(),
        "spec": spec,
        "parties": parties,
        "after": after,
        "reason": reason,
    }
    sig = sign_object(trustee_sign_seed(seed_of(signer)), ORDER_TAG, order)
    return {"v": 1, "type": "draw-spec", "at": 1, "order": order, "sig": sig}


class Told:
    """The events of a whole draw, in order, and the secrets behind them."""

    def __init__(self, spec=SPEC, **changes):
        self.spec, self.digest = spec, spec_hash(spec)
        entropy = ReplayEntropy(b"replay")
        file = DealFile(PANEL, spec["id"], self.digest, tuple(PARTIES))
        self.order = ordered(spec, **changes)
        self.deals, self.secrets = [], {}
        for name in PARTIES:
            made, secret = client.make_deal(file, key=key(name), entropy=entropy)
            self.deals.append({"v": 1, "type": "draw-deal", "at": 2, **made})
            self.secrets[name] = secret
        self.closed = {
            "v": 1,
            "type": "draw-closed",
            "at": 3,
            "draw": spec["id"],
            "spec": self.digest.hex(),
            "parties": PARTIES,
        }
        self.reveals = [self.revealed(name) for name in PARTIES]

    def revealed(self, name, **changes):
        event = {
            "v": 1,
            "type": "draw-reveal",
            "at": 4,
            "draw": self.spec["id"],
            "party": name,
            "a0": self.secrets[name].a0,
            "shares": None,
        }
        return event | changes

    def shares(self, name, trustees):
        dealing = next(d["deal"]["dealing"] for d in self.deals if d["deal"]["party"] == name)
        closed = ClosedFile(PANEL, self.spec["id"], self.digest, tuple(PARTIES))
        file = ShareFile(closed, name, party_ctx(PANEL.hash, self.digest, name), dealing)
        made = [client.make_party_share(file, key(t), ReplayEntropy(t.encode())) for t in trustees]
        return sorted((one["share"] for one in made), key=lambda share: share["i"])

    @property
    def events(self):
        return [self.order, *self.deals, self.closed, *self.reveals]


@pytest.fixture(scope="module")
def told():
    return Told()


def replayed(events):
    return replay_draws(enumerate(copy.deepcopy(events), 10), PANEL, PANEL.hash)


def refused(events, words):
    with pytest.raises(Malformed, match=words):
        replayed(events)


def call(told, h, answer="accept", stratum="a", **changes):
    gone = answer not in ("accept", "skip")
    event = {
        "v": 1,
        "type": "draw-call",
        "at": 5,
        "draw": told.spec["id"],
        "stratum": stratum,
        "h": h,
        "answer": answer,
        "reason": "ill" if gone else None,
        "record": "0" * 64 if gone else None,
    }
    return event | changes


def test_a_whole_draw(told):
    (record,) = replayed([{"type": "cover"}, *told.events])
    assert record.parties == tuple(PARTIES)
    assert record.missing == ()
    assert record.closed_index < record.first_reveal_index
    values = {name: reveal.value for name, reveal in record.reveals.items()}
    assert record.seed == draw_seed(told.digest, values)
    assert record.results == draw(record.seed, told.spec)


def test_who_reveals_last_and_how_changes_nothing(told):
    (own,) = replayed(told.events)
    by_trustees = told.revealed(
        "agency", a0=None, shares=told.shares("agency", ["finance", "notary", "agency"])
    )
    (other,) = replayed(
        [told.order, *told.deals[::-1], told.closed, told.reveals[2], by_trustees, told.reveals[0]]
    )
    assert (own.seed, own.results) == (other.seed, other.results)
    assert other.reveals["agency"].by_trustees


def test_a_change_in_any_contribution_changes_the_seed(told):
    values = {name: reveal.value for name, reveal in replayed(told.events)[0].reveals.items()}
    for name in values:
        assert draw_seed(told.digest, values | {name: sha("other")}) != draw_seed(told.digest, values)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"signer": "finance"}, "not the supervisor seat's"),
        ({"parties": ["supervisor"]}, "two or more"),
        ({"parties": PARTIES[::-1]}, "sorted"),
        ({"parties": ["agency", "agency", "supervisor"]}, "sorted"),
        ({"parties": ["agency", "stranger"]}, "no seat"),
        ({"after": "earlier", "reason": "x"}, "after is"),
        ({"after": "earlier"}, "reason"),
        ({"reason": "x"}, "first draw neither"),
        ({"panel": parse_panel(panel_event(min_bids=2))}, "another panel"),
    ],
)
def test_an_order_that_may_not_stand(change, words):
    refused([ordered(**change)], words)


def test_the_same_draw_twice_and_a_further_one_that_does_not_name_the_last(told):
    refused([told.order, told.order], "stands before it")
    other = check_spec(spec_of(("a", 2, 2, people(12))) | {"id": "further"})
    refused([told.order, ordered(other)], "after is None")
    first, second = replayed([told.order, ordered(other, after=SPEC["id"], reason="reserves used up")])
    assert (first.after, second.after) == (None, SPEC["id"])


def test_a_deal_that_may_not_stand(told):
    one = told.deals[0]
    refused([told.order, one, one], "dealt before")
    refused([one], "stands before it")
    refused([told.order, *told.deals, told.closed, told.deals[0]], "was closed")
    refused([told.order, one | {"sig": "0" * 128}], "signature")
    refused([told.order, one | {"deal": one["deal"] | {"spec": "0" * 64}}], "another specification")
    refused(
        [told.order, one | {"deal": one["deal"] | {"sign_pub": told.deals[1]["deal"]["sign_pub"]}}],
        "seat's key",
    )
    refused([told.order, one | {"more": 1}], "not known")


def test_a_dealing_of_another_party_under_ones_own_name_does_not_verify(told):
    """Who copies another's sealed number would add it twice: the ctx forbids it."""
    ours, theirs = told.deals[0]["deal"], told.deals[1]["deal"]
    stolen = ours | {"dealing": theirs["dealing"]}
    sig = sign_object(trustee_sign_seed(seed_of(ours["party"])), "expert-draw/v1 deal", stolen)
    refused([told.order, {"v": 1, "type": "draw-deal", "at": 2, "deal": stolen, "sig": sig}], "proof")


def test_a_close_that_may_not_stand(told):
    refused([told.order, *told.deals[:2], told.closed | {"parties": PARTIES[:2]}], "did not deal")
    refused([told.order, *told.deals, told.closed | {"parties": PARTIES[:2]}], "exactly those who dealt")
    refused([told.order, *told.deals, told.closed | {"spec": "0" * 64}], "another specification")
    refused([told.order, *told.deals, told.closed, told.closed], "was closed")


def test_a_reveal_that_may_not_stand(told):
    begun = [told.order, *told.deals, told.closed]
    refused([*begun[:-1], told.reveals[0]], "not closed")
    refused([*begun, told.reveals[0], told.reveals[0]], "opened already")
    refused([*begun, told.revealed("agency", a0=told.secrets["supervisor"].a0)], "not the one that was dealt")
    refused([*begun, told.revealed("agency", a0="0" * 64)], "zero")
    refused([*begun, told.revealed("agency", a0="f" * 64)], "a0")
    refused([*begun, told.revealed("agency", a0=None)], "exactly one")
    refused([*begun, told.revealed("agency") | {"party": "notary"}], "has not dealt")


def test_trustees_open_with_exactly_k_shares_that_hold(told):
    begun = [told.order, *told.deals, told.closed]
    four = told.shares("agency", ["finance", "notary", "agency", "administrator"])
    other = told.shares("supervisor", ["finance", "notary", "agency"])
    for shares, words in (
        (four[:2], "not exactly 3"),
        (four, "not exactly 3"),
        ([four[0], four[0], four[1]], "two of"),
        (other, "proof"),
        ([four[0], four[1], four[2] | {"i": 9}], "i"),
    ):
        refused([*begun, told.revealed("agency", a0=None, shares=shares)], words)


def test_calls_that_may_not_stand(told):
    (record,) = replayed(told.events)
    first, second = record.results[0].picks
    refused([*told.events[:-1], call(told, first)], "nobody is drawn")
    refused([*told.events, call(told, second)], "not this one's turn")
    refused([*told.events, call(told, first, "skip")], "skipped")
    refused([*told.events, call(told, first, "decline", record=None)], "reason and record")
    refused([*told.events, call(told, first, "decline", reason="")], "empty")
    refused([*told.events, call(told, first, "perhaps")], "not known")
    refused([*told.events, call(told, first, stratum="nowhere")], "turn")
    (record,) = replayed([*told.events, call(told, first), call(told, second, "no-answer")])
    assert record.calling.next("a").h == record.results[0].backups[0]
    assert [c.answer.value for c in record.calls] == ["accept", "no-answer"]


def test_a_pool_too_small_for_its_seed_is_told_and_nobody_is_drawn():
    """Such a list is refused when it is frozen; a log that has it all the same is replayed to that end."""
    spec = check_spec(spec_of(("a", 2, 0, [(h, None, "one") for h, _, _ in people(3)]), cap=1))
    told = Told(spec)
    (record,) = replayed(told.events)
    assert record.too_small is not None
    assert record.results is None
    assert record.seed is not None


def test_what_is_no_event_of_a_draw_is_not_taken():
    with pytest.raises(Malformed, match="no event of a draw"):
        Replay(PANEL, PANEL.hash).take(0, {"type": "bid"})
    with pytest.raises(Malformed, match="no draw"):
        Replay(PANEL, PANEL.hash).find("D-9")


def test_the_seats_that_sign_here_are_the_panels():
    assert {seat.name for seat in PANEL.seats} == set(STANDING)
