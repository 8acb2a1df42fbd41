from __future__ import annotations

import copy

import pytest

from bidding.core.canonical import Malformed
from bidding.core.signing import public_key
from bidding.sealing.dealing import trustee_sign_seed
from bidding.sealing.manifest import (
    bid_uid,
    check_dealings,
    check_manifest,
    check_override,
    check_recipient,
    check_supersedes_sig,
    check_withdrawal,
    override_order,
    sign_manifest,
    sign_override,
    sign_supersede,
    withdrawal,
)
from bidding.sealing.panel import parse_panel, seat_sigs
from tests.sealing.keyring import STANDING, seed_of
from tests.sealing.papers import panel_event
from tests.sealing.test_client import sealed

PANEL = parse_panel(panel_event())


@pytest.fixture
def bid(tmp_path):
    return sealed(tmp_path)


def check(bid, manifest):
    """Check a manifest signed anew by the bid's own key: the tenderer itself does wrong."""
    check_manifest(manifest, sign_manifest(bid.key.sign_seed, manifest), PANEL, PANEL.hash)


def changed(manifest, path, value):
    out = copy.deepcopy(manifest)
    *way, last = path
    inner = out
    for step in way:
        inner = inner[step]
    inner[last] = value
    return out


def test_a_manifest_as_the_client_makes_it_passes(bid):
    check(bid, bid.manifest)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("v",), 2),
        (("v",), True),
        (("type",), "withdrawal"),
        (("project",), "T-2026-2"),
        (("panel",), "0" * 64),
        (("lot",), "第一"),
        (("client",), "0" * 63),
        (("bid",), "0" * 32),
        (("sign_pub",), "01" + "0" * 62),
        (("sign_pub",), public_key(b"x" * 32).hex()),
        (("supersedes",), "none"),
        (("envelopes",), []),
        (("envelopes", 0, "id"), "price"),
        (("envelopes", 0, "recipient"), "age1qqq"),
        (("envelopes", 0, "files"), []),
        (("envelopes", 0, "files", 0, "n"), 1),
        (("envelopes", 0, "files", 0, "size"), 0),
        (("envelopes", 0, "files", 0, "sha256"), "0" * 65),
        (("envelopes", 0, "dealing", "c"), "0" * 64),
        (("envelopes", 1, "files", 0), {"n": 0, "size": 1}),
        (("more",), 1),
    ],
    ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else str(value)[:8],
)
def test_a_manifest_that_is_wrong_in_one_place_is_refused(bid, path, value):
    with pytest.raises(Malformed):
        check(bid, changed(bid.manifest, path, value))


def test_a_public_envelope_holds_one_file(bid):
    files = bid.manifest["envelopes"][0]["files"]
    two = [*files, files[0] | {"n": 1}]
    with pytest.raises(Malformed, match="exactly one file"):
        check(bid, changed(bid.manifest, ("envelopes", 0, "files"), two))


def test_envelopes_stand_in_the_panels_order(bid):
    swapped = list(reversed(bid.manifest["envelopes"]))
    with pytest.raises(Malformed, match="in this order"):
        check(bid, changed(bid.manifest, ("envelopes",), swapped))


def test_a_bid_does_not_supersede_itself(bid):
    with pytest.raises(Malformed, match="itself"):
        check(bid, changed(bid.manifest, ("supersedes",), bid.bid))


def test_dealings_of_two_envelopes_cannot_be_exchanged(bid):
    first, second = (envelope["dealing"] for envelope in bid.manifest["envelopes"])
    wrong = changed(
        changed(bid.manifest, ("envelopes", 0, "dealing"), second), ("envelopes", 1, "dealing"), first
    )
    with pytest.raises(Malformed, match="envelope offer"):
        check(bid, wrong)
    check_manifest(wrong, sign_manifest(bid.key.sign_seed, wrong), PANEL, PANEL.hash, dealings=False)
    with pytest.raises(Malformed):
        check_dealings(wrong, PANEL, PANEL.hash)


def test_a_copied_bid_under_another_key_does_not_verify(bid):
    thief = b"thief" + bytes(27)
    copy_ = bid.manifest | {"sign_pub": public_key(thief).hex(), "bid": bid_uid(public_key(thief))}
    with pytest.raises(Malformed, match="proof does not hold"):
        check_manifest(copy_, sign_manifest(thief, copy_), PANEL, PANEL.hash)


def test_the_signature_must_be_the_bids_own(bid):
    for sig in (sign_manifest(b"x" * 32, bid.manifest), "0" * 128, "", None):
        with pytest.raises(Malformed, match="signature"):
            check_manifest(bid.manifest, sig, PANEL, PANEL.hash)


def test_only_the_old_key_lets_a_bid_be_replaced(bid):
    old_seed = b"o" * 32
    old_pub = public_key(old_seed)
    manifest = bid.manifest | {"supersedes": bid_uid(old_pub)}
    check_supersedes_sig(manifest, sign_supersede(old_seed, manifest), old_pub)
    with pytest.raises(Malformed):
        check_supersedes_sig(manifest, sign_supersede(b"x" * 32, manifest), old_pub)
    with pytest.raises(Malformed):
        check_supersedes_sig(manifest, sign_manifest(old_seed, manifest), old_pub)
    with pytest.raises(Malformed):
        check_supersedes_sig(bid.manifest, sign_supersede(old_seed, bid.manifest), old_pub)


def test_a_withdrawal_is_for_one_bid_one_project_one_panel():
    seed = b"o" * 32
    proof = withdrawal(PANEL.project, PANEL.hash, seed)
    check_withdrawal(proof["withdrawal"], proof["sig"], public_key(seed), PANEL, PANEL.hash)
    other = withdrawal("T-2026-2", PANEL.hash, seed)
    for value, sig, key in (
        (proof["withdrawal"], proof["sig"], public_key(b"x" * 32)),
        (proof["withdrawal"], "0" * 128, public_key(seed)),
        (other["withdrawal"], other["sig"], public_key(seed)),
        (proof["withdrawal"] | {"more": 1}, proof["sig"], public_key(seed)),
    ):
        with pytest.raises(Malformed):
            check_withdrawal(value, sig, key, PANEL, PANEL.hash)


def _seats(order, *names):
    numbers = {name: i for i, name in enumerate(STANDING, 1)}
    return seat_sigs(
        (numbers[name], sign_override(trustee_sign_seed(seed_of(name)), order)) for name in names
    )


def test_an_override_takes_k_distinct_seats(bid):
    order = override_order(PANEL.project, PANEL.hash, bid.bid, "密钥丢失")
    check_override(order, _seats(order, "notary", "finance", "supervisor"), PANEL, PANEL.hash)
    two = _seats(order, "finance", "supervisor")
    for sigs in (
        two,
        [*two, two[0]],
        [*two, {"i": 3, "sig": two[0]["sig"]}],
        [*two, {"i": 9, "sig": "0"}],
        None,
    ):
        with pytest.raises(Malformed):
            check_override(order, sigs, PANEL, PANEL.hash)


def test_recipients_are_whole_age_keys():
    for wrong in ("", "age1", "AGE1QQ", "ssh-rsa AAAA", 5):
        with pytest.raises(Malformed):
            check_recipient(wrong, "recipient")
