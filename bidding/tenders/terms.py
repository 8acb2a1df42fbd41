"""How bids are weighed and who may bid: the rows, and what they say as the rules see it. Why: docs/adr/0046."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bidding.db import Model
from bidding.tenders.kinds import Evaluation, Examination, Factor, Reserved, SecurityForm
from bidding.tenders.methods import Preset
from bidding.tenders.rules import (
    CriterionFacts,
    Figures,
    LotTerms,
    Problem,
    Qualification,
    RequirementFacts,
    Scoring,
    check_lot_terms,
    check_reserve,
    check_scoring,
)

if TYPE_CHECKING:
    from bidding.tenders.models import Lot, Project


class Terms(Model):
    """What the agency chose of how bids are weighed and who may bid; a project without a row has chosen nothing yet."""

    __table_args__ = (
        CheckConstraint("sme_permille IS NULL OR sme_permille BETWEEN 0 AND 1000", "sme_share"),
        CheckConstraint("consortium_max IS NULL OR consortium_max >= 2", "consortium_of_several"),
        CheckConstraint("win_max IS NULL OR win_max >= 1", "win_something"),
        CheckConstraint(
            "(reserved_permille IS NOT NULL) = (reserved IS NOT NULL AND reserved = 'part')",
            "part_has_its_share",
        ),
        CheckConstraint("reserved_permille IS NULL OR reserved_permille BETWEEN 1 AND 999", "reserved_share"),
    )

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True, autoincrement=False)
    evaluation: Mapped[Evaluation | None]
    fixed_price: Mapped[bool] = mapped_column(default=False)  # 价格固定, so not scored
    sme_permille: Mapped[int | None]  # 小微企业价格扣除
    consortium_max: Mapped[int | None]
    consortium_lead: Mapped[str] = mapped_column(String(200), default="")
    reserved: Mapped[Reserved | None]  # 专门面向中小企业
    reserved_permille: Mapped[int | None]
    reserved_reason: Mapped[str] = mapped_column(String(500), default="")
    win_max: Mapped[int | None]  # 一家最多中几个标段
    security_forms: Mapped[str] = mapped_column(String(100), default="")  # codes of ``SecurityForm``
    examination: Mapped[Examination] = mapped_column(default=Examination.AFTER, server_default="after")


class Criterion(Model):
    """A row of a project's scoring table (评分表); points in tenths."""

    __table_args__ = (
        UniqueConstraint("project_id", "place"),
        CheckConstraint("tenths BETWEEN 1 AND 1000", "points_of_a_table"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    place: Mapped[int]
    factor: Mapped[Factor]
    item: Mapped[str] = mapped_column(String(200))
    tenths: Mapped[int]
    how: Mapped[str] = mapped_column(Text)
    objective: Mapped[bool]

    @property
    def written(self) -> CriterionFacts:
        """The row as the rules see it."""
        return CriterionFacts(self.factor, self.item, self.tenths, self.how, self.objective)


class Requirement(Model):
    """A condition of taking part, for all lots or for one (资格条件)."""

    __table_args__ = (UniqueConstraint("project_id", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    place: Mapped[int]
    what: Mapped[str] = mapped_column(String(500))
    proof: Mapped[str] = mapped_column(String(500), default="")
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lot.id"))
    lot: Mapped[Lot | None] = relationship()

    @property
    def written(self) -> RequirementFacts:
        """The condition as the rules see it."""
        return RequirementFacts(self.what, self.proof, self.lot.code if self.lot else "")


def scoring_of(said: Terms | None, rows: Sequence[Criterion], switches: Preset) -> Scoring:
    """How bids are weighed; the only way that the method knows, unless another was chosen."""
    ways = switches.evaluations
    only = ways[0] if len(ways) == 1 else None
    table = tuple(row.written for row in rows)
    if said is None:
        return Scoring(evaluation=only, rows=table)
    return Scoring(said.evaluation or only, said.fixed_price, said.sme_permille, table)


def who_may_of(said: Terms | None, rows: Sequence[Requirement], *, consortium: bool) -> Qualification:
    """Who may take part; of consortia only where they are let in."""
    conditions = tuple(row.written for row in rows)
    if said is None:
        return Qualification(conditions)
    return Qualification(
        conditions,
        said.consortium_max if consortium else None,
        said.consortium_lead if consortium else "",
        said.reserved,
        said.reserved_permille,
        said.reserved_reason,
        said.examination,
    )


def lot_terms_of(said: Terms | None) -> LotTerms:
    """What holds for the lots together."""
    if said is None:
        return LotTerms()
    return LotTerms(said.win_max, tuple(SecurityForm(code) for code in said.security_forms.split()))


def problems(project: Project, figures: Figures, deductions: Figures) -> list[Problem]:
    """What stands against a project's terms: ``figures`` of its method, ``deductions`` of weighing prices in its family."""
    who_may = project.who_may
    found = check_scoring(
        project.preset,
        project.subject,
        project.scoring,
        conditions=[*(each.what for each in who_may.requirements), project.qualification],
        reserved=who_may.reserved,
        figures=figures,
        deductions=deductions,
    )
    found += check_reserve(project.preset, who_may, deductions)
    securities = [lot.security_fen for lot in project.lots]
    return found + check_lot_terms(project.preset, project.subject, project.lot_terms, securities, figures)
