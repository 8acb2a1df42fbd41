"""Reading what was decided about people in the pool, and who was shown what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from bidding.experts.fitness import ActKind, Finding
from bidding.experts.models import Expert, ExpertAct, ExpertDisclosure
from bidding.experts.source import own_pool
from bidding.tenders.models import Project
from bidding.tenders.queries import entry_rules, figures_below
from bidding.tenders.rules import Problem, division


def disclosures() -> Select[ExpertDisclosure]:
    """Every press by which a sealed column was shown, the newest first; to be paged."""
    return (
        select(ExpertDisclosure)
        .options(
            joinedload(ExpertDisclosure.account), joinedload(ExpertDisclosure.expert).load_only(Expert.uid)
        )
        .order_by(ExpertDisclosure.at.desc(), ExpertDisclosure.id.desc())
    )


def findings_by_kind(session: Session) -> Mapping[Finding, int]:
    """How many confirmed findings there are of each kind, those that were lifted left out."""
    rows = session.execute(
        select(ExpertAct.finding, func.count(ExpertAct.id))
        .where(ExpertAct.kind == ActKind.FINDING, ExpertAct.confirmed.is_(True), ExpertAct.ended_on.is_(None))
        .group_by(ExpertAct.finding)
        .order_by(ExpertAct.finding)
    )
    return {row[0]: row[1] for row in rows if row[0] is not None}


def acts_waiting(session: Session) -> Sequence[ExpertAct]:
    """What was proposed and not decided yet, the oldest first."""
    return session.scalars(
        select(ExpertAct)
        .options(joinedload(ExpertAct.expert), joinedload(ExpertAct.proposed_by))
        .where(ExpertAct.decided_at.is_(None))
        .order_by(ExpertAct.id)
    ).all()


def own_pool_problem(session: Session, project: Project, on: date) -> Problem | None:
    """What stands against drawing a project's experts from the centre's own pool."""
    code = f"{project.family.value}.experts.provincial-pool"
    figure = next((row.figure for row in figures_below(session, code, on) if row.code == code), None)
    entry = entry_rules(session, on, division(project.code))
    return own_pool(project.family, project.subject, project.whole_fen, entry, figure)
