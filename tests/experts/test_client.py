"""What a party's machine must refuse to sign, deal, reveal or open, whatever the server sends it."""

from __future__ import annotations

import copy

import pytest

from bidding.core.canonical import Malformed
from bidding.core.entropy import ReplayEntropy
from bidding.experts import client, queries
from bidding.experts.draw import leaf_hash
from bidding.sealing.dealing import check_share
from bidding.sealing.keys import FileExists, KeyFileRefused, PassphraseWrong, TrusteeKey, write_key

PASSPHRASE = "long enough for a secret"


@pytest.fixture
def listed(play):
    play.request().freeze()
    return play.opened_list()


def test_the_list_as_it_was_frozen_is_in_order(play, listed):
    read = client.read_order_file(listed)
    assert read.people == 60
    assert read.spec_hash.hex() == play.draw.spec_hash
    assert read.parties == ("centre", "reform", "renewal")
    assert [line.code for line in read.strata] == ["A0801", "A0802", "A0901"]
    assert read.namesakes == ()


def _forge(file, number, **changes):
    """Change a person, and the commitment with them, as a server that cheats would."""
    person = file["people"][number]
    old = person["h"]
    person["expert"] |= changes
    person["h"] = leaf_hash(file["pool_id"], bytes.fromhex(person["salt"]), person["expert"])
    for stratum in file["spec"]["strata"]:
        for leaf in stratum["leaves"]:
            if leaf["h"] == old:
                leaf["h"] = person["h"]
        stratum["leaves"].sort(key=lambda leaf: leaf["h"])


def _swap_name(file):
    file["people"][0]["expert"]["name"] = "别人"


def _ghost(file):
    del file["people"][0]


def _bystander(file):
    for stratum in file["spec"]["strata"]:
        stratum["leaves"] = [leaf for leaf in stratum["leaves"] if leaf["h"] != file["people"][0]["h"]]


def _no_specialty(file):
    _forge(file, 0, specialties=[])


def _colleagues(file):
    """The places of two people of one unit."""
    first = {}
    for place, person in enumerate(file["people"]):
        unit = person["expert"]["unit"]
        if unit in first:
            return first[unit], place
        first[unit] = place
    raise LookupError


def _two_units(file):
    h = file["people"][_colleagues(file)[1]]["h"]
    for stratum in file["spec"]["strata"]:
        for leaf in stratum["leaves"]:
            if leaf["h"] == h:
                leaf["unit"] = "elsewhere"


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (_swap_name, "not the commitment"),
        (_ghost, "nobody stands behind"),
        (_bystander, "stands under no specialty"),
        (_no_specialty, "without that specialty"),
        (_two_units, "two unit ids"),
        (lambda file: _forge(file, 0, id=["e"]), "not text"),
        (lambda file: _forge(file, 0, specialties="A0801 A0802 A0901"), "not an array"),
        (lambda file: file.update(type="draw-deal-file"), "type is"),
        (lambda file: file.update(extra=1), "not known"),
    ],
)
def test_a_list_with_something_wrong_is_not_signed(listed, damage, words):
    damage(listed)
    with pytest.raises(Malformed, match=words):
        client.read_order_file(listed)


def test_a_person_listed_twice_is_not_signed(listed):
    _forge(listed, 1, id=listed["people"][0]["expert"]["id"])
    with pytest.raises(client.ListedTwice):
        client.read_order_file(listed)


def test_namesakes_of_one_unit_are_shown_to_somebody_who_looks(listed):
    one, second = _colleagues(listed)
    first = listed["people"][one]["expert"]
    _forge(listed, second, name=first["name"])
    assert client.read_order_file(listed).namesakes == (f"{first['name']} · {first['unit']}",)


def test_only_the_supervisors_seat_signs_and_only_for_seats(play, listed):
    read = client.read_order_file(listed)
    with pytest.raises(client.NoSeat):
        client.sign_order(read, play.centre.trustees["finance"])
    with pytest.raises(Malformed, match="has no seat"):
        client.sign_order(read, play.centre.trustees["reform"], ["reform", "stranger"])
    with pytest.raises(Malformed, match="two or more"):
        client.sign_order(read, play.centre.trustees["reform"], ["reform"])
    signed = client.sign_order(read, play.centre.trustees["reform"], ["notary", "finance"])
    assert signed["order"]["parties"] == ["finance", "notary"]


