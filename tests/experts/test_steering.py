"""The law of the draw: once the contributions are closed nobody steers it, not a party, nor administrator and agency with k-1 trustees.

Whatever is tried after ``draw-closed`` is refused and leaves no trace, or the seed is the one that was fixed by then
(protocol §7.2 to §7.4).
"""

from __future__ import annotations

import copy
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding.core.canonical import Malformed
from bidding.core.entropy import ReplayEntropy
from bidding.experts import client
from bidding.experts.client import DealFile
from bidding.experts.draw import check_spec, draw
from bidding.experts.replay import Replay
from tests.experts.test_draw import people, spec_of
from tests.experts.test_replay import PANEL, PARTIES, Told, key, ordered, replayed
from tests.sealing.keyring import STANDING

#: Administrator, agency, and one trustee fewer than it takes.
INSIDERS = ["administrator", "agency"]
TRUSTEES = [seat.name for seat in PANEL.seats]
FIRST = TRUSTEES[: PANEL.k]
FURTHER = check_spec(spec_of(("a", 1, 1, people(9)))) | {"id": "D-2"}


class Closed:
    """A draw whose contributions are closed, every trustee's share of each, and the seed that is fixed."""

    def __init__(self):
        self.told = Told()
        self.shares = {
            party: {trustee: self.told.shares(party, [trustee])[0] for trustee in TRUSTEES}
            for party in PARTIES
        }
        self.seed = self.replay(self.told.reveals).seed
        file = DealFile(PANEL, self.told.spec["id"], self.told.digest, tuple(PARTIES))
        entropy = ReplayEntropy(b"again")
        made = [client.make_deal(file, key=key(name), entropy=entropy) for name in INSIDERS]
        made.append(client.make_deal(file, key=None, party="huacheng", entropy=entropy))
        #: What insiders and a late tenderer would rather have dealt, with the secrets behind it.
        self.late = [({"v": 1, "type": "draw-deal", "at": 9, **deal}, secret.a0) for deal, secret in made]

    def begun(self):
        """A replay that stands at ``draw-closed``."""
        replay = Replay(PANEL, PANEL.hash)
        for index, event in enumerate([self.told.order, *self.told.deals, self.told.closed]):
            replay.take(index, copy.deepcopy(event))
        return replay

    def replay(self, events):
        replay = self.begun()
        for index, event in enumerate(events, 100):
            replay.take(index, copy.deepcopy(event))
        return replay.find(self.told.spec["id"])

    def opened(self, party, trustees):
        """A party's number as those trustees open it."""
        shares = sorted((self.shares[party][name] for name in trustees), key=lambda share: share["i"])
        return self.told.revealed(party, a0=None, shares=shares)


@pytest.fixture(scope="module")
def closed():
    return Closed()


parties = st.sampled_from(PARTIES)
quorums = st.sampled_from(list(itertools.combinations(TRUSTEES, PANEL.k)))
ATTEMPTS = st.one_of(
    st.tuples(st.just("reveal"), parties, parties),
    st.tuples(st.just("invent"), parties, st.binary(min_size=32, max_size=32)),
    st.tuples(st.just("prefer"), parties, st.integers(0, 2)),
    st.tuples(st.just("open"), parties, quorums),
    st.tuples(st.just("open-too-few"), parties, quorums),
    st.tuples(st.just("open-with-a-copy"), parties, quorums),
    st.tuples(st.just("open-another"), parties, parties),
    st.tuples(st.just("alter-a-share"), parties, st.sampled_from(["S", "c", "z"])),
    st.tuples(st.just("deal-again"), st.integers(0, 2), st.none()),
    st.tuples(st.just("close-again"), st.sets(parties), st.none()),
    st.tuples(st.just("order-again"), st.booleans(), st.none()),
    st.tuples(st.sampled_from(["both", "neither"]), parties, st.none()),
)


def with_a_copy(event):
    event["shares"][-1] = event["shares"][0]
    return event


def altered(event, part):
    """k-1 shares hold; the last is made up of another."""
    event = copy.deepcopy(event)
    event["shares"][-1][part] = event["shares"][0][part]
    return event


#: What each attempt would have logged: of the closed draw, and of what was chosen for it.
EVENTS = {
    "reveal": lambda closed, party, whose: closed.told.revealed(party, a0=closed.told.secrets[whose].a0),
    "invent": lambda closed, party, raw: closed.told.revealed(party, a0=raw.hex()),
    "prefer": lambda closed, party, which: closed.told.revealed(party, a0=closed.late[which][1]),
    "open": lambda closed, party, quorum: closed.opened(party, quorum),
    "open-too-few": lambda closed, party, quorum: closed.opened(party, quorum[:-1]),
    "open-with-a-copy": lambda closed, party, quorum: with_a_copy(closed.opened(party, quorum)),
    "open-another": lambda closed, party, whose: closed.opened(whose, FIRST) | {"party": party},
    "alter-a-share": lambda closed, party, part: altered(closed.opened(party, FIRST), part),
    "deal-again": lambda closed, which, _: closed.late[which][0],
    "close-again": lambda closed, who, _: closed.told.closed | {"parties": sorted(who)},
    "order-again": lambda closed, same, _: (
        ordered() if same else ordered(FURTHER, after="D-1", reason="用完")
    ),
    "both": lambda closed, party, _: closed.opened(party, FIRST) | {"a0": closed.told.secrets[party].a0},
    "neither": lambda closed, party, _: closed.told.revealed(party, a0=None),
}


@given(st.lists(ATTEMPTS, max_size=8), st.permutations(PARTIES), quorums)
def test_whatever_is_tried_after_the_close_is_refused_or_leads_to_the_same_seed(
    closed, attempts, silent, quorum
):
    replay = closed.begun()
    index = 100
    for index, (kind, *chosen) in enumerate(attempts, 100):
        try:
            replay.take(index, copy.deepcopy(EVENTS[kind](closed, *chosen)))
        except Malformed:
            continue
    record = replay.find("D-1")
    for place, party in enumerate([name for name in silent if name in record.missing], index + 1):
        replay.take(place, copy.deepcopy(closed.opened(party, quorum)))
    assert record.seed == closed.seed
    assert record.parties == tuple(PARTIES)
    assert record.results == draw(closed.seed, closed.told.spec)


@given(st.sets(parties), st.permutations(PARTIES), st.lists(quorums, min_size=3, max_size=3))
def test_a_silent_party_is_opened_by_any_k_trustees_to_the_very_same_seed(closed, silent, order, chosen):
    quorum_of = dict(zip(PARTIES, chosen, strict=True))
    events = [
        closed.opened(name, quorum_of[name]) if name in silent else closed.told.revealed(name)
        for name in order
    ]
    assert closed.replay(events).seed == closed.seed


def test_an_event_left_out_leaves_the_draw_undecided_and_one_before_its_time_is_refused(closed):
    for left_out in range(len(PARTIES)):
        record = closed.replay(closed.told.reveals[:left_out] + closed.told.reveals[left_out + 1 :])
        assert record.seed is None
        assert record.calling is None
    events = closed.told.events
    for place in range(len(events) - len(PARTIES)):  # order, deals, close
        with pytest.raises(Malformed):
            replayed(events[:place] + events[place + 1 :])


def test_insiders_hold_too_few_keys_to_know_the_supervisors_number_before_it_is_open(closed):
    """With every pair of trustees that two parties' people can be, the supervisor's secret does not come out."""
    assert len(STANDING) > PANEL.k
    for colluding in itertools.combinations(TRUSTEES, PANEL.k - 1):
        with pytest.raises(Malformed):
            closed.replay([closed.opened("supervisor", colluding)])
