from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bidding.core.canonical import Malformed
from bidding.core.entropy import ReplayEntropy
from bidding.sealing.dealing import (
    check_dealing,
    check_share,
    combine,
    deal,
    identity_of,
    make_share,
    recipient_of,
    trustee_public,
    trustee_scalar,
)
from bidding.sealing.ristretto import IDENTITY, G, L, add, scalar_bytes

CTX = b"c" * 32


def seeds(n):
    return [bytes([i]) * 32 for i in range(1, n + 1)]


def pubs(n):
    return [trustee_public(seed) for seed in seeds(n)]


def dealt(k=3, n=5, ctx=CTX):
    return deal(ctx, k, pubs(n), ReplayEntropy(b"deal"))


def shares(dealing, n=5, ctx=CTX):
    return [
        make_share(ctx, i, trustee_scalar(seed), bytes.fromhex(dealing["E"][i - 1]), ReplayEntropy(b"r"))
        for i, seed in enumerate(seeds(n), 1)
    ]


def test_any_k_recover_the_secret_and_fewer_do_not():
    dealing, secret = dealt()
    check_dealing(CTX, 3, pubs(5), dealing)
    every = shares(dealing)
    for i, share in enumerate(every, 1):
        check_share(CTX, i, pubs(5)[i - 1], bytes.fromhex(dealing["E"][i - 1]), share)
    for chosen in combinations(every, 3):
        assert combine(chosen) == secret
    for chosen in combinations(every, 2):
        assert combine(chosen) != secret
    assert combine(every) == secret


@settings(max_examples=15)
@given(st.integers(1, 15).flatmap(lambda n: st.tuples(st.integers(1, n), st.just(n))), st.binary(min_size=1))
def test_every_threshold_works(threshold, seed):
    k, n = threshold
    dealing, secret = deal(CTX, k, pubs(n), ReplayEntropy(seed))
    check_dealing(CTX, k, pubs(n), dealing)
    assert combine(shares(dealing, n)[n - k :]) == secret


def test_a_dealing_belongs_to_its_place_its_trustees_and_its_threshold():
    dealing, _ = dealt()
    for ctx, k, keys in (
        (b"d" * 32, 3, pubs(5)),
        (CTX, 2, pubs(5)),
        (CTX, 3, list(reversed(pubs(5)))),
        (CTX, 3, pubs(6)[1:]),
        (CTX, 3, pubs(4)),
    ):
        with pytest.raises(Malformed):
            check_dealing(ctx, k, keys, dealing)


def _flip(text):
    return ("0" if text[0] != "0" else "1") + text[1:]


@pytest.mark.parametrize(
    "damage",
    [
        lambda d: d | {"C": [d["C"][1], d["C"][0], d["C"][2]]},
        lambda d: d | {"E": [d["E"][1], d["E"][0], *d["E"][2:]]},
        lambda d: d | {"z": [d["z"][1], d["z"][0], *d["z"][2:]]},
        lambda d: d | {"C": d["C"][:2]},
        lambda d: d | {"E": d["E"] + d["E"][:1]},
        lambda d: d | {"z": d["z"][:4]},
        lambda d: d | {"C": [IDENTITY.hex(), *d["C"][1:]]},
        lambda d: d | {"E": [IDENTITY.hex(), *d["E"][1:]]},
        lambda d: d | {"E": ["ff" * 32, *d["E"][1:]]},
        lambda d: d | {"E": [d["E"][0].upper(), *d["E"][1:]]},
        lambda d: d | {"c": (L + int.from_bytes(bytes.fromhex(d["c"]), "little")).to_bytes(32, "little").hex()},
        lambda d: d | {"c": _flip(d["c"])},
        lambda d: d | {"z": [L.to_bytes(32, "little").hex(), *d["z"][1:]]},
        lambda d: d | {"E": "none"},
        lambda d: d | {"more": 1},
        lambda d: {key: value for key, value in d.items() if key != "c"},
        lambda d: [],
    ],
    ids=[
        "swapped-C", "swapped-E", "swapped-z", "too-few-C", "too-many-E", "too-few-z", "identity-C0", "identity-E",
        "no-point", "upper-case", "c-plus-L", "other-c", "z-is-L", "E-no-array", "extra-key", "missing-key", "array",
    ],
)  # fmt: skip
def test_a_damaged_dealing_is_refused(damage):
    dealing, _ = dealt()
    with pytest.raises(Malformed):
        check_dealing(CTX, 3, pubs(5), damage(dealing))


def test_keys_no_verifier_takes_are_refused_when_dealing():
    keys = pubs(3)
    for k, given_keys in ((0, keys), (4, keys), (2, [keys[0], keys[0], keys[1]]), (2, [IDENTITY, *keys[1:]])):
        with pytest.raises(Malformed):
            deal(CTX, k, given_keys, ReplayEntropy(b"deal"))


def test_a_share_is_refused_for_another_seat_place_or_point():
    dealing, _ = dealt()
    share, other = shares(dealing)[:2]
    e = [bytes.fromhex(point) for point in dealing["E"]]
    check_share(CTX, 1, pubs(5)[0], e[0], share)
    for arguments in (
        (b"d" * 32, 1, pubs(5)[0], e[0], share),
        (CTX, 2, pubs(5)[1], e[1], share),
        (CTX, 1, pubs(5)[1], e[0], share),
        (CTX, 1, pubs(5)[0], e[1], share),
        (CTX, 1, pubs(5)[0], e[0], share | {"S": other["S"]}),
        (CTX, 1, pubs(5)[0], e[0], share | {"S": IDENTITY.hex()}),
        (CTX, 1, pubs(5)[0], e[0], share | {"S": add(bytes.fromhex(share["S"]), G).hex()}),
        (CTX, 1, pubs(5)[0], e[0], share | {"z": scalar_bytes(5).hex()}),
        (CTX, 1, pubs(5)[0], e[0], share | {"i": True}),
        (CTX, 1, pubs(5)[0], e[0], share | {"x": 1}),
    ):
        with pytest.raises(Malformed):
            check_share(*arguments)


def test_two_shares_of_one_trustee_are_not_two():
    dealing, _ = dealt()
    first, second, _, _, _ = shares(dealing)
    with pytest.raises(Malformed):
        combine([first, second, first])


def test_a_broken_generator_does_not_repeat_a_nonce_over_different_envelopes():
    dealing, _ = dealt()
    e = bytes.fromhex(dealing["E"][0])
    x = trustee_scalar(seeds(1)[0])
    first = make_share(CTX, 1, x, e, ReplayEntropy(b"stuck"))
    second = make_share(b"d" * 32, 1, x, e, ReplayEntropy(b"stuck"))
    # With one nonce w both z = w - c·x would give x away.
    c1, z1, c2, z2 = (
        int.from_bytes(bytes.fromhex(s[part]), "little") for s in (first, second) for part in "cz"
    )
    assert (z1 - z2) * pow(c2 - c1, -1, L) % L != x


def test_the_identity_is_an_age_key_of_its_place():
    _, secret = dealt()
    identity = identity_of(secret, CTX)
    assert identity.startswith("AGE-SECRET-KEY-1")
    assert recipient_of(identity).startswith("age1")
    assert identity_of(secret, b"d" * 32) != identity
    with pytest.raises(Malformed):
        recipient_of("AGE-SECRET-KEY-1QQQ")
