"""A panel, a tender file and its trustees, without a database."""

from __future__ import annotations

from bidding.core.entropy import ReplayEntropy
from bidding.core.signing import public_key
from bidding.ledger.note import Algorithm, VerifierKey
from bidding.sealing.enrolment import enrolment
from bidding.sealing.panel import TWO_ENVELOPES
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


FIELDS = (
    ("price_fen", "投标报价（元）", "fen", True, 200_000_000),
    ("rate_ppm", "费率（%）", "ppm", False, None),
    ("days", "工期（日历天）", "integer", True, None),
    ("quality", "质量标准", "text", True, None),
    ("remark", "备注", "text", False, None),
)
SLOTS = (
    ("technical", "技术标", False, [".pdf"], False),
    ("other", "其他材料", False, [], True),
)


def lot(code, name, fields=FIELDS, slots=SLOTS):
    """A lot of a tender file."""
    return {
        "code": code,
        "name": name,
        "fields": [
            dict(zip(("name", "label", "kind", "required", "ceiling"), row, strict=True)) for row in fields
        ],
        "slots": [
            dict(zip(("code", "label", "required", "endings", "many"), row, strict=True)) for row in slots
        ],
    }


def tender_file():
    """What the notice serves as ``tender.json``."""
    return {
        "v": 2,
        "panel": panel_event(),
        "lots": [lot("1", "道路"), lot("2", "管网")],
        "title": "明川县城区道路改造",
        "closes_at": 1_796_000_400,
    }


def sale():
    """The tender file of something sold: version 4, with a floor of two million yuan for the price."""
    lots = [lot("1", "公交车")]
    for place, field in enumerate(lots[0]["fields"]):
        field |= {"ceiling": None, "envelope": "offer", "floor": None if place else 200_000_000}
    for slot in lots[0]["slots"]:
        slot["envelope"] = "files"
    return tender_file() | {"v": 4, "lots": lots}


#: An offer as people type it.
OFFER = {"price_fen": "1,234,567.89", "rate_ppm": "1.25", "days": "90", "quality": " 合格 "}


#: Of every field and slot, where it lies with two envelopes.
_PRICED = {"price_fen", "rate_ppm", "bill"}


def two_envelopes():
    """The tender file of a tender in two envelopes: the price and its files apart."""
    slots = (*SLOTS, ("bill", "已标价工程量清单", False, [], True))
    made = lot("1", "道路", slots=slots)
    made["fields"] = [
        field | {"envelope": "offer" if field["name"] in _PRICED else "technical"} for field in made["fields"]
    ]
    made["slots"] = [
        slot | {"envelope": "prices" if slot["code"] in _PRICED else "files"} for slot in made["slots"]
    ]
    envelopes = [{"id": spec.id, "public": spec.public, "stage": spec.stage} for spec in TWO_ENVELOPES]
    return tender_file() | {"v": 3, "panel": panel_event(envelopes=envelopes), "lots": [made]}
