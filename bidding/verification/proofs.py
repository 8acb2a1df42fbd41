"""Checking a ``draw.zip``: the draws of one project, without its bids (docs/spec/draw.md). No server, no database.

The checks and their codes are those of an opening as far as they go; a page does the same in the same order
(``static/js/draws/proof.js``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from bidding.core.archive import Unreadable, begins_with, opened
from bidding.core.canonical import Malformed
from bidding.core.errors import DomainError
from bidding.experts.calls import Answer
from bidding.experts.proof import (
    OUT,
    PASSED,
    PROOF,
    SERVES,
    Proof,
    ProofZip,
    check_opened,
    panel_event,
    parse_proof,
    region_of,
)
from bidding.experts.replay import DrawRecord
from bidding.ledger.events import leaf_hash
from bidding.ledger.merkle import Tree
from bidding.ledger.trust import Checked, Policy, parse_policy
from bidding.opening.batches import check_checkpoints
from bidding.opening.client import check_keys
from bidding.sealing.panel import Panel, parse_panel
from bidding.verification.draws import replay_all, settle
from bidding.verification.findings import Report
from bidding.verification.verify.case import NOTHING_ASKED, Asked, Ended
from bidding.verification.verify.witnesses import CODES

#: What an answer told before the opening is to the rules of calling.
_TAKEN = {SERVES: (Answer.ACCEPT, None), OUT: (Answer.DECLINE, "untold"), PASSED: (Answer.SKIP, None)}


@dataclass(slots=True)
class _Log:
    """What a proof says of the log."""

    panel: Panel
    policy: Policy
    draws: Sequence[tuple[int, Mapping[str, Any]]]
    tree: Tree = field(default_factory=Tree)

    @property
    def panel_hash(self) -> bytes:
        return self.panel.hash

    @property
    def size(self) -> int:
        return len(self.tree)


def is_proof(path: Path) -> bool:
    """Whether a file is meant to be a ``draw.zip``: it begins with ``draw.json``. Raises ``OSError``."""
    with path.open("rb") as file:
        return begins_with(file, PROOF)


def verify_proof(path: Path, asked: Asked = NOTHING_ASKED) -> Report:
    """Check a ``draw.zip``. Raises ``Unreadable`` where there is nothing to judge, ``OSError``."""
    report = Report()
    with opened(path) as zipped:
        try:
            archive = ProofZip(zipped)
        except Unreadable:
            raise
        except Malformed as error:
            report.refuse("files.extra", error)
            return report
        with suppress(Ended):
            _check(archive, asked, report)
    return report


def _check(archive: ProofZip, asked: Asked, report: Report) -> None:
    data = archive.read_proof()
    report.holds("files")
    proof, log = _read(data, report)
    _anchor(log, asked, report)
    checkpoints = _witnesses(proof, log, asked, report) if proof.with_log else None
    if checkpoints is None:
        report.note("proof.early")
    draws = replay_all(log, report)
    if draws is None:
        raise Ended
    _calls(proof, draws, report)
    settle(log, draws, checkpoints, archive.read_names(), report)
    try:
        regions = archive.read_labels()
    except Malformed as error:
        _end(report, "proof.shape", error)
    for draw in report.draws:
        for stratum in draw["strata"]:
            stratum["region"] = region_of(stratum["id"], regions)


def _end(report: Report, code: str, error: object) -> NoReturn:
    report.refuse(code, error)
    raise Ended


def _read(data: bytes, report: Report) -> tuple[Proof, _Log]:
    try:
        proof = parse_proof(data)
        panel = parse_panel(dict(panel_event(proof)))
        policy = parse_policy(panel.policy)
    except Malformed as error:
        _end(report, "proof.shape", error)
    report.holds("proof")
    try:
        check_opened(proof)
    except Malformed as error:
        _end(report, "leaves.open", error)
    places = [place if each.at is None else each.at for place, each in enumerate(proof.opens)]
    log = _Log(
        panel,
        policy,
        [(at, each.event) for at, each in zip(places, proof.opens, strict=True)][1:],
        Tree(leaf_hash(leaf) for leaf in proof.leaves),
    )
    if proof.with_log:
        report.holds("proof.leaves", count=len(proof.opens), size=log.size)
        report.size = log.size
    report.project, report.panel = panel.project, panel.hash.hex()
    return proof, log


def _anchor(log: _Log, asked: Asked, report: Report) -> None:
    panel = log.panel.hash.hex()
    if asked.panel is None:
        report.note("panel.unknown", panel=panel)
    elif asked.panel == panel:
        report.holds("panel")
    else:
        report.refuse("panel.other", f"{panel} here, {asked.panel} in the notice")


def _witnesses(proof: Proof, log: _Log, asked: Asked, report: Report) -> Sequence[Checked]:
    """Checkpoints, of which the last covers every leaf and has a quorum."""
    try:
        checkpoints = check_checkpoints(log, proof.checkpoints)
    except Malformed as error:
        _end(report, CODES.get(type(error), "checkpoint.form"), error)
    report.holds("checkpoints", count=len(checkpoints))
    if asked.pinned is not None:
        try:
            check_keys(log.policy, proof.checkpoints, asked.pinned)
        except Malformed as error:
            report.refuse("pinned.other", error)
        else:
            report.holds("pinned")
    if not checkpoints or checkpoints[-1].head.size != log.size:
        report.refuse("checkpoint.last", "leaves stand after it")
    elif not log.policy.witnessed(checkpoints[-1]):
        report.refuse("checkpoint.last", "no quorum")
    return checkpoints


def _calls(proof: Proof, draws: Sequence[DrawRecord], report: Report) -> None:
    """Calls that are told without their reasons, against the same rules as those of a log."""
    known = {draw.id: draw.calling for draw in draws}
    for number, call in enumerate(proof.calls, 1):
        answer, reason = _TAKEN[call.answer]
        calling = known.get(call.draw)
        if calling is None:
            report.refuse("proof.call", f"nobody is drawn in {call.draw}", number=number)
            raise Ended
        try:
            calling.record(call.stratum, call.h, answer, reason=reason, record=reason)
        except DomainError as error:
            report.refuse("proof.call", error.code, number=number)
            raise Ended from error
