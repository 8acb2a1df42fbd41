"""Keys, panels and events for tests of the logs."""

from bidding.core.signing import public_key
from bidding.ledger.note import Algorithm, VerifierKey
from bidding.ledger.trust import write_policy
from bidding.ledger.witness import Witness

#: 2026-11-23 09:00:00 in Shanghai, as the fake clock stands.
MONDAY = 1795395600
CODE = "T-2026-001"


class Memory:
    """A witness's state that lives as long as the test."""

    def __init__(self):
        self.seen = {}

    def locked(self):
        from contextlib import nullcontext

        return nullcontext()

    def load(self):
        return dict(self.seen)

    def save(self, seen):
        self.seen = dict(seen)


def seed(name):
    """32 bytes that belong to a name."""
    from bidding.core.canonical import sha

    return sha("test seed", name)


def witness(name="w1.example.gov.cn"):
    """A witness with an empty memory."""
    return Witness(name, seed(name), Memory())


def log_key(name="bids.example.gov.cn/p/X"):
    """The verifier key of a log."""
    return VerifierKey(name, Algorithm.ED25519, public_key(seed(name)))


def policy(*witnesses, log=None):
    """A panel's policy over these witnesses."""
    return write_policy(log or log_key(), [w.vkey for w in witnesses])


def panel_event(policy_text, code=CODE):
    """A panel, well formed; whether its keys are real is not the ledger's question."""
    return {
        "v": 1,
        "type": "panel",
        "project": code,
        "suite": "bidseal-v1",
        "k": 2,
        "min_bids": 3,
        "policy": policy_text,
        "trustees": [
            {"i": i, "role": role, "name": role, "org": f"org-{i}", "pub": "11" * 32, "sign": "22" * 32}
            for i, role in enumerate(("supervisor", "agency", "finance"), 1)
        ],
        "envelopes": [{"id": "offer", "public": True, "stage": 1}],
    }


def schedule_event(closes_at, n=0, code=CODE, at=MONDAY):
    """A schedule with one stage, opened when it closes."""
    return {
        "v": 1,
        "type": "schedule",
        "at": at,
        "project": code,
        "panel": "33" * 32,
        "n": n,
        "closes_at": closes_at,
        "opens": [{"stage": 1, "at": closes_at}],
        "reason": None,
        "sigs": [],
    }


COVER = {"v": 1, "type": "cover"}
