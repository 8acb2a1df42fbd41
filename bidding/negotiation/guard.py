"""Keeping quiet at the door: every address of a round, and of a hall in which nothing is read out, passes here.

One place for all addresses, those of tomorrow too: what is not let through here does not exist.
"""

from __future__ import annotations

from typing import cast

from flask import current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.core.actor import Actor
from bidding.core.errors import N_, DomainError, NotFound
from bidding.negotiation import queries
from bidding.tenders.models import Project
from bidding.tenders.rounds.queries import may_see, runs_it
from bidding.web.auth import current_actor
from bidding.web.context import now, session

#: Where the invited go: sealing, receipts, the deadline's corrections, and the key that opens their own offer.
_INVITED_BLUEPRINTS = frozenset({"submissions", "outages"})
_INVITED = frozenset({"tenders.notice", "tenders.tender_file", "tenders.notice_text", "opening.post_key"})
#: Where those go who run it, besides.
_STAFF_BLUEPRINTS = frozenset({"opening", "outages"})
_STAFF = frozenset({"tenders.notice", "tenders.tender_file", "tenders.notice_text"})
#: What everybody may have once the result is out.
_AFTERWARDS = frozenset(
    f"opening.{name}"
    for name in (
        "bundle",
        "hall",
        "board",
        "record",
        "record_page",
        "paper",
        "paper_pdf",
        "paper_data",
        "extras_data",
    )
) | {"tenders.notice", "tenders.notice_text"}
#: So many halls are remembered as having nothing to keep quiet.
_KEPT = 4096


class NotDisclosed(DomainError):
    """Nobody outside may hear of offers before the result."""

    code = "negotiation.not_disclosed"
    text = N_(
        "谈判（磋商）期间，供应商的名称、家数和报价都不公开（%(by)s）。结果公布以后，这里公开全部开启记录，任何人都可以核验。"
    )
    status = 403


class StaysClosed(DomainError):
    """Of what came to nothing nobody outside hears of offers at all."""

    code = "negotiation.stays_closed"
    text = N_(
        "这次采购已经终止，没有成交供应商。供应商的名称、家数和报价不公开（%(by)s），开启记录只由办理和监督的人保管、核验。"
        "终止的原因和依据见终止公告。"
    )
    status = 403


def keep_quiet() -> ResponseReturnValue | None:
    """Before every request: ``NotFound`` at a round for whoever has no part in it, ``NotDisclosed`` or ``StaysClosed`` at a
    quiet hall.
    """
    uid = (request.view_args or {}).get("uid")
    if not isinstance(uid, str) or request.blueprint == "negotiation":
        return None
    round_ = queries.round_by_uid(session(), uid)
    if round_ is not None:
        return _at_round(session(), current_actor(), round_)
    if request.blueprint == "opening" and request.endpoint != "opening.post_key":
        _at_hall(session(), current_actor(), uid)
    return None


def _at_round(found: Session, actor: Actor, round_: Project) -> ResponseReturnValue | None:
    endpoint, blueprint = request.endpoint or "", request.blueprint or ""
    if may_see(found, actor, round_):
        staff = runs_it(actor, round_)
        blueprints, endpoints = (_STAFF_BLUEPRINTS, _STAFF) if staff else (_INVITED_BLUEPRINTS, _INVITED)
        if blueprint in blueprints or endpoint in endpoints:
            return redirect(url_for("negotiation.round_page", uid=round_.uid)) if _is_notice() else None
    parent = queries.parent_of(found, round_)
    if endpoint in _AFTERWARDS and queries.is_disclosed(found, parent):
        return redirect(url_for("tenders.notice", uid=parent.uid)) if _is_notice() else None
    raise NotFound


def _is_notice() -> bool:
    return request.endpoint == "tenders.notice"


def _at_hall(found: Session, actor: Actor, uid: str) -> None:
    """A thousand watchers poll a hall; of one whose method reads everything out it is asked once."""
    loud = cast("set[str]", current_app.extensions.setdefault("loud_halls", set()))
    if uid in loud:
        return
    project = found.scalars(select(Project).where(Project.uid == uid)).one_or_none()
    if project is None:
        return
    if not project.preset.quiet:
        if project.panel_hash is not None:  # published: its method is fixed
            if len(loud) >= _KEPT:
                loud.clear()
            loud.add(uid)
        return
    if queries.is_quiet(found, project, now()) and not runs_it(actor, project):
        closed = StaysClosed if queries.has_failed(found, project) else NotDisclosed
        raise closed(by=project.preset.quiet)
