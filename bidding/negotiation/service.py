"""Calling a round by two persons, taking it back before it is out, and leaving a negotiation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from bidding.core.canonical import dumps, loads, sha
from bidding.core.clock import unix
from bidding.core.entropy import new_uid
from bidding.core.errors import NotFound, SamePerson, WrongState
from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.keys import LogKeys
from bidding.ledger.models import Log
from bidding.negotiation import policy, queries, rules
from bidding.negotiation.events import RoundCalled
from bidding.negotiation.policy import Permission
from bidding.negotiation.queries import Supplier
from bidding.opening import service as opening
from bidding.opening import shortage
from bidding.opening.paper.queries import waiting
from bidding.opening.paper.rules import BagsWaiting
from bidding.opening.rules import OnHold
from bidding.sealing import queries as sealing
from bidding.submissions import policy as tenderers
from bidding.submissions import service as submissions
from bidding.submissions.rules import GateState
from bidding.tenders import queries as tender_queries
from bidding.tenders import rules as tender_rules
from bidding.tenders import service as tenders
from bidding.tenders.events import ProjectPublished
from bidding.tenders.kinds import Stage
from bidding.tenders.models import Lot, Project, Round
from bidding.tenders.rounds.models import RoundExit, RoundInvitation

#: What a round says as its negotiation does.
_SAME = (
    "family",
    "subject",
    "trade",
    "method",
    "agency_id",
    "owner_name",
    "owner_address",
    "owner_contact",
    "agency_address",
    "contact",
    "phone",
    "term",
    "consortium",
)
_SAME_LOT = ("code", "name", "price_form", "budget_fen", "ceiling_fen")


def draft_round(
    tx: Tx,
    uid: str,
    *,
    closes_at: datetime,
    is_last: bool,
    findings: Mapping[str, str],
    ground: str = "",
) -> Project:
    """Write down who is asked for a further, or the last, offer, and until when; a second person lets it out.

    ``findings`` has for every candidate, by the uid of its response, why it is left out; nothing where it is invited.
    Raises ``NoRounds``, ``NotYet``, ``RoundUnderWay``, ``Over``, ``TooSoon`` and what ``rules.check_findings`` refuses;
    ``NotFound`` for whoever is not of the agency.
    """
    parent, _ = _held(tx, uid)
    account_id = policy.require(tx.actor, Permission.ROUND_CALL, agency_id=parent.agency_id)
    _require_ready(tx, parent)
    found = queries.candidates(tx.session, parent)
    said = {bid: " ".join(reason.split()) for bid, reason in findings.items()}
    ground = " ".join(ground.split())
    least = _check(tx, parent, found, said, closes_at, ground)
    n = len(queries.round_projects(tx.session, parent.id)) + 1
    made = Project(
        uid=rules.MARK + new_uid(tx.entropy, 20),
        code=rules.round_code(parent.code, n),
        title=parent.title,
        stage=Stage.SUBMITTED,
        closes_at=closes_at,
        opens_at=closes_at,
        created_at=tx.now,
        prepared_by_id=account_id,
        is_round=True,
        round=Round(parent_id=parent.id, n=n, is_last=is_last),
        min_bids=least if is_last else 1,
        summary=ground,
        lots=[Lot(**{name: getattr(lot, name) for name in _SAME_LOT}) for lot in parent.lots],
        **{name: getattr(parent, name) for name in _SAME},
    )
    tx.session.add(made)
    tx.session.flush()
    for each in found:
        reason = said[each.response]
        tx.session.add(
            RoundInvitation(
                project_id=made.id,
                organisation_id=each.organisation_id,
                response=each.response,
                invited=not reason,
                reason=reason,
            )
        )
    tx.session.flush()
    return made


def _require_ready(tx: Tx, parent: Project) -> None:
    """The negotiation stands where a round can be called; who asks holds its log."""
    if not parent.preset.rounds or parent.parent_id is not None:
        raise rules.NoRounds
    gate = submissions.gate_of(tx, parent.uid)[0]
    if parent.stage is not Stage.PUBLISHED or gate.state is not GateState.OPENED:
        raise rules.NotYet
    if gate.held_at is not None:
        raise OnHold
    if count := waiting(tx.session, parent):
        raise BagsWaiting(count=count)
    if shortage.undecided(tx.session, parent):
        raise rules.NotYet
    for each in queries.rounds(tx.session, parent.id):
        if not each.done:
            raise rules.RoundUnderWay(n=each.n)
        if each.is_last:
            raise rules.Over
    if queries.is_disclosed(tx.session, parent):
        raise rules.Over


def _check(
    tx: Tx,
    parent: Project,
    found: list[Supplier],
    findings: Mapping[str, str],
    closes_at: datetime,
    ground: str,
) -> int:
    """How many last offers are needed, once everything about a round is right."""
    figures = queries.figures(tx.session, parent, tx.now)
    least, exception, time = (
        figures.get("min-bids"),
        figures.get("min-bids-exception"),
        figures["round"],
    )
    needed = least.value if least else parent.min_bids
    few = exception.value if exception else None
    rules.check_findings(
        [each.response for each in found],
        findings,
        least=needed,
        by=tender_rules.cite(least) if least else "",
        few=few,
        ground=ground,
    )
    rules.check_deadline(tx.now, closes_at, minutes=time.value, by=tender_rules.cite(time))
    return few if ground and few is not None else needed


def confirm_round(tx: Tx, uid: str, *, keys: LogKeys) -> Project:
    """Let a round out, as the second person: its own box with the seats of the negotiation's. Pressed twice it is once.

    Both logs say so: the round's begins with its panel, and the negotiation's names that panel and who was invited.
    Raises ``SamePerson``, ``TooSoon`` where the time has run down meanwhile, ``RoundUnderWay``, what ``sealing`` refuses.
    """
    made = queries.round_by_uid(tx.session, uid)
    if made is None:
        raise NotFound
    parent, book = _held(tx, queries.parent_of(tx.session, made).uid)
    account_id = policy.require(tx.actor, Permission.ROUND_CONFIRM, agency_id=parent.agency_id)
    tx.session.refresh(made)
    if made.stage is Stage.PUBLISHED:
        return made
    if made.prepared_by_id == account_id:
        raise SamePerson
    rows = queries.invitations(tx.session, made.id)
    _require_still_right(tx, parent, made, rows)
    made.stage = Stage.PUBLISHED
    made.published_at, made.published_by_id = tx.now, account_id
    made.rules_on = tender_queries.local_day(tx.now)
    tx.session.flush()
    seats, k = _seats(tx, parent)
    log = tenders.begin_log(tx, made, seats, k, keys)
    made.notice = dumps(call_text(parent, made)).decode()
    ledger.record(tx, log, EventType.NOTICE, kind=rules.CALL_KIND, sha256=sha(made.notice).hex())
    ledger.record(tx, book, EventType.NOTE, kind=rules.ROUND_NOTE, data=_note(made, rows))
    assert made.closes_at is not None  # noqa: S101 — a round has one from its draft on
    submissions.open_gate(tx, ProjectPublished(made.id, made.code, made.closes_at))
    tx.session.flush()
    tx.emit(RoundCalled(made.id))
    return made


def _require_still_right(tx: Tx, parent: Project, made: Project, rows: Any) -> None:
    """What was right when it was drafted is so still: nobody who is invited has left, and there is time enough."""
    gone = {each.organisation_id for each in queries.exits(tx.session, parent.id)}
    staying = [each for each in rows if each.organisation_id not in gone]
    found = [Supplier(each.response, each.organisation_id, each.organisation.name) for each in staying]
    assert made.closes_at is not None  # noqa: S101 — a round has one from its draft on
    findings = {each.response: each.reason for each in staying}
    _check(tx, parent, found, findings, made.closes_at, made.summary)


def _seats(tx: Tx, parent: Project) -> tuple[list[str], int]:
    """The trustees of the negotiation's panel, by their uids, and how many of them open. Raises ``NotFound``."""
    panel = loads(parent.panel or "{}")
    pubs = [seat["pub"] for seat in panel["trustees"]]
    known = sealing.by_keys(tx.session, pubs, tx.now)
    if set(known) != set(pubs):
        raise NotFound
    return [known[pub].trustee.uid for pub in pubs], panel["k"]