def test_a_stranger_has_no_seat_and_a_tenderer_may_not_take_ones_name(play):
    play.to_ordered()
    file = client.read_deal_file(play.file(queries.deal_file))
    with pytest.raises(client.NoSeat):
        client.make_deal(file, key=TrusteeKey("reform", bytes(32)), entropy=ReplayEntropy(b"x"))
    with pytest.raises(client.NoSeat):
        client.make_deal(file, party="reform", entropy=ReplayEntropy(b"x"))
    with pytest.raises(Malformed):
        client.make_deal(file, party="no such name!", entropy=ReplayEntropy(b"x"))


def test_an_order_that_was_changed_is_not_dealt_for(play):
    play.to_ordered()
    file = play.file(queries.deal_file)
    file["order"]["spec"]["max_per_unit"] = 4
    with pytest.raises(Malformed, match="signature"):
        client.read_deal_file(file)


def test_nothing_is_revealed_before_witnesses_have_seen_the_close(play):
    play.to_ordered().deal("reform", "sun").deal("renewal", "zhou").deal("centre").close()
    file = play.file(queries.closed_file)
    secret = play.secrets["reform"]
    assert client.reveal(client.read_closed_file(file), secret)["a0"] == secret.a0
    bare = copy.deepcopy(file)
    lines = bare["closed"].splitlines(keepends=True)
    bare["closed"] = "".join(line for line in lines if not line.startswith("— witness"))
    with pytest.raises(Malformed, match="no quorum"):
        client.read_closed_file(bare)
    with pytest.raises(client.OtherDraw):
        client.reveal(client.read_closed_file(file), _of(secret, draw="another"))
    with pytest.raises(client.NotAParty):
        client.reveal(client.read_closed_file(file), _of(secret, party="latecomer"))


def _of(secret, **changes):
    given = {name: getattr(secret, name) for name in ("panel", "draw", "spec", "party", "a0")}
    return client.DrawSecret(**(given | changes))


def test_a_trustee_opens_only_what_was_dealt_and_closed(play):
    play.to_closed()
    file = play.file(queries.share_file, "centre")
    key = play.centre.trustees["notary"]
    read = client.read_share_file(file)
    made = client.make_party_share(read, key, ReplayEntropy(b"x"))
    panel = read.closed.panel
    i = made["share"]["i"]
    check_share(read.ctx, i, panel.pubs[i - 1], bytes.fromhex(read.dealing["E"][i - 1]), made["share"])
    other = play.file(queries.share_file, "reform")
    swapped = file | {"deal": file["deal"] | {"dealing": other["deal"]["dealing"]}}
    with pytest.raises(Malformed):
        client.read_share_file(swapped)
    with pytest.raises(client.NoSeat):
        client.make_party_share(read, TrusteeKey("notary", bytes(32)), ReplayEntropy(b"x"))


def test_the_secret_is_kept_under_a_passphrase(tmp_path):
    secret = client.DrawSecret("0" * 64, "d-1", "1" * 64, "reform", "2" * 64)
    path, entropy = tmp_path / "secret.age", ReplayEntropy(b"x")
    client.write_secret(path, secret, PASSPHRASE, entropy, work_factor=10)
    assert path.stat().st_mode & 0o777 == 0o600
    assert b"reform" not in path.read_bytes()
    assert client.read_secret(path, PASSPHRASE) == secret
    with pytest.raises(PassphraseWrong):
        client.read_secret(path, PASSPHRASE + "!")
    with pytest.raises(FileExists):
        client.write_secret(path, secret, PASSPHRASE, entropy, work_factor=10)
    other = tmp_path / "other.age"
    write_key(other, TrusteeKey("reform", bytes(32)), PASSPHRASE, entropy, work_factor=10)
    with pytest.raises(KeyFileRefused):
        client.read_secret(other, PASSPHRASE)
