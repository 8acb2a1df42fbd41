"""What a draw asks of the people on its list, and who has it; ``fitness`` is the rule, this is its SQL."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from bidding.experts.fitness import Act, ActKind, Criteria, Finding, Level, Member, Pool, criteria
from bidding.experts.models import Expert, ExpertAct
from bidding.tenders.kinds import Family
from bidding.tenders.queries import figures_below


def criteria_of(session: Session, family: Family, first: date, last: date) -> Criteria:
    """What the rulebook asks of experts of a family from one day to another."""
    prefix = f"{family.value}.experts."
    figures = {row.code.removeprefix(prefix): row.figure for row in figures_below(session, prefix, first)}
    return criteria(family, figures, first, last)


def fit(asked: Criteria) -> ColumnElement[bool]:
    """A condition on ``Expert``: who may stand on the list. The same as ``fitness.fits``, for a hundred thousand at once."""
    parts: list[ColumnElement[bool]] = [
        Expert.active.is_(True),
        or_(Expert.valid_until.is_(None), Expert.valid_until >= asked.last),
        Expert.id.not_in(select(ExpertAct.expert_id).where(_bars(asked))),
    ]
    if asked.pool is not None:
        entered = Expert.for_works if asked.pool is Pool.WORKS else Expert.for_procurement
        parts.append(entered.is_(True))
        parts += _qualified(asked)
    return and_(*parts)


def _bars(asked: Criteria) -> ColumnElement[bool]:
    suspended = and_(
        ExpertAct.kind == ActKind.SUSPENSION,
        ExpertAct.from_on <= asked.last,
        or_(ExpertAct.until_on.is_(None), ExpertAct.until_on >= asked.first),
    )
    ways = [suspended]
    if asked.pool is Pool.WORKS:
        ways.append(ExpertAct.finding == Finding.PUNISHED)
    if asked.clean_years is not None and asked.clean_years.blocks and asked.clean_since is not None:
        ways.append(and_(ExpertAct.kind == ActKind.FINDING, ExpertAct.from_on > asked.clean_since))
    return and_(
        ExpertAct.confirmed.is_(True),
        or_(ExpertAct.ended_on.is_(None), ExpertAct.ended_on > asked.first),
        or_(*ways),
    )


def _qualified(asked: Criteria) -> list[ColumnElement[bool]]:
    parts: list[ColumnElement[bool]] = []
    if asked.years is None or asked.years.blocks:
        since = asked.in_field_since
        long_enough = [] if since is None else [Expert.field_since <= since]
        senior, middle = Expert.level == Level.SENIOR, Expert.level == Level.MIDDLE
        if asked.pool is Pool.WORKS:
            parts += [senior, *long_enough]
        else:
            parts.append(or_(senior, and_(middle, *long_enough)))
    if asked.age_below is not None and asked.age_below.blocks:
        parts.append(Expert.born_on > asked.born_after)
    return parts


def member_of(expert: Expert) -> Member:
    """A person as the rule sees them."""
    pools = {Pool.WORKS: expert.for_works, Pool.PROCUREMENT: expert.for_procurement}
    return Member(
        active=expert.active,
        level=expert.level,
        field_since=expert.field_since,
        born_on=expert.born_on,
        pools=frozenset(pool for pool, entered in pools.items() if entered),
        valid_until=expert.valid_until,
        acts=tuple(
            Act(act.kind, act.from_on, act.until_on, act.ended_on, act.finding)
            for act in expert.acts
            if act.confirmed and act.kind in (ActKind.SUSPENSION, ActKind.FINDING)
        ),
    )
