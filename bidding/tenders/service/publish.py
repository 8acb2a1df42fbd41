"""The second person's act: check everything again, fix the panel, open the log, let the notice out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bidding.core.canonical import dumps, sha
from bidding.core.clock import unix
from bidding.core.errors import NotFound, SamePerson, WrongState
from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.keys import LogKeys
from bidding.ledger.models import Log
from bidding.rooms import queries as rooms
from bidding.rooms.models import Booking
from bidding.rooms.rules import Purpose
from bidding.sealing import service as sealing
from bidding.sealing.panel import ONE_ENVELOPE, TWO_ENVELOPES, panel_hash
from bidding.tenders import queries, rules
from bidding.tenders.acceptance import require_accepted
from bidding.tenders.events import ProjectPublished
from bidding.tenders.kinds import Envelopes, Stage
from bidding.tenders.models import Lot, Project
from bidding.tenders.rules import Defects
from bidding.tenders.service.listing import enlist
from bidding.tenders.service.terms import said_of_terms

#: What a ``notice`` leaf speaks of: the text of the notice, or one of its files.
NOTICE_KIND, DOCUMENT_KIND = "tender-notice", "tender-document"
#: Kind of the note without which the log takes no ``paper`` (protocol §4, "Paper").
PAPER_ALLOWED = "paper-allowed"
_SEALED_IN = {Envelopes.ONE: ONE_ENVELOPE, Envelopes.TWO: TWO_ENVELOPES}


def publish(
    tx: Tx, uid: str, *, seats: Sequence[str], k: int, keys: LogKeys, accepted: bool = False
) -> Project:
    """Publish a submitted project: whoever submitted it may not, another of the agency or an administrator may.

    ``seats`` are the uids of the panel's trustees, ``k`` how many of them open; ``accepted`` says that the centre must
    have taken the project on (setting ``ACCEPTANCE``). Raises ``SamePerson``, ``NotAccepted``, ``Defects`` where the
    dates no longer hold, ``WrongState``, and what ``sealing`` and ``ledger`` refuse.
    """
    project = queries.project_for(tx.session, tx.actor, uid)
    if project.stage is not Stage.SUBMITTED:
        raise WrongState
    if tx.actor.account_id is None:
        raise NotFound
    if tx.actor.account_id == project.prepared_by_id:
        raise SamePerson
    if accepted:
        require_accepted(tx.session, project)
    defects = [problem for problem in queries.review(tx.session, project, tx.now) if problem.blocks]
    if defects:
        raise Defects(defects)
    project.stage = Stage.PUBLISHED
    project.published_at, project.published_by_id = tx.now, tx.actor.account_id
    project.rules_on = queries.local_day(tx.now)
    tx.session.flush()  # whoever publishes at the same moment loses here, before anything is logged
    _open(tx, project, list(seats), k, keys)
    enlist(tx, project)
    if project.closes_at is not None:
        tx.emit(ProjectPublished(project.id, project.code, project.closes_at))
    return project


def _open(tx: Tx, project: Project, seats: list[str], k: int, keys: LogKeys) -> None:
    """Compose the panel and write the first leaves: panel, schedule, notice and files (protocol §2, §4)."""
    log = begin_log(tx, project, seats, k, keys)
    plan, booked = queries.plan_of(tx.session, project, tx.now), rooms.of_project(tx.session, project.id)
    project.notice = dumps(notice_text(project, plan, booked)).decode()
    if project.paper_bids:
        ledger.record(tx, log, EventType.NOTE, kind=PAPER_ALLOWED, data={})
    ledger.record(tx, log, EventType.NOTICE, kind=NOTICE_KIND, sha256=sha(project.notice).hex())
    for document in project.documents:
        ledger.record(tx, log, EventType.NOTICE, kind=DOCUMENT_KIND, sha256=document.sha256)
    tx.session.flush()


def begin_log(tx: Tx, project: Project, seats: Sequence[str], k: int, keys: LogKeys) -> Log:
    """Compose the panel, begin the project's log with it and the first schedule, and name both in the centre's log.

    ``seats`` are uids of trustees. Raises what ``sealing`` and ``ledger`` refuse.
    """
    panel = sealing.compose_panel(
        tx.session,
        project=project.code,
        agency_id=project.agency_id,
        seats=list(seats),
        k=k,
        min_bids=project.min_bids,
        policy=ledger.policy_text(tx.session, keys.vkey(keys.origin(project.code)), keys.quorum),
        now=tx.now,
        envelopes=_SEALED_IN[project.envelopes],
    )
    anchor = panel_hash(panel).hex()
    log = ledger.open_log(tx, project.code, keys)
    ledger.append(tx, log, panel)
    project.panel, project.panel_hash, project.log_id = dumps(panel).decode(), anchor, log.id
    _schedule(tx, log, project)
    centre = ledger.centre_log(tx, keys)
    ledger.record(tx, centre, EventType.GENESIS, project=project.code, origin=log.origin, panel=anchor)
    tx.session.flush()
    return log


def _schedule(tx: Tx, log: Log, project: Project) -> None:
    if project.closes_at is None or project.opens_at is None:
        raise WrongState
    instants = [project.opens_at, *([project.prices_open_at] if project.prices_open_at else [])]
    ledger.record(
        tx,
        log,
        EventType.SCHEDULE,
        project=project.code,
        panel=project.panel_hash,
        n=0,
        closes_at=unix(project.closes_at),
        opens=[{"stage": stage, "at": unix(at)} for stage, at in enumerate(instants, 1)],
        reason=None,
        sigs=[],
    )


def notice_text(project: Project, plan: rules.Plan, booked: Mapping[Purpose, Booking]) -> dict[str, Any]:
    """The notice as data: what is hashed into the log, and the same on every medium (招标投标法实施条例 15).

    Money in fen, instants in Unix seconds, days as ``2026-12-01``; ``plan`` has the periods as they are reckoned today,
    ``booked`` the project's rooms.
    """
    written = project.written
    return {
        "v": 1,
        "type": "tender-notice",
        "project": project.code,
        "title": written.title,
        "family": written.family.value,
        "method": written.method.value,
        "subject": written.subject,
        "owner": written.owner_name,
        "owner_address": written.owner_address,
        "owner_contact": written.owner_contact,
        "agency": {
            "name": project.agency.name,
            "uscc": project.agency.uscc,
            "address": written.agency_address,
        },
        "contact": {"name": written.contact, "phone": written.phone},
        "place": written.place,
        "summary": written.summary,
        "approval": written.approval,
        "funding": written.funding,
        "policies": written.policies,
        "media": written.media,
        "term": written.term,
        "consortium": written.consortium,
        "paper_bids": written.paper_bids,
        "qualification": written.qualification,
        "award_method": written.award_method,
        "min_bids": project.min_bids,
        "published_at": _seconds(project.published_at),
        "closes_at": _seconds(project.closes_at),
        "opens_at": _seconds(project.opens_at),
        "periods": {
            period.name: {
                "value": period.figure.value,
                "unit": period.figure.unit,
                "source": rules.cite(period.figure),
                "last": period.last and period.last.isoformat(),
            }
            for period in plan.periods
        },
        **_second_opening(project),
        **_places(booked),
        **said_of_terms(project),
        **({"approval_code": project.approval_code} if project.approval_code else {}),
        **_intention(project),
        "panel": project.panel_hash,
        "lots": [
            {
                "code": lot.code,
                "number": rules.lot_number(project.code, lot.code),
                "name": lot.name,
                "price_form": lot.price_form.value,
                **_money(lot),
                "security_fen": lot.security_fen,
            }
            for lot in project.lots
        ],
        "documents": [
            {"name": document.name, "size": document.size, "sha256": document.sha256}
            for document in project.documents
        ],
    }


def _intention(project: Project) -> dict[str, Any]:
    """The procurement intention that came before, where there is one."""
    found = project.intention
    if found is None:
        return {}
    return {
        "intention": {
            "title": found.title,
            "sha256": found.sha256,
            "published_at": unix(found.published_at),
        }
    }


def _money(lot: Lot) -> dict[str, Any]:
    """What stands for the lot: budget and ceiling, or of what is sold or let the starting price."""
    if lot.floor_fen is not None:
        return {"start_fen": lot.floor_fen}
    return {"budget_fen": lot.budget_fen, "ceiling_fen": lot.ceiling_fen}


def _second_opening(project: Project) -> dict[str, Any]:
    """What a notice of two envelopes says besides; one of one envelope says nothing of them."""
    if project.envelopes is Envelopes.ONE:
        return {}
    return {"envelopes": project.envelopes.value, "prices_open_at": _seconds(project.prices_open_at)}


def _places(booked: Mapping[Purpose, Booking]) -> dict[str, Any]:
    """Where the opening is held (开标地点); nothing of one that is held on line alone. Where bids are judged is not told."""
    found = {"opening_room": Purpose.OPENING, "prices_room": Purpose.PRICES}
    return {
        name: {"name": booked[purpose].room.name, "place": booked[purpose].room.place}
        for name, purpose in found.items()
        if purpose in booked
    }


def _seconds(instant: Any) -> int | None:
    return None if instant is None else unix(instant)
