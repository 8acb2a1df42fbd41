"""What the opening record on paper says of a sitting, and of the bags that are not among its rows."""

from __future__ import annotations

from typing import Any

from bidding.opening.paper import rules as paper_rules
from bidding.opening.sitting import rules
from bidding.opening.sitting.models import SpotObjection
from bidding.opening.sitting.presentation.board import Board
from bidding.opening.sitting.queries import Guest, SittingView


def paper(shown: Board) -> dict[str, Any] | None:
    """What the opening record on paper says of the sitting; None where there was none."""
    view = shown.sitting
    if not view.listed:
        return None
    row, said = view.sitting, shown.hall.project.words
    assert row is not None  # noqa: S101 — it is listed
    return {
        "sha256": row.record_sha256,
        "ended_at": row.ended_at,
        "guests": [
            {
                "tenderer": guest.organisation.name,
                "person": guest.attendance.person if guest.attendance else "",
                "way": rules.WAY_WORDS[guest.attendance.way] if guest.attendance else "",
                "at": guest.attendance.signed_in_at if guest.attendance else None,
            }
            for guest in view.guests
        ],
        "answers": [
            {"place": each.sheet.place, "answer": shown.answers[each.answer][1]} for each in shown.rows
        ],
        "objections": [_said(each) for each in view.objections],
        "suspensions": [
            {
                "reason": each.reason,
                "on_at": each.on_at,
                "off_reason": each.off_reason or "",
                "off_at": each.off_at,
            }
            for each in view.suspensions
        ],
        "signatures": [
            {
                "capacity": rules.capacity_of(each.capacity, said.tenderer),
                "name": each.name,
                "unit": each.organisation.name,
                "at": each.signed_at,
            }
            for each in view.signatures
        ],
        "unsigned": [guest.organisation.name for guest in unsigned(view)],
    }


def unsigned(view: SittingView) -> list[Guest]:
    """Who is here and has not signed the record."""
    units = {each.organisation_id for each in view.signatures}
    return [guest for guest in view.guests if guest.attendance and guest.organisation.id not in units]


def _said(each: SpotObjection) -> dict[str, Any]:
    return {
        "tenderer": each.organisation.name,
        "words": each.words,
        "at": each.raised_at,
        "answer": each.answer or "",
        "answered_at": each.answered_at,
    }


def shut_bags(board: Board) -> list[dict[str, Any]]:
    """The ``bags`` of an opening record: those that are not among its rows, and why."""
    waiting = [(view.bag, paper_rules.WAITS) for view in board.bags if not view.done]
    return [
        {
            "reference": bag.reference,
            "lot": bag.lot.code,
            "tenderer": bag.organisation.name,
            "uscc": bag.organisation.uscc,
            "received_at": bag.received_at,
            "said": said,
        }
        for bag, said in sorted(
            [*waiting, *((bag, paper_rules.DOUBLES) for bag in board.doubles)],
            key=lambda each: each[0].leaf_id,
        )
    ]
