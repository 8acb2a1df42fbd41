"""What a receipt says, on the page and on paper."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import segno
from sqlalchemy.orm import Session

from bidding.core.canonical import loads
from bidding.identity.models import Organisation
from bidding.ledger import queries as ledger
from bidding.ledger import service as logs
from bidding.ledger.models import Leaf, Log
from bidding.ledger.note import parse_head, parse_note
from bidding.ledger.proof import parse_proof
from bidding.ledger.queries import Cosigning
from bidding.ledger.words import six_words
from bidding.submissions import queries, reception
from bidding.submissions.models import Attempt, Bid
from bidding.submissions.paper.models import Bag
from bidding.submissions.paper.rules import SEALING_WORDS, Sealing
from bidding.tenders.models import Project
from bidding.tenders.words import words


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """A receipt's facts. ``manifest_sha256`` is that of the sealed list, in hex; sizes in bytes."""

    index: int
    size: int
    words: str
    checkpoint: str
    manifest_sha256: str
    files: int
    sealed_bytes: int


def receipt_of(session: Session, bid: Bid) -> ReceiptView:
    """The facts of a bid's receipt, from the very text that the tenderer can download."""
    proof = parse_proof(reception.receipt(bid, witnessed=False))
    head = parse_head(parse_note(proof.note)[0])
    return ReceiptView(
        index=queries.leaf_of(session, bid).idx,
        size=head.size,
        words=six_words(head.origin, head.size, head.root),
        checkpoint=head.text,
        manifest_sha256=manifest_sha256(bid),
        files=len(bid.files),
        sealed_bytes=sum(file.size for file in bid.files),
    )


def hope(session: Session, bid: Bid, now: datetime) -> Cosigning:
    """What can be hoped for from the witnesses of the bid's log."""
    return ledger.hope(session, session.get_one(Log, bid.project.log_id), now)


def manifest_sha256(bid: Bid) -> str:
    """The SHA-256 (hex) of the sealed list: what the bid is, in one number."""
    return hashlib.sha256(bid.manifest.encode()).hexdigest()


def qr(address: str) -> str:
    """An address as a picture to be scanned, in a ``data:`` address of its own."""
    picture: str = segno.make(address, error="m", micro=False).svg_data_uri(border=1, light="#fff")
    return picture


def paper_of(session: Session, bid: Bid, *, centre: str, address: str, now: datetime) -> dict[str, Any]:
    """The data of the paper receipt (``documents.pdf``, template ``receipt``)."""
    view = receipt_of(session, bid)
    return {
        "centre": centre,
        "terms": asdict(words(bid.project.family, bid.project.method)),
        "reference": bid.reference,
        "bid": bid.uid,
        "project": bid.project.title,
        "project_code": bid.project.code,
        "lot": f"{bid.lot.code} {bid.lot.name}",
        "tenderer": bid.organisation.name,
        "uscc": bid.organisation.uscc,
        "received_at": bid.received_at,
        "closes_at": bid.project.closes_at,
        "envelopes": [item["id"] for item in loads(bid.manifest)["envelopes"]],
        "files": view.files,
        "bytes": view.sealed_bytes,
        "sha256": view.manifest_sha256,
        "leaf": view.index,
        "checkpoint": view.checkpoint,
        "words": view.words,
        "alone": hope(session, bid, now) is Cosigning.ALONE,
        "address": address,
    }


# Paper -----------------------------------------------------------------------------------------------------------


def bag_proof(session: Session, bag: Bag) -> str:
    """The tlog-proof of a bag's line in the log: over the newest checkpoint that there is."""
    return logs.receipt(session, session.get_one(Leaf, bag.leaf_id), witnessed=False)


def bag_of(session: Session, bag: Bag, *, centre: str, address: str) -> dict[str, Any]:
    """The data of a bag's receipt (``documents.pdf``, template ``bag-receipt``)."""
    proof = parse_proof(bag_proof(session, bag))
    head = parse_head(parse_note(proof.note)[0])
    return {
        "centre": centre,
        "terms": asdict(words(bag.project.family, bag.project.method)),
        "reference": bag.reference,
        "project": bag.project.title,
        "project_code": bag.project.code,
        "lot": f"{bag.lot.code} {bag.lot.name}",
        "tenderer": bag.organisation.name,
        "uscc": bag.organisation.uscc,
        "deliverer": bag.deliverer,
        "copies": bag.copies,
        "sealing": SEALING_WORDS[Sealing.WHOLE],
        "received_at": bag.received_at,
        "closes_at": bag.project.closes_at,
        "bag": bag.uid,
        "salt": bag.salt,
        "leaf": proof.index,
        "checkpoint": head.text,
        "words": six_words(head.origin, head.size, head.root),
        "address": address,
    }


def slip_of(
    attempt: Attempt, organisation: Organisation, project: Project, *, centre: str, address: str
) -> dict[str, Any]:
    """The data of a slip (``documents.pdf``, template ``bag-slip``)."""
    return {
        "centre": centre,
        "terms": asdict(words(project.family, project.method)),
        "reference": attempt.reference,
        "project": project.title,
        "project_code": project.code,
        "tenderer": organisation.name,
        "uscc": organisation.uscc,
        "at": attempt.at,
        "closes_at": project.closes_at,
        "reason": attempt.reason,
        "address": address,
    }
