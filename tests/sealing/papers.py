"""A panel, a tender file and its trustees, without a database."""

from __future__ import annotations

from bidding.core.entropy import ReplayEntropy
from bidding.core.signing import public_key
from bidding.ledger.note import Algorithm, VerifierKey
from bidding.sealing.enrolment import enrolment
from tests.sealing.keyring import STANDING, seed_of

_LOG = VerifierKey("bids.example/p/T-2026-1", Algorithm.ED25519, public_key(b"l" * 32))
_WITNESS = VerifierKey("witness.example/w1", Algorithm.COSIGNATURE, public_key(b"w" * 32))
POLICY = f"log {_LOG}\nwitness w1 {_WITNESS}\nquorum w1\n"


def entropy(label: str = "papers") -> ReplayEntropy:
    """The same bytes at every run."""
    return ReplayEntropy(label.encode())


def panel_event(**changes):
    """A panel event of five trustees, three of whom open."""
    event = {
        "v": 1,
        "type": "panel",
        "project": "T-2026-1",
        "suite": "bidseal-v1",
        "k": 3,
        "min_bids": 3,
        "policy": POLICY,
        "trustees": [_seat(i, name) for i, name in enumerate(STANDING, 1)],
        "envelopes": [
            {"id": "offer", "public": True, "stage": 1},
            {"id": "files", "public": False, "stage": 1},
        ],
    }
    return event | changes


def _seat(i, name):
    card = enrolment(name, seed_of(name))
    return {
        "i": i,
        "role": name,
        "name": name,
        "org": f"org {name}",
        "pub": card["pub"],
        "sign": card["sign"],
    }


def tender_file():
    """What the notice serves as ``tender.json``."""
    fields = (
        ("price_fen", "投标报价（元）", "fen", True),
        ("rate_ppm", "费率（%）", "ppm", False),
        ("days", "工期（日历天）", "integer", True),
        ("quality", "质量标准", "text", True),
        ("remark", "备注", "text", False),
    )
    return {
        "v": 1,
        "panel": panel_event(),
        "lots": [{"code": "1", "name": "道路"}, {"code": "2", "name": "管网"}],
        "title": "明川县城区道路改造",
        "closes_at": 1_796_000_400,
        "fields": [dict(zip(("name", "label", "kind", "required"), row, strict=True)) for row in fields],
    }


#: An offer as people type it.
OFFER = {"price_fen": "1,234,567.89", "rate_ppm": "1.25", "days": "90", "quality": " 合格 "}
