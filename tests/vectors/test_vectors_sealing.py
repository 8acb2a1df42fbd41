"""Sealing against every file of vectors: ``bidseal*.json`` and ``protocol-vectors*.json``."""

from __future__ import annotations

import hashlib
import json

import pytest

from bidding.core.canonical import dumps, loads
from bidding.core.entropy import ReplayEntropy
from bidding.core.signing import public_key, sign_object, verify_object
from bidding.opening.batches import TAG as BATCH_TAG
from bidding.opening.batches import parse_batch
from bidding.sealing.container import pad_json, padme, parse_sheet
from bidding.sealing.dealing import (
    check_dealing,
    check_share,
    combine,
    identity_of,
    make_share,
    recipient_of,
    trustee_public,
    trustee_scalar,
    trustee_sign_seed,
)
from bidding.sealing.enrolment import check_enrolment, enrolment
from bidding.sealing.manifest import (
    OVERRIDE_TAG,
    bid_uid,
    check_manifest,
    check_override,
    check_supersedes_sig,
    check_withdrawal,
    override_order,
    sign_manifest,
    sign_override,
    sign_supersede,
    withdrawal,
)
from bidding.sealing.panel import (
    SCHEDULERS,
    check_schedule,
    envelope_ctx,
    panel_hash,
    parse_panel,
    seat_sigs,
    sign_schedule,
)
from bidding.sealing.ristretto import H, scalar_bytes


class Given:
    """Entropy that gives the bytes a vector was made with, once."""

    def __init__(self, data):
        self._data = data

    def bytes(self, count):
        data, self._data = self._data[:count], self._data[count:]
        assert len(data) == count
        return data


def _files(folder, pattern):
    found = [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob(pattern))]
    if not found:
        pytest.fail(f"no {pattern} in {folder}")
    return found


@pytest.fixture
def cases(vectors):
    """Every ``protocol-vectors*.json``, its panel parsed."""
    found = _files(vectors, "protocol-vectors*.json")
    return [(case, parse_panel(case["panel"]["json"])) for case in found]


def test_dealings_shares_and_the_keys_they_stand_for(vectors):
    for case in (each for file in _files(vectors, "bidseal*.json") for each in file):
        ctx = bytes.fromhex(case["ctx"])
        seeds = [bytes.fromhex(seed) for seed in case["seeds"]]
        pubs = [trustee_public(seed) for seed in seeds]
        assert [pub.hex() for pub in pubs] == case["pubs"], case["name"]
        assert H.hex() == case["H"]
        check_dealing(ctx, case["k"], pubs, case["dealing"])
        shares = []
        for i, (seed, wanted) in enumerate(zip(seeds, case["shares"], strict=True), 1):
            e = bytes.fromhex(case["dealing"]["E"][i - 1])
            shares.append(make_share(ctx, i, trustee_scalar(seed), e, ReplayEntropy(b"nonce")))
            assert shares[-1]["S"] == wanted
            check_share(ctx, i, pubs[i - 1], e, shares[-1])
        for chosen in (shares[: case["k"]], shares[-case["k"] :]):
            secret = combine(chosen)
            assert secret.hex() == case["S"]
            assert identity_of(secret, ctx) == case["identity"]
            assert recipient_of(identity_of(secret, ctx)) == case["recipient"]


def test_trustees_and_their_enrolment(cases):
    for case, _ in cases:
        for trustee in case["trustees"]:
            seed = bytes.fromhex(trustee["seed"])
            assert scalar_bytes(trustee_scalar(seed)).hex() == trustee["x"]
            assert trustee_sign_seed(seed).hex() == trustee["sign_seed"]
            card = check_enrolment(enrolment(trustee["name"], seed))
            assert (card["pub"], card["sign"], card["sig"]) == (
                trustee["pub"],
                trustee["sign"],
                trustee["enrol_sig"],
            )


