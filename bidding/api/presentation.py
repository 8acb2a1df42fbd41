"""Rows as programs see them. Only what the public pages show, and to an agency what its own desk shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask import request, url_for

from bidding.award.models import Award
from bidding.core.canonical import sha
from bidding.tenders.models import Document, Lot, Project
from bidding.tenders.rules import Facts, Problem, phase
from bidding.web.context import now
from bidding.web.errors import told


def address(endpoint: str, **values: Any) -> str:
    """The whole address of something."""
    return url_for(endpoint, _external=True, **values)


def stretch(
    items: Iterable[dict[str, Any]], name: str, value: int | None, **more: Any
) -> tuple[Any, int, Any]:
    """A part of a list with the address of the next: the same question from ``value`` on, in the body and as ``Link``."""
    following = None
    if value is not None:
        asked = request.args.to_dict() | {name: str(value)}
        following = address(request.endpoint or "", **(request.view_args or {}), **asked)
    headers = {"Link": f'<{following}>; rel="next"'} if following else {}
    return {"items": list(items), "next": following, **more}, 200, headers


def listed(row: Any) -> dict[str, Any]:
    """A row of the public list."""
    return {
        "uid": row.uid,
        "code": row.code,
        "title": row.title,
        "owner": row.owner_name,
        "family": row.family.value,
        "phase": phase(Facts(row.stage, row.closes_at), now()).value,
        "closes_at": row.closes_at,
        "page": address("tenders.notice", uid=row.uid),
    }


_AS_WRITTEN = (
    "uid",
    "code",
    "title",
    "summary",
    "subject",
    "contact",
    "phone",
    "place",
    "funding",
    "term",
    "qualification",
    "award_method",
    "consortium",
    "paper_bids",
    "published_at",
    "closes_at",
    "opens_at",
    "prices_open_at",
)


def notice(project: Project) -> dict[str, Any]:
    """A published project."""
    return {
        **{name: getattr(project, name) for name in _AS_WRITTEN},
        "family": project.family.value,
        "method": project.method.value,
        "phase": phase(project.facts, now()).value,
        "owner": project.owner_name,
        "agency": project.agency.name,
        "lots": [lot(each) for each in project.lots],
        "notice_sha256": sha(project.notice).hex() if project.notice else None,
        "page": address("tenders.notice", uid=project.uid),
        "text": address("tenders.notice_text", uid=project.uid),
    }


def lot(row: Lot) -> dict[str, Any]:
    """One lot."""
    return {
        "code": row.code,
        "name": row.name,
        "price_form": row.price_form.value,
        "budget_fen": row.budget_fen,
        "ceiling_fen": row.ceiling_fen,
        "security_fen": row.security_fen,
    }


def document(row: Document, endpoint: str, uid: str) -> dict[str, Any]:
    """One file, and where its bytes are."""
    return {
        "name": row.name,
        "sha256": row.sha256,
        "size": row.size,
        "added_at": row.added_at,
        "replaced_at": row.replaced_at,
        "url": address(endpoint, uid=uid, sha256=row.sha256),
    }


def result(award: Award) -> dict[str, Any]:
    """A result in force."""
    project = award.lot.project
    return {
        "project": project.uid,
        "project_code": project.code,
        "title": project.title,
        "owner": project.owner_name,
        "lot": award.lot.code,
        "lot_name": award.lot.name,
        "outcome": award.outcome.value,
        "winner": award.winner_name,
        "winner_uscc": award.winner_uscc,
        "amount_fen": award.amount_fen,
        "price_text": award.price_text,
        "basis": award.basis.value,
        "basis_fen": award.basis_fen,
        "awarded_on": award.awarded_on,
        "reason": award.reason,
        "revision": award.revision,
        "record_sha256": award.record_sha256,
        "record": address("award.published_record", uid=project.uid, sha256=award.record_sha256),
    }


def own(project: Project) -> dict[str, Any]:
    """A line of an agency's own projects: what time and people decided, and nothing of bids."""
    return {
        "uid": project.uid,
        "code": project.code,
        "title": project.title,
        "phase": phase(project.facts, now()).value,
        "closes_at": project.closes_at,
    }


def own_whole(project: Project, problems: Sequence[Problem], *, by_key: bool) -> dict[str, Any]:
    """A project of its own with what it holds and what it lacks."""
    return {
        **own(project),
        "version": project.version,
        "by_key": by_key,
        "lots": [lot(each) for each in project.lots],
        "documents": [document(each, "tenders.document", project.uid) for each in project.documents],
        "hindrances": [
            {"code": each.refusal.code, "detail": told(each.refusal), "blocks": each.blocks}
            for each in problems
        ],
        "page": address("tenders.project", uid=project.uid),
    }
