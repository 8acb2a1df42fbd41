"""Checkpoints, the close, and whether every act was there in time: what witnesses signed, or the words on paper in their place."""

from __future__ import annotations

from typing import Any

from bidding.core.canonical import Malformed
from bidding.ledger.note import BadSignature
from bidding.ledger.words import six_words
from bidding.opening.batches import OtherHistory, Stranger, check_checkpoints, check_words
from bidding.opening.client import check_pinned
from bidding.opening.record import Early, close_checkpoint, counts_in_time
from bidding.verification.findings import KINDS
from bidding.verification.verify.case import Case, Ended, shown

#: What is wrong with a checkpoint, where it is more than its form.
CODES: dict[type[Malformed], str] = {
    BadSignature: "checkpoint.signature",
    OtherHistory: "checkpoint.root",
    Stranger: "checkpoint.stranger",
}


def check_witnesses(case: Case) -> None:
    """Checkpoints, the close, every act in time, the last checkpoint. Ends where no checkpoint can be judged, or there is no close."""
    _witnesses(case)
    _the_close(case)


def _witnesses(case: Case) -> None:
    try:
        case.checkpoints = check_checkpoints(case.record, case.bundle.checkpoints)
    except Malformed as error:
        case.end(CODES.get(type(error), "checkpoint.form"), error)
    case.report.holds("checkpoints", count=len(case.checkpoints))
    if case.asked.pinned is not None:
        try:
            check_pinned(case.record, case.bundle.checkpoints, case.asked.pinned)
        except Malformed as error:
            case.report.refuse("pinned.other", error)
        else:
            case.report.holds("pinned")


def _the_close(case: Case) -> None:
    close = case.record.close
    if close is None:
        case.report.refuse("close.missing")
        raise Ended
    case.report.words = six_words(close.head.origin, close.head.size, close.head.root)
    by_words = _words_agree(case)
    try:
        close_checkpoint(case.record, case.checkpoints)
    except Early as error:
        case.report.refuse("close.early", error)
    except Malformed as error:
        _unwitnessed(case, "close.witness", error, by_words)
    else:
        case.report.holds("close", closes=shown(close.closes_at), count=close.count)
    _in_time(case, by_words)
    _last(case, by_words)


def _words_agree(case: Case) -> bool:
    """Whether the paper record's words are given, are right, and may stand in for witnesses."""
    if case.asked.words is None:
        return False
    try:
        check_words(case.record, case.asked.words)
    except Malformed as error:
        case.report.refuse("words.other", error)
        return False
    case.report.holds("words")
    return case.record.unwitnessed_at is not None


def _unwitnessed(case: Case, code: str, detail: object, by_words: bool, **params: Any) -> None:
    if not by_words:
        case.report.refuse(code, detail, **params)
    elif not any(finding.code == "close.words" for finding in case.report.findings):
        case.report.note("close.words")


def _in_time(case: Case, by_words: bool) -> None:
    counts = counts_in_time(case.record, case.checkpoints)
    for index, kind, bid in case.record.acts:
        if not counts[index]:
            _unwitnessed(case, "time.late", f"bid {bid}", by_words, index=index, kind=KINDS[kind.value])
    if all(counts.values()):
        case.report.holds("times", count=len(counts))


def _last(case: Case, by_words: bool) -> None:
    """Whether the last checkpoint covers every leaf, with a quorum."""
    last = case.checkpoints[-1] if case.checkpoints else None
    if last is None or last.head.size != case.record.size:
        case.report.refuse("checkpoint.last", "leaves stand after it")
    elif not case.record.policy.witnessed(last):
        _unwitnessed(case, "checkpoint.last", "no quorum", by_words)
