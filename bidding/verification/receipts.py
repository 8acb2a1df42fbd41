"""Checking a receipt: by itself, or against an opening bundle (protocol §4, §6.6). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bidding.core.canonical import Malformed
from bidding.ledger.note import BadSignature
from bidding.ledger.proof import Receipt, parse_proof, read_extra, verify_receipt
from bidding.ledger.trust import Policy
from bidding.opening.record import Record
from bidding.verification.findings import KINDS, Report

#: Where an event names its panel, if it does.
_PLACES = ("manifest", "withdrawal", "order", "deal")


@dataclass(frozen=True, slots=True)
class ReceiptFile:
    """The text of a ``.tlog-proof`` file and the name to call it by."""

    name: str
    text: str


def named_panel(event: Mapping[str, Any]) -> str | None:
    """The panel hash (hex) that an event names, if it names one."""
    for place in _PLACES:
        if place in event:
            return str(event[place]["panel"])
    found = event.get("panel")
    return str(found) if found is not None else None


def check_alone(file: ReceiptFile, policy: Policy, panel: str | None, report: Report) -> Receipt | None:
    """Check a receipt by a policy alone; what was found goes into the report. The receipt, if it holds.

    ``panel`` is the panel hash (hex) of the printed notice, if it is known.
    """
    try:
        proof = parse_proof(file.text)
        _, event = read_extra(proof.extra)
    except Malformed as error:
        report.refuse("receipt.form", error, name=file.name)
        return None
    named = named_panel(event)
    if panel is not None and named is not None and named != panel:
        report.refuse("receipt.panel", f"it names {named}", name=file.name)
        return None
    try:
        receipt = verify_receipt(file.text, policy)
    except BadSignature as error:
        report.refuse("receipt.signature", error, name=file.name)
        return None
    except Malformed as error:
        report.refuse("receipt.form", error, name=file.name)
        return None
    told = {"name": file.name, "index": receipt.index, "kind": KINDS.get(event["type"], event["type"])}
    if policy.witnessed(receipt.checked):
        report.holds("receipt", **told)
    else:
        report.note("receipt.unwitnessed", **told)
    return receipt


def check_in_bundle(file: ReceiptFile, record: Record, leaves: Sequence[str], report: Report) -> None:
    """Check a receipt by the panel's own policy and against the leaves of a bundle that were checked before.

    It must name this panel, lie at its index, and have been signed over a prefix of this very log.
    """
    found = Report()
    receipt = check_alone(file, record.policy, record.panel_hash.hex(), found)
    if receipt is not None and not _placed(receipt, file, record, leaves, report):
        return
    report.findings += found.findings
    if receipt is not None:
        _became(receipt, file, record, report)


def _placed(
    receipt: Receipt, file: ReceiptFile, record: Record, leaves: Sequence[str], report: Report
) -> bool:
    head = receipt.checked.head
    if receipt.index >= len(leaves) or leaves[receipt.index] != receipt.entry:
        if head.size > record.size and receipt.index >= len(leaves):
            report.refuse("receipt.beyond", f"size {head.size}, the bundle has {record.size}", name=file.name)
        else:
            report.refuse("receipt.leaf", f"leaf {receipt.index} is another", name=file.name)
        return False
    if head.size > record.size:
        report.refuse("receipt.beyond", f"size {head.size}, the bundle has {record.size}", name=file.name)
        return False
    if head.root != record.tree.root(head.size):
        report.refuse("receipt.root", f"another root at size {head.size}", name=file.name)
        return False
    return True


def _became(receipt: Receipt, file: ReceiptFile, record: Record, report: Report) -> None:
    """What became of the bid, sealed or on paper, that a receipt is for."""
    event = receipt.event
    uid = {"bid": lambda: event["manifest"]["bid"], "paper": lambda: event["bag"]}.get(event["type"])
    if uid is not None:
        end = record.bids[uid()].end
        if end is not None:
            report.note(f"receipt.{end.value}", name=file.name)
