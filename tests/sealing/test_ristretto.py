from __future__ import annotations

import hashlib

import pytest

from bidding.core.canonical import Malformed, lp
from bidding.core.entropy import ReplayEntropy
from bidding.sealing import ristretto as r

#: RFC 9496, A.1: multiples of the generator.
MULTIPLES = (
    "0000000000000000000000000000000000000000000000000000000000000000",
    "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76",
    "6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919",
    "94741f5d5d52755ece4f23f044ee27d5d1ea1e2bd196b462166b16152a9d0259",
)
#: RFC 9496, A.2: encodings that are none.
BAD = (
    "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
)


def test_multiples_of_the_generator_are_those_of_the_rfc():
    point = r.IDENTITY
    for i, wanted in enumerate(MULTIPLES):
        assert r.multiply_base(i).hex() == r.multiply(i, r.G).hex() == point.hex() == wanted
        point = r.add(point, r.G)
    assert r.subtract(r.multiply_base(3), r.G) == r.multiply_base(2)


def test_the_second_generator_is_the_protocols():
    assert r.H.hex() == "e405107f3b01259f440fbbc140ebc4fdf28e65e07c566e04236956e37ef4ac29"


@pytest.mark.parametrize("text", BAD)
def test_bad_encodings_are_refused(text):
    with pytest.raises(Malformed):
        r.check_point(bytes.fromhex(text), "p")


def test_the_identity_passes_only_where_it_may():
    assert r.point_of(MULTIPLES[0], "p", identity=True) == r.IDENTITY
    for wrong in (MULTIPLES[0], MULTIPLES[1][:-2], MULTIPLES[1].upper(), 5, None):
        with pytest.raises(Malformed):
            r.point_of(wrong, "p")
    with pytest.raises(Malformed):
        r.check_point(b"short", "p")


def test_what_libsodium_calls_an_error_is_the_identity():
    assert r.multiply(0, r.G) == r.multiply(r.L, r.G) == r.multiply(5, r.IDENTITY) == r.IDENTITY
    assert r.multiply_base(r.L) == r.IDENTITY


def test_scalars_are_below_the_order():
    assert r.scalar_of(r.scalar_bytes(r.L - 1).hex(), "s") == r.L - 1
    for wrong in (r.L, 2**256 - 1):
        with pytest.raises(Malformed):
            r.scalar_of(wrong.to_bytes(32, "little").hex(), "s")
    assert r.scalar_bytes(r.L + 1) == r.scalar_bytes(1)


def test_hashing_to_a_scalar_prefixes_every_part():
    wanted = int.from_bytes(hashlib.sha512(lp("tag", b"a", b"bc")).digest(), "little") % r.L
    assert r.hash_to_scalar("tag", b"a", b"bc") == wanted != r.hash_to_scalar("tag", b"ab", b"c")


def test_random_scalars_take_64_bytes():
    data = ReplayEntropy(b"x").bytes(64)
    assert r.random_scalar(ReplayEntropy(b"x")) == int.from_bytes(data, "little") % r.L
