"""Records on pages and on paper: both show the data that were hashed, not what the system knows by now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bidding.core.canonical import loads
from bidding.core.clock import from_unix
from bidding.opening.papers import queries, rules
from bidding.opening.papers.models import RecordScan, VideoReference
from bidding.opening.papers.queries import Paper
from bidding.opening.papers.rules import Of, Seen
from bidding.opening.rules import VERDICT_WORDS
from bidding.opening.sitting.presentation import Board
from bidding.opening.sitting.rules import capacity_of
from bidding.tenders.kinds import Family
from bidding.tenders.models import Project


def told(session: Session, project: Project, paper: Paper) -> dict[str, Any]:
    """A record's data, with instants as ``datetime`` and codes as the words of both languages' catalogues."""
    body: dict[str, Any] = _dated(loads(paper.row.body))
    points = rules.POINTS.get(paper.row.kind)
    if points is not None:
        body["points"] = [
            (points.get(code, code), *rules.SEEN_WORDS[Seen(seen)])
            for code, seen in _in_order(body["checks"], points)
        ]
        body["faults"] = [{**each, "words": VERDICT_WORDS[each["verdict"]]} for each in body["faults"]]
    else:
        follows, by = (
            rules.RESPONSES_FAIL if project.preset.quiet else rules.CLOSE_AFTER[Family(body["family"])],
            queries.article(session, project, queries.CLOSE_FAILS),
        )
        for lot in body["lots"]:
            if lot["when"] == "close":
                lot["after"], lot["by"] = follows, by
            else:
                lot["after"] = rules.DECIDED_AFTER
    return body


def _in_order(checks: Mapping[str, str], points: Mapping[str, str]) -> list[tuple[str, str]]:
    order = list(points)
    return sorted(checks.items(), key=lambda pair: order.index(pair[0]) if pair[0] in order else len(order))


def _dated(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _dated(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [_dated(each) for each in value]
    return from_unix(value) if isinstance(value, int) and (key == "at" or key.endswith("_at")) else value


def sheet(session: Session, board: Board, paper: Paper, *, centre: str, address: str) -> dict[str, Any]:
    """The data of the record on paper (``documents.pdf``, ``witness-record`` and ``failed-record``), in Chinese."""
    project, body = board.hall.project, told(session, board.hall.project, paper)
    for lot in body.get("lots", ()):
        lot["after"] %= {"least": lot["least"], "by": lot["by"], "failed": project.words.failed}
    body["points"] = [{"point": point, "seen": seen} for point, _, seen in body.pop("points", ())]
    return {
        **body,
        "centre": centre,
        "terms": asdict(project.words),
        "code": project.code,
        "owner": project.owner_name,
        "agency": project.agency.name,
        "panel_hash": body["panel"],
        "words": body["close"]["words"],
        "sha256": paper.row.sha256,
        "written_at": paper.row.written_at,
        "signatures": signatures(project, paper),
        **({"matter": "报价开标（第二个信封）"} if paper.row.kind.is_later else {}),
        **extras(session, project, Of(paper.row.kind.value)),
        "address": address,
    }


def signatures(project: Project, paper: Paper) -> list[dict[str, Any]]:
    """Who signed, as papers print it."""
    return [
        {
            "capacity": capacity_of(each.capacity, project.words.tenderer),
            "name": each.name,
            "unit": each.organisation.name,
            "at": each.signed_at,
        }
        for each in paper.signatures
    ]


def extras(session: Session, project: Project, record: Of) -> dict[str, Sequence[Mapping[str, Any]]]:
    """Videos and scans, as every record on paper prints them; of a scan that was taken back, not what it was called."""
    return {
        "videos": [
            {
                "camera": each.camera,
                "begins_at": each.begins_at,
                "ends_at": each.ends_at,
                "withdrawn": _withdrawn(project, each),
            }
            for each in queries.videos(session, project.id)
        ],
        "scans": [
            {
                "name": "" if each.withdrawn_at else each.name,
                "size": each.size,
                "sha256": each.sha256,
                "at": each.attached_at,
                "withdrawn": _withdrawn(project, each),
            }
            for each in queries.scans(session, project.id, record)
        ],
    }


def _withdrawn(project: Project, row: RecordScan | VideoReference) -> dict[str, Any] | None:
    if row.withdrawn_by is None or row.withdrawn_as is None:
        return None
    return {
        "at": row.withdrawn_at,
        "by": row.withdrawn_by.name,
        "as": capacity_of(row.withdrawn_as, project.words.tenderer),
        "reason": row.withdrawn_reason,
    }


def stay(board: Board, now: datetime) -> tuple[datetime, datetime]:
    """What stands in the form of the witness record before anything is typed: from the sitting's hour to now."""
    return (board.hall.prices.opens_at if board.hall.prices and board.is_later else None) or (
        board.hall.project.closes_at or now
    ), now
