"""Two halves open one leaf, and nothing less does."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bidding.core.canonical import Malformed
from bidding.core.entropy import ReplayEntropy
from bidding.core.signing import public_key
from bidding.experts.draw import leaf_of_bytes
from bidding.experts.names import (
    Holder,
    Named,
    NoCentreSeat,
    half,
    open_key,
    open_leaf,
    opened_file,
    opened_people,
    seal,
    seal_keys,
    seats_of,
    without_list,
)
from bidding.sealing.dealing import trustee_public, trustee_scalar, trustee_sign_seed
from bidding.sealing.panel import ONE_ENVELOPE, Panel, Seat

KEYS = st.binary(min_size=32, max_size=32)
SPEC = b"s" * 32


def named(number, name="张三", phone="13800000001"):
    salt = bytes([number]) * 32
    expert = f'{{"id":"e{number}","name":"{name}"}}'
    return Named(leaf_of_bytes("local", salt, expert.encode()), salt.hex(), expert, phone)


def seed_of(name):
    return name.encode().ljust(32, b"-")


def panel(*roles):
    seats = tuple(
        Seat(
            i,
            role.rstrip("2"),
            role,
            role,
            trustee_public(seed_of(role)),
            public_key(trustee_sign_seed(seed_of(role))),
        )
        for i, role in enumerate(roles, 1)
    )
    return Panel(b"p" * 32, "T", 3, 3, "", seats, ONE_ENVELOPE)


@given(KEYS, KEYS, st.lists(st.text(max_size=40), min_size=1, max_size=6))
def test_both_halves_open_every_leaf_in_either_order(centre, supervisor, names):
    people = [named(n, name.replace('"', "").replace("\\", ""), name) for n, name in enumerate(names)]
    for person, sealed in zip(people, seal(people, centre, supervisor), strict=True):
        one, other = half(centre, person.h), half(supervisor, person.h)
        assert open_leaf("local", person.h, sealed, one, other) == person
        assert open_leaf("local", person.h, sealed, other, one) == person


@given(KEYS, KEYS, KEYS)
def test_one_half_opens_nothing_whatever_it_is_put_together_with(centre, supervisor, guess):
    assume(len({centre, supervisor, guess}) == 3)
    person, other = named(1), named(2)
    (sealed, _) = seal([person, other], centre, supervisor)
    ours = half(centre, person.h), half(supervisor, person.h)
    for one in ours:
        for second in (
            bytes(32),
            one,
            guess,
            half(guess, person.h),
            half(centre, other.h),
            half(supervisor, other.h),
        ):
            if {one, second} != set(ours):
                with pytest.raises(Malformed):
                    open_leaf("local", person.h, sealed, one, second)


@given(KEYS, KEYS)
def test_who_opens_one_leaf_opens_no_other(centre, supervisor):
    assume(centre != supervisor)  # both are fresh, 256 bits each
    people = [named(n) for n in range(4)]
    sealed = seal(people, centre, supervisor)
    known = [half(key, people[0].h) for key in (centre, supervisor)]
    for person, blob in zip(people[1:], sealed[1:], strict=True):
        for one in known:
            for other in (*known, bytes(32)):
                with pytest.raises(Malformed):
                    open_leaf("local", person.h, blob, one, other)


def test_all_leaves_are_of_one_length_so_that_a_long_name_does_not_show():
    people = [named(1, "王"), named(2, "买买提·艾合买提江·阿卜杜热合曼", "0830-12345678-001")]
    assert len({len(each) for each in seal(people, b"a" * 32, b"b" * 32)}) == 1
    assert seal([], b"a" * 32, b"b" * 32) == []


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_leaf_that_was_changed_does_not_open(place, change):
    person = named(1)
    (sealed,) = seal([person], b"a" * 32, b"b" * 32)
    place %= len(sealed)
    damaged = sealed[:place] + bytes([sealed[place] ^ change]) + sealed[place + 1 :]
    with pytest.raises(Malformed):
        open_leaf("local", person.h, damaged, half(b"a" * 32, person.h), half(b"b" * 32, person.h))


def test_a_leaf_that_holds_somebody_else_is_not_taken_for_them():
    """A server that cheats at the freeze is found out by whoever opens."""
    liar = named(1)._replace(expert='{"id":"e9"}')
    (sealed,) = seal([liar], b"a" * 32, b"b" * 32)
    with pytest.raises(Malformed, match="not the person"):
        open_leaf("local", liar.h, sealed, half(b"a" * 32, liar.h), half(b"b" * 32, liar.h))


# Keys


def keys(panel, entropy=b"e"):
    return seal_keys(panel, SPEC, b"a" * 32, b"b" * 32, ReplayEntropy(entropy))


def test_each_key_opens_for_its_own_seat_and_no_other():
    sat = panel("supervisor", "finance", "agency", "administrator", "notary")
    sealed = keys(sat)
    wanted = {
        ("administrator", Holder.CENTRE): b"a" * 32,
        ("supervisor", Holder.SUPERVISOR): b"b" * 32,
        ("supervisor", Holder.LIST): b"a" * 32,
    }
    for seat in sat.seats:
        for holder in Holder:
            scalar = trustee_scalar(seed_of(seat.name))
            assert open_key(sealed, sat, SPEC, holder, seat, scalar) == wanted.get((seat.role, holder))


def test_who_claims_anothers_seat_opens_nothing():
    sat = panel("supervisor", "finance", "agency", "administrator")
    thief = trustee_scalar(seed_of("finance"))
    for seat in sat.seats:
        for holder in Holder:
            with suppress(Malformed):
                assert open_key(keys(sat), sat, SPEC, holder, seat, thief) is None


def test_keys_are_bound_to_their_list_and_their_panel():
    sat = panel("supervisor", "finance", "agency", "administrator")
    seat, scalar = sat.seats[3], trustee_scalar(seed_of("administrator"))
    for wrong in (
        (sat, b"t" * 32),
        (Panel(b"q" * 32, *(getattr(sat, n) for n in Panel.__slots__[1:])), SPEC),
    ):
        with pytest.raises(Malformed):
            open_key(keys(sat), *wrong, Holder.CENTRE, seat, scalar)


def test_once_the_order_is_signed_the_supervisors_key_has_only_its_half():
    sat = panel("supervisor", "finance", "agency", "administrator")
    seat, scalar = sat.seats[0], trustee_scalar(seed_of("supervisor"))
    left = without_list(keys(sat))
    assert open_key(left, sat, SPEC, Holder.LIST, seat, scalar) is None
    assert open_key(left, sat, SPEC, Holder.SUPERVISOR, seat, scalar) == b"b" * 32
    assert "a" * 64 not in str(left)


def test_the_administrators_seats_hold_half_and_where_there_is_none_the_centres():
    assert [
        s.name for s in seats_of(panel("supervisor", "agency", "administrator", "centre"))[Holder.CENTRE]
    ] == ["administrator"]
    two = panel("supervisor", "agency", "finance", "administrator", "administrator2")
    assert len(seats_of(two)[Holder.CENTRE]) == 2
    assert [s.name for s in seats_of(panel("supervisor", "agency", "centre"))[Holder.CENTRE]] == ["centre"]
    with pytest.raises(NoCentreSeat):
        seats_of(panel("supervisor", "agency", "notary"))


@pytest.mark.parametrize(
    "damage",
    [
        {"v": 2},
        {"type": "x"},
        {"people": None},
        {"people": [{}]},
        {"people": [{"h": named(1).h, "salt": "00" * 32, "expert": named(1).expert}]},
        {"people": [{"h": named(2).h, "salt": named(1).salt, "expert": named(1).expert}]},
        {"more": 1},
    ],
)
def test_people_who_are_not_behind_their_commitments_are_not_taken(damage):
    file = opened_file([named(1)])
    assert opened_people(file, "local")[named(1).h].card == {"id": "e1", "name": "张三"}
    assert "13800000001" not in str(file)  # a telephone never comes back
    with pytest.raises(Malformed):
        opened_people(file | damage, "local")