def call_text(parent: Project, made: Project) -> dict[str, Any]:
    """What the invited are sent, as data. It does not say who else is invited, or how many."""
    return {
        "v": 1,
        "type": "round-call",
        "project": made.code,
        "negotiation": parent.code,
        "of": sha(parent.notice or "").hex(),
        "title": parent.title,
        **_which(made),
        "closes_at": unix(made.closes_at) if made.closes_at else None,
        "min_bids": made.min_bids,
        "panel": made.panel_hash,
    }


def _which(made: Project) -> dict[str, Any]:
    """Which round it is, and whether it is the last."""
    return {"n": made.round.n, "last": made.round.is_last} if made.round else {}


def _note(made: Project, rows: Any) -> dict[str, Any]:
    """What the negotiation's log says of a round: with its panel the chain from one log to the other can be checked."""
    return {
        **_which(made),
        "project": made.code,
        "panel": made.panel_hash,
        "closes_at": unix(made.closes_at) if made.closes_at else None,
        "invited": [each.response for each in rows if each.invited],
        "left_out": [{"bid": each.response, "reason": each.reason} for each in rows if not each.invited],
        "ground": made.summary,
    }


def drop_round(tx: Tx, uid: str) -> Project:
    """Take a round back that is not out yet: its author's or the second person's to do. Returns the negotiation."""
    made = queries.round_by_uid(tx.session, uid)
    if made is None:
        raise NotFound
    parent, _ = _held(tx, queries.parent_of(tx.session, made).uid)
    policy.require(tx.actor, Permission.ROUND_CONFIRM, agency_id=parent.agency_id)
    tx.session.refresh(made)
    if made.stage is not Stage.SUBMITTED:
        raise WrongState
    tx.session.execute(delete(RoundInvitation).where(RoundInvitation.project_id == made.id))
    for lot in made.lots:
        tx.session.delete(lot)
    tx.session.delete(made)
    tx.session.flush()
    return parent


