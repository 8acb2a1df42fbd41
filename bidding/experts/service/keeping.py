"""What two administrators decide about somebody in the pool, and what one of them is shown."""

from __future__ import annotations

from sqlalchemy import select

from bidding.core.entropy import new_uid
from bidding.core.errors import Forbidden, NotFound, SamePerson, WrongState
from bidding.db.uow import Tx
from bidding.experts import queries
from bidding.experts.fitness import ActKind
from bidding.experts.models import Expert, ExpertAct, ExpertDisclosure
from bidding.experts.policy import Permission
from bidding.experts.standing import FIELD_WORDS, NotApplicable, Proposal, WhyShown, check_proposal
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.keys import LogKeys
from bidding.tenders.queries import local_day

#: Kinds of notes in the centre's log. They name an act by its code and nobody by name.
ACT_NOTE, DISCLOSURE_NOTE = "pool-act", "pool-disclosed"


def _holder(tx: Tx, permission: Permission) -> int:
    if tx.actor.account_id is None or not tx.actor.may(permission):
        raise Forbidden
    return tx.actor.account_id


def propose_act(tx: Tx, uid: str, proposal: Proposal) -> ExpertAct:
    """Propose an act on somebody's standing; nothing changes before another administrator confirms it.

    Raises ``ActReason``, ``ActDates``, ``FindingMissing``, ``NotApplicable``, ``NotFound``.
    """
    by = _holder(tx, Permission.POOL_KEEP)
    expert = _held(tx, uid)
    check_proposal(proposal, local_day(tx.now))
    lifted = _lifted(expert, proposal)
    waiting = any(
        act.decided_at is None
        and act.kind is proposal.kind
        and act.lifts_id == (lifted.id if lifted else None)
        for act in expert.acts
    )
    wrong = {ActKind.RETIREMENT: not expert.active, ActKind.REINSTATEMENT: expert.active}
    if waiting or wrong.get(proposal.kind, False):
        raise NotApplicable
    row = ExpertAct(
        uid=new_uid(tx.entropy),
        expert_id=expert.id,
        kind=proposal.kind,
        finding=proposal.finding if proposal.kind is ActKind.FINDING else None,
        lifts_id=lifted.id if lifted else None,
        from_on=proposal.from_on,
        until_on=proposal.until_on if proposal.kind in (ActKind.VALIDITY, ActKind.SUSPENSION) else None,
        reason=proposal.reason.strip(),
        proposed_at=tx.now,
        proposed_by_id=by,
    )
    tx.session.add(row)
    tx.session.flush()
    return row


def _held(tx: Tx, uid: str) -> Expert:
    """The person, locked: two acts upon one person come one after the other."""
    expert = queries.pool_member(tx.session, uid)
    tx.session.refresh(expert, with_for_update=True)
    return expert


def _lifted(expert: Expert, proposal: Proposal) -> ExpertAct | None:
    """The suspension or finding that a lifting lifts. Raises ``NotFound``, ``NotApplicable``."""
    if proposal.kind is not ActKind.LIFTING:
        return None
    found = next((act for act in expert.acts if act.uid == proposal.lifts), None)
    if found is None:
        raise NotFound
    if not can_be_lifted(found):
        raise NotApplicable
    return found


def can_be_lifted(act: ExpertAct) -> bool:
    """Whether an act stands and may be lifted before its time."""
    kinds = (ActKind.SUSPENSION, ActKind.FINDING)
    return bool(act.confirmed) and act.kind in kinds and act.ended_on is None


def decide_act(tx: Tx, uid: str, keys: LogKeys, *, confirm: bool) -> ExpertAct:
    """Confirm what another administrator proposed, or decline it; the centre's log takes what was confirmed.

    Raises ``SamePerson``, ``WrongState`` for what was decided before, ``NotApplicable``.
    """
    by = _holder(tx, Permission.POOL_KEEP)
    row = tx.session.scalar(select(ExpertAct).where(ExpertAct.uid == uid))
    if row is None:
        raise NotFound
    expert = _held(tx, row.expert.uid)
    tx.session.refresh(row, with_for_update=True)
    if row.decided_at is not None:
        raise WrongState
    if row.proposed_by_id == by:
        raise SamePerson
    row.decided_at, row.decided_by_id, row.confirmed = tx.now, by, confirm
    if confirm:
        _take_effect(tx, expert, row)
        data = {
            "act": row.uid,
            "kind": row.kind.value,
            "finding": row.finding.value if row.finding else None,
            "from": row.from_on.isoformat(),
            "until": row.until_on.isoformat() if row.until_on else None,
        }
        ledger.record(tx, ledger.centre_log(tx, keys), EventType.NOTE, kind=ACT_NOTE, data=data)
    tx.session.flush()
    return row


def _take_effect(tx: Tx, expert: Expert, row: ExpertAct) -> None:
    if row.kind is ActKind.VALIDITY:
        expert.valid_until = row.until_on
    elif row.kind in (ActKind.RETIREMENT, ActKind.REINSTATEMENT):
        if expert.active == (row.kind is ActKind.REINSTATEMENT):
            raise NotApplicable
        expert.active = row.kind is ActKind.REINSTATEMENT
    elif row.kind is ActKind.LIFTING:
        lifted = tx.session.get_one(ExpertAct, row.lifts_id)
        if lifted.ended_on is not None:
            raise NotApplicable
        lifted.ended_on = row.from_on


def disclose(tx: Tx, uid: str, field: str, reason: str, keys: LogKeys) -> str:
    """One sealed column of one person, to an administrator who says why; that it was shown is written down first.

    Raises ``WhyShown``, ``NotFound`` for a column there is none of, or nothing in it.
    """
    by = _holder(tx, Permission.POOL_DISCLOSE)
    expert = queries.pool_member(tx.session, uid)
    value = getattr(expert, field) if field in FIELD_WORDS else None
    if value is None:
        raise NotFound
    if len(reason.strip()) < 2:
        raise WhyShown(field="reason")
    row = ExpertDisclosure(
        expert_id=expert.id, field=field, reason=reason.strip()[:200], at=tx.now, account_id=by
    )
    tx.session.add(row)
    tx.session.flush()
    data = {"disclosure": row.id, "field": field}
    ledger.record(tx, ledger.centre_log(tx, keys), EventType.NOTE, kind=DISCLOSURE_NOTE, data=data)
    return str(value)
