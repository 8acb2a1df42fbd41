"""Records as data: what is hashed into the log and signed (docs/spec/opening.md, "Records"). Instants in Unix seconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bidding.core.clock import unix
from bidding.opening.papers.models import RecordScan, VideoReference
from bidding.opening.papers.rules import Failure, Seen
from bidding.opening.papers.withdrawal import SCAN, VIDEO, statement, withdrawal_kind
from bidding.opening.queries import CloseView
from bidding.opening.sitting.ceremony import digest
from bidding.opening.sitting.presentation import Board


def witness(
    board: Board,
    *,
    by: Mapping[str, str],
    arrived_at: datetime,
    left_at: datetime,
    checks: Mapping[str, Seen],
    problems: str,
    opinion: str,
) -> dict[str, Any]:
    """The supervisor's record: what they say, and what the system saw meanwhile."""
    sitting = board.sitting
    return {
        **_head(board, "witness-record"),
        **({"stage": board.stage} if board.is_later else {}),
        "by": dict(by),
        "arrived_at": unix(arrived_at),
        "left_at": unix(left_at),
        "checks": {code: seen.value for code, seen in checks.items()},
        "problems": problems,
        "opinion": opinion,
        "opened_at": _or_none(board.opened_at),
        "shares": [
            {"seat": seat.number, "role": seat.role, "org": seat.org, "at": unix(seat.given_at)}
            for seat in board.seats
            if seat.given_at is not None
        ],
        "faults": [
            {"place": row.sheet.place, "bid": row.sheet.bid_uid, "verdict": row.sheet.verdict}
            for row in board.rows
            if row.sheet.verdict is not None
        ],
        "present": sum(1 for guest in sitting.guests if guest.attendance is not None),
        "absent": len(sitting.absent),
        "objections": [
            {"words": each.words, "at": unix(each.raised_at), "answer": each.answer}
            for each in sitting.objections
        ],
        "suspensions": [
            {
                "reason": each.reason,
                "on_at": _or_none(each.on_at),
                "off_reason": each.off_reason,
                "off_at": _or_none(each.off_at),
            }
            for each in sitting.suspensions
        ],
        "record": sitting.sitting.record_sha256 if sitting.sitting else None,
        "ended_at": _or_none(sitting.sitting.ended_at if sitting.sitting else None),
    }


def failed(board: Board, failures: Sequence[Failure], *, article: str) -> dict[str, Any]:
    """The record of lots that failed: how many bids there were, how many it takes, and by which article."""
    return {
        **_head(board, "failed-record"),
        "family": board.hall.project.family.value,
        "article": article,
        "lots": [
            {
                "lot": each.code,
                "name": each.name,
                "when": "close" if each.at_close else "opened",
                "count": each.count,
                "least": each.least,
                "by": each.by,
            }
            for each in failures
        ],
    }


def _head(board: Board, kind: str) -> dict[str, Any]:
    project, close = board.hall.project, board.hall.close
    assert isinstance(close, CloseView)  # noqa: S101 — the caller has asked whether it is public
    return {
        "v": 1,
        "type": kind,
        "project": project.code,
        "title": project.title,
        "panel": project.panel_hash,
        "close": {"at": unix(close.at), "count": close.count, "words": close.words},
    }


def _or_none(at: datetime | None) -> int | None:
    return None if at is None else unix(at)


def scan_note(row: RecordScan) -> dict[str, Any]:
    """What the log says of a scan."""
    return {"record": row.record.value, "sha256": row.sha256}


def video_note(row: VideoReference) -> dict[str, Any]:
    """What the log says of a video."""
    return {"camera": row.camera, "from": unix(row.begins_at), "to": unix(row.ends_at)}


def attached(row: RecordScan | VideoReference) -> tuple[str, dict[str, Any]]:
    """Kind and data of the note that attached it."""
    return (SCAN, scan_note(row)) if isinstance(row, RecordScan) else (VIDEO, video_note(row))


def reason_given(project: str, row: RecordScan | VideoReference) -> dict[str, Any]:
    """Why something was taken back, as its digest stands in the log; ``project`` is its code."""
    assert row.withdrawn_at and row.withdrawn_as and row.withdrawn_reason  # noqa: S101, PT018 — the row says that it was
    kind, of = attached(row)
    return statement(
        project=project,
        kind=kind,
        of=of,
        capacity=row.withdrawn_as.value,
        reason=row.withdrawn_reason,
        at=unix(row.withdrawn_at),
    )


def withdrawal(project: str, row: RecordScan | VideoReference) -> tuple[str, dict[str, Any]]:
    """Kind and data of the note that takes it back."""
    kind, of = attached(row)
    said = reason_given(project, row)
    return withdrawal_kind(kind), {"of": of, "as": said["as"], "why": digest(said)}


def extras(
    project: str, scans: Sequence[RecordScan], videos: Sequence[VideoReference]
) -> dict[str, list[dict[str, Any]]]:
    """Scans and videos as everybody may read them by machine; of what was taken back, why, but no file name."""
    return {
        "scans": [
            {
                **scan_note(row),
                "name": None if row.withdrawn_at else row.name,
                "size": row.size,
                "at": unix(row.attached_at),
                "by": row.attached_by.name,
                "withdrawn": _withdrawn(project, row),
            }
            for row in scans
        ],
        "videos": [
            {
                **video_note(row),
                "at": unix(row.noted_at),
                "by": row.noted_by.name,
                "withdrawn": _withdrawn(project, row),
            }
            for row in videos
        ],
    }


def _withdrawn(project: str, row: RecordScan | VideoReference) -> dict[str, Any] | None:
    if row.withdrawn_by is None:
        return None
    said = reason_given(project, row)
    return {"by": row.withdrawn_by.name, "statement": said, "sha256": digest(said)}
