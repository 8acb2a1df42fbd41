"""Finding cases. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, exists, false, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from bidding.casework.checklists import Line, checklist
from bidding.casework.models import (
    Case,
    CaseMaterial,
    CaseMove,
    CaseOpinion,
    CaseReturn,
    CaseStep,
)
from bidding.casework.policy import Permission
from bidding.casework.rules import LIVE, Outcome, State
from bidding.core.actor import Actor
from bidding.core.errors import NotFound
from bidding.identity.models import Organisation, OrganisationKind

#: States in which the window has something to do.
AT_WINDOW = (State.FILED, State.ACCEPTED, State.EXAMINED, State.REVIEWED)


def case_for(session: Session, actor: Actor, uid: str) -> Case:
    """A case with all that its page shows. Raises ``NotFound`` for what is not the actor's to see."""
    case = session.scalars(_whole().where(Case.uid == uid, _visible(session, actor))).first()
    if case is None:
        raise NotFound
    return case


def _visible(session: Session, actor: Actor) -> ColumnElement[bool]:
    """Whose cases the actor sees.

    The applicant its own; the window every one that was filed; a supervising department every one that was filed,
    other units (notary, bank) those copied to them: what is not published yet concerns nobody else.
    """
    ways: list[ColumnElement[bool]] = [false()]
    filed = Case.filed_at.is_not(None)
    if actor.may(Permission.CASE_FILE):
        ways.append(Case.applicant_id == actor.organisation_id)
    if actor.may(Permission.CASE_HANDLE):
        ways.append(filed)
    if actor.may(Permission.CASE_OPINE):
        copied = exists().where(
            CaseOpinion.case_id == Case.id, CaseOpinion.organisation_id == actor.organisation_id
        )
        ways.append(filed if _supervises(session, actor) else copied)
    return or_(*ways)


def _supervises(session: Session, actor: Actor) -> bool:
    kind = session.scalar(select(Organisation.kind).where(Organisation.id == actor.organisation_id))
    return kind in (OrganisationKind.SUPERVISORY, OrganisationKind.CENTRE)


def cases(session: Session, actor: Actor, *, live: bool | None = None) -> Select[Case]:
    """The cases that the actor sees, fast ones and then the oldest filing first; of what is over the newest first."""
    found = select(Case).options(joinedload(Case.applicant), selectinload(Case.steps))
    found = found.where(_visible(session, actor))
    if live:
        found = found.where(Case.state.in_(LIVE))
    elif live is not None:
        return found.where(Case.state.not_in(LIVE)).order_by(Case.id.desc())
    return found.order_by(Case.fast_at.is_(None), Case.filed_at.is_(None), Case.filed_at, Case.id)


def at_window(session: Session, actor: Actor) -> Sequence[Case]:
    """What the window has to do something about, fast ones first."""
    return session.scalars(cases(session, actor, live=True).where(Case.state.in_(AT_WINDOW))).all()


def own_open(session: Session, actor: Actor) -> Sequence[Case]:
    """The applicant's own that wait for it."""
    if not actor.may(Permission.CASE_FILE):
        return []
    waiting = Case.state.in_((State.PREPARING, State.RETURNED))
    return session.scalars(
        select(Case).where(waiting, Case.applicant_id == actor.organisation_id).order_by(Case.id)
    ).all()


def asked(session: Session, actor: Actor) -> Sequence[CaseOpinion]:
    """The opinions that the actor's department still owes."""
    if not actor.may(Permission.CASE_OPINE):
        return []
    return session.scalars(
        select(CaseOpinion)
        .join(CaseOpinion.case)
        .options(joinedload(CaseOpinion.case))
        .where(
            CaseOpinion.organisation_id == actor.organisation_id,
            CaseOpinion.opinion.is_(None),
            Case.state == State.ACCEPTED,
        )
        .order_by(CaseOpinion.due_on, CaseOpinion.id)
    ).all()


def of_subject(session: Session, kind: str, uid: str) -> Case | None:
    """The case of a subject that counts: the live one, else the latest that was closed."""
    return session.scalars(
        select(Case)
        .options(selectinload(Case.steps))
        .where(Case.subject_kind == kind, Case.subject_uid == uid, Case.state != State.WITHDRAWN)
        .order_by(Case.state.in_(LIVE).desc(), Case.id.desc())
        .limit(1)
    ).first()


def to_declare(session: Session, kind: str, uid: str, key: str) -> tuple[Line, ...]:
    """What filing a subject's case by declaration would declare; nothing where a case is under way or was granted."""
    known = of_subject(session, kind, uid)
    if known is not None and (known.state in LIVE or known.outcome is Outcome.GRANTED):
        return ()
    return checklist(key).declarable


def case_of(session: Session, case_id: int) -> Case:
    """A case by its row."""
    return session.get_one(Case, case_id)


def material(session: Session, case: Case, sha256: str) -> CaseMaterial:
    """One file of a case. Raises ``NotFound``."""
    found = next((each for each in case.materials if each.sha256 == sha256), None)
    if found is None:
        raise NotFound
    return found


def notice(case: Case, place: int) -> CaseReturn:
    """The n-th return of a case, from 1. Raises ``NotFound``."""
    if not 1 <= place <= len(case.returns):
        raise NotFound
    return case.returns[place - 1]


def departments(session: Session, case: Case) -> Sequence[Organisation]:
    """Whom the case may be copied to: departments and other units, but for those asked already."""
    known = [each.organisation_id for each in case.opinions]
    kinds = (OrganisationKind.SUPERVISORY, OrganisationKind.OTHER)
    return session.scalars(
        select(Organisation)
        .where(Organisation.kind.in_(kinds), Organisation.id.not_in([*known, case.applicant_id]))
        .order_by(Organisation.kind, Organisation.name)
    ).all()


def told_late(session: Session, actor: Actor) -> Sequence[CaseReturn]:
    """Returns that told later what could have been told before: the ``procedure`` facts of supervision.

    Of the cases that the actor sees.
    """
    return session.scalars(
        select(CaseReturn)
        .options(joinedload(CaseReturn.case), joinedload(CaseReturn.returned_by))
        .join(CaseReturn.case)
        .where(CaseReturn.late_reason.is_not(None), _visible(session, actor))
        .order_by(CaseReturn.id.desc())
    ).all()


def missing(case: Case) -> list[str]:
    """Codes of the required lines that nothing was handed in for."""
    answered = {each.line for each in case.materials}
    return [
        line.code for line in checklist(case.checklist).lines if line.required and line.code not in answered
    ]


def _whole() -> Select[Case]:
    return select(Case).options(
        joinedload(Case.applicant),
        selectinload(Case.steps).joinedload(CaseStep.done_by),
        selectinload(Case.materials),
        selectinload(Case.returns).joinedload(CaseReturn.returned_by),
        selectinload(Case.opinions).options(
            joinedload(CaseOpinion.organisation), joinedload(CaseOpinion.given_by)
        ),
        selectinload(Case.moves).joinedload(CaseMove.by),
        selectinload(Case.entries),
    )
