"""What must come to the platform, what was approved and has not come, and what was split. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from bidding.core.clock import SHANGHAI
from bidding.tenders.kinds import Stage
from bidding.tenders.methods import PRESETS
from bidding.tenders.models import ApprovedProject, CatalogueItem, Lot, Project, RuleRow
from bidding.tenders.rules import Figure, Problem
from bidding.tenders.rules.split import Counted, check_split, counts, same_name

#: The figure that an approved project has to reach: a works contract that must be tendered for.
MUST_TENDER = "works.entry.construction"


def catalogue(session: Session, on: date) -> Sequence[CatalogueItem]:
    """The lines of the catalogue that hold on a day, or are announced to hold later, in order."""
    return session.scalars(
        select(CatalogueItem)
        .where(or_(CatalogueItem.valid_to.is_(None), CatalogueItem.valid_to >= on))
        .order_by(CatalogueItem.family, CatalogueItem.entry, CatalogueItem.id)
    ).all()


def catalogue_item(session: Session, uid: str) -> CatalogueItem | None:
    """One line of it."""
    return session.scalars(select(CatalogueItem).where(CatalogueItem.uid == uid)).one_or_none()


#: Whether a project has been announced here. A prequalification's notice announces it as well (条例 15); when enough have
#: passed it is a draft again, and everybody has read of it all the same.
_ANNOUNCED = or_(Project.stage.not_in((Stage.DRAFT, Stage.SUBMITTED)), Project.qualified_as.is_not(None))
_CAME = exists().where(Project.approval_code == ApprovedProject.code, _ANNOUNCED, Project.is_round.is_(False))
_REACHES = exists().where(
    RuleRow.code == MUST_TENDER,
    RuleRow.valid_from <= ApprovedProject.approved_on,
    or_(RuleRow.valid_to.is_(None), RuleRow.valid_to >= ApprovedProject.approved_on),
    RuleRow.value <= ApprovedProject.investment_fen,
)


def missing(today: date, days: int) -> Select[ApprovedProject]:
    """Approved projects that reach the figure of their day and have no tender more than ``days`` days later."""
    last = today - timedelta(days=days + 1)
    return (
        select(ApprovedProject)
        .where(and_(ApprovedProject.approved_on <= last, _REACHES, ~_CAME))
        .order_by(ApprovedProject.approved_on, ApprovedProject.id)
    )


def approved() -> Select[ApprovedProject]:
    """Every approved project, the newest first."""
    return select(ApprovedProject).order_by(ApprovedProject.approved_on.desc(), ApprovedProject.id.desc())


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Whether an approved project reaches the figure, and its tenders on the platform, those in prequalification too."""

    reaches: bool
    tenders: tuple[Project, ...]


def whereabouts(session: Session, rows: Sequence[ApprovedProject]) -> dict[str, Whereabouts]:
    """What became of approved projects, by their codes."""
    codes = [row.code for row in rows]
    reaching = set(
        session.scalars(select(ApprovedProject.code).where(ApprovedProject.code.in_(codes), _REACHES))
    )
    came: dict[str, list[Project]] = {}
    for project in session.scalars(
        select(Project)
        .where(Project.approval_code.in_(codes), Project.is_round.is_(False))
        .where(_ANNOUNCED)
        .order_by(Project.id)
    ):
        came.setdefault(project.approval_code, []).append(project)
    return {code: Whereabouts(code in reaching, tuple(came.get(code, ()))) for code in codes}


def check_splits(
    session: Session, project: Project, today: date, thresholds: Mapping[str, Figure]
) -> list[Problem]:
    """Whether a project and the year's others of its buyer and kind together ask for a public tender."""
    figure = thresholds.get("procurement.entry.open-tender")
    return check_split(project.owner_name, project.whole_fen, split_with(session, project, today), figure)


def split_with(session: Session, project: Project, today: date) -> list[Counted]:
    """The other purchases of the year that count together with a project's: published, so that no draft is told of."""
    if not counts(project.preset, project.subject):
        return []
    first, last = (
        datetime(year, 1, 1, tzinfo=SHANGHAI).astimezone(UTC) for year in (today.year, today.year + 1)
    )
    ways = [
        and_(Project.family == each.family, Project.method == each.method)
        for each in PRESETS
        if counts(each, project.subject)
    ]
    found = session.execute(
        select(Project.code, Project.title, Project.owner_name, func.sum(Lot.budget_fen))
        .join(Lot, Lot.project_id == Project.id)
        .where(
            Project.id != project.id,
            Project.is_round.is_(False),  # a round buys nothing besides
            Project.stage == Stage.PUBLISHED,
            Project.subject == project.subject,
            Project.published_at >= first,
            Project.published_at < last,
            or_(*ways),
        )
        .group_by(Project.id, Project.code, Project.title, Project.owner_name)
        .order_by(Project.id)
    )
    rows = [Counted(code, title, owner, int(fen)) for code, title, owner, fen in found]
    return [row for row in rows if same_name(row.owner, project.owner_name)]