def leave(tx: Tx, uid: str) -> RoundExit:
    """Leave a negotiation before its last offer (退出谈判). Twice is once.

    Those who run it hear of it once no round takes offers. Raises ``NotFound`` for whoever has not responded,
    ``HandedIn``, ``TooLateToLeave``.
    """
    tenderers.require_tenderer(tx.actor)
    parent, book = _held(tx, uid)
    if not parent.preset.rounds or queries.own_response(tx.session, tx.actor, parent.id) is None:
        raise NotFound
    known = tx.session.scalar(
        select(RoundExit).where(
            RoundExit.project_id == parent.id, RoundExit.organisation_id == tx.actor.organisation_id
        )
    )
    if known is not None:
        return known
    running = _running(tx, parent)
    if running is not None:  # held from here on: no offer comes in between the question and the answer
        _, _, book = submissions.gate_of(tx, running.uid)
    _require_free(tx, parent, running)
    response = queries.own_response(tx.session, tx.actor, parent.id)
    assert response is not None and tx.actor.account_id is not None  # noqa: S101, PT018 — asked above
    row = RoundExit(
        project_id=parent.id,
        organisation_id=response.organisation_id,
        left_at=tx.now,
        account_id=tx.actor.account_id,
    )
    tx.session.add(row)
    # In the log of the round that runs, which nobody reads before it is opened: whoever left has no offer in.
    ledger.record(tx, book, EventType.NOTE, kind=rules.EXIT_NOTE, data={"bid": response.uid})
    tx.session.flush()
    return row


def _require_free(tx: Tx, parent: Project, running: Project | None) -> None:
    """No offer of theirs is in a round that runs, and the last offers are not closed."""
    gate = submissions.gate_of(tx, parent.uid)[0]
    if gate.state is not GateState.OPENED:
        raise rules.NotYet
    last = queries.last_round(tx.session, parent)
    if last is not None and last.closes_at is not None and tx.now >= last.closes_at:
        raise rules.TooLateToLeave
    if queries.is_disclosed(tx.session, parent):
        raise rules.TooLateToLeave
    if running is not None and queries.own_offer(tx.session, tx.actor, running) is not None:
        raise rules.HandedIn


def _running(tx: Tx, parent: Project) -> Project | None:
    """The round whose offers are sealed."""
    return next(
        (each.project for each in queries.rounds(tx.session, parent.id) if not each.done and not each.waits),
        None,
    )


def _held(tx: Tx, uid: str) -> tuple[Project, Log]:
    """A published negotiation with its log held: whoever holds it is alone in it. Raises ``NotFound``."""
    _, project, book = opening.locked(tx, uid)
    return project, book
