"""The draw against every file of vectors: ``expert-draw*.json`` and the draws of ``protocol-vectors*.json``."""

from __future__ import annotations

import json

import pytest

from bidding.core.canonical import dumps, sha
from bidding.experts.draw import (
    Stream,
    check_spec,
    contribution,
    draw,
    draw_seed,
    party_ctx,
    spec_bytes,
    spec_hash,
)
from bidding.experts.replay import check_deal, check_order, revealed_secret
from bidding.sealing.panel import panel_hash, parse_panel


def _draws(folder):
    return [
        case for path in sorted(folder.glob("expert-draw*.json")) for case in json.loads(path.read_text())
    ]


def _protocols(folder):
    found = [json.loads(path.read_text()) for path in sorted(folder.glob("protocol-vectors*.json"))]
    return [case for case in found if "draw" in case]


def _same(results, wanted):
    assert [
        {"id": r.id, "rank": list(r.rank), "pick": list(r.picks), "backup": list(r.backups)} for r in results
    ] == [{key: stratum[key] for key in ("id", "rank", "pick", "backup")} for stratum in wanted]
    assert [[list(pair) for pair in r.skipped] for r in results] == [
        [list(pair) for pair in stratum["skip"]] for stratum in wanted
    ]


def test_draws(vectors):
    cases = _draws(vectors)
    if not cases:
        pytest.fail(f"no expert-draw*.json in {vectors}")
    for case in cases:
        spec = check_spec(case["spec"])
        assert spec_hash(spec).hex() == case["spec_hash"], case["name"]
        reveals = {name: bytes.fromhex(value) for name, value in case["reveals"].items()}
        seed = draw_seed(spec_hash(spec), reveals)
        assert seed.hex() == case["seed"], case["name"]
        assert Stream(seed, spec["strata"][0]["id"]).block(0).hex() == case["stream32"], case["name"]
        _same(draw(seed, spec), case["result"])


def test_whole_draws_of_the_protocol(vectors):
    cases = _protocols(vectors)
    if not cases:
        pytest.fail(f"no protocol-vectors*.json with a draw in {vectors}")
    for case in cases:
        panel = parse_panel(case["panel"]["json"])
        anchor = panel_hash(case["panel"]["json"])
        part = case["draw"]
        spec = check_spec(part["spec"])
        assert spec_bytes(spec) == dumps(spec)
        digest = spec_hash(spec)
        assert digest.hex() == part["spec_hash"] == sha("expert-draw/v1 spec", dumps(spec)).hex()
        check_order(part["order"], part["order_sig"], panel, anchor)
        values = {}
        for party in part["parties"]:
            ctx = party_ctx(anchor, digest, party["party"])
            assert ctx.hex() == party["ctx"]
            check_deal(party["deal"], party["sig"], digest, panel, anchor)
            secret = revealed_secret(party["a0"], party["deal"]["dealing"])
            values[party["party"]] = contribution(secret, ctx)
            assert values[party["party"]].hex() == party["contribution"]
        seed = draw_seed(digest, values)
        assert seed.hex() == part["seed"]
        _same(draw(seed, spec), part["result"])