def test_panels_bids_and_contexts(cases):
    for case, panel in cases:
        assert hashlib.sha256(dumps(case["panel"]["json"])).hexdigest() == case["panel"]["jcs_sha256"]
        assert panel_hash(case["panel"]["json"]).hex() == panel.hash.hex() == case["panel"]["panel_hash"]
        seed = bytes.fromhex(case["bid_uid"]["sign_seed"])
        assert public_key(seed).hex() == case["bid_uid"]["sign_pub"]
        assert bid_uid(public_key(seed)) == case["bid_uid"]["uid"]
        for part in case["ctx"]:
            ctx = envelope_ctx(panel.hash, case["bid_uid"]["uid"], part["envelope"])
            assert ctx.hex() == part["ctx"]
            assert identity_of(bytes.fromhex(part["S"]), ctx) == part["identity"]
            assert recipient_of(part["identity"]) == part["recipient"]


def test_manifests_replacements_withdrawals_overrides_and_schedules(cases):
    for case, panel in cases:
        seed = bytes.fromhex(case["bid_uid"]["sign_seed"])
        manifest, old = case["manifest"], case["supersede"]
        check_manifest(manifest["json"], manifest["sig"], panel, panel.hash)
        assert sign_manifest(seed, manifest["json"]) == manifest["sig"]
        check_supersedes_sig(old["json"], old["supersedes_sig"], public_key(seed))
        assert sign_supersede(seed, old["json"]) == old["supersedes_sig"]
        proof = withdrawal(panel.project, panel.hash, seed)
        assert proof == {"withdrawal": case["withdrawal"]["json"], "sig": case["withdrawal"]["sig"]}
        check_withdrawal(proof["withdrawal"], proof["sig"], public_key(seed), panel, panel.hash)
        order = case["override"]["json"]
        assert override_order(panel.project, panel.hash, order["bid"], order["reason"]) == order
        check_override(order, case["override"]["sigs"], panel, panel.hash)
        seeds = [trustee_sign_seed(bytes.fromhex(trustee["seed"])) for trustee in case["trustees"]]
        for signed in case["override"]["sigs"]:
            assert sign_override(seeds[signed["i"] - 1], order) == signed["sig"]
            assert verify_object(panel.seat(signed["i"]).sign, OVERRIDE_TAG, order, signed["sig"])
        schedule = case["schedule"]["json"]
        for signed in schedule["sigs"]:
            assert sign_schedule(schedule, seeds[signed["i"] - 1]) == signed["sig"]
        # The vectors fix the form of a signature; to be valid, a schedule takes the supervisor's and the agency's.
        both = [panel.seat_of(role).i for role in SCHEDULERS]
        whole = schedule | {"sigs": seat_sigs((i, sign_schedule(schedule, seeds[i - 1])) for i in both)}
        check_schedule(whole, panel, schedule | {"n": schedule["n"] - 1, "sigs": []})


def test_sheets_and_padding(cases):
    for case, _ in cases:
        sheet = case["sheet"]
        value = loads(sheet["jcs_text"])
        padded = pad_json(value)
        assert len(padded) == sheet["padded_length"]
        assert hashlib.sha256(padded).hexdigest() == sheet["padded_sha256"]
        place = {key: value[key] for key in ("project", "lot", "bid", "envelope")}
        assert parse_sheet(padded, **place) == (value, sheet["sha256"])
        for length, wanted in case["padme"]:
            assert padme(length) == wanted, length


def test_shares_and_batches(cases):
    for case, panel in cases:
        envelopes = {envelope["id"]: envelope for envelope in case["manifest"]["json"]["envelopes"]}
        for part in case["shares"]:
            seed = bytes.fromhex(case["trustees"][part["i"] - 1]["seed"])
            e = bytes.fromhex(envelopes[part["envelope"]]["dealing"]["E"][part["i"] - 1])
            ctx = envelope_ctx(panel.hash, case["bid_uid"]["uid"], part["envelope"])
            share = make_share(
                ctx, part["i"], trustee_scalar(seed), e, Given(bytes.fromhex(part["random64"]))
            )
            assert share == part["share"]
            check_share(ctx, part["i"], panel.seat(part["i"]).pub, e, share)
        batch = case["batch"]
        seed = trustee_sign_seed(bytes.fromhex(case["trustees"][batch["json"]["i"] - 1]["seed"]))
        assert sign_object(seed, BATCH_TAG, batch["json"]) == batch["sig"]
        signed = parse_batch(loads(dumps({"batch": batch["json"], "sig": batch["sig"]})))
        assert signed.sha256 == batch["leaf_sha256"]
