"""Writing how bids are weighed, who may bid, and what holds for the lots; and what the notice says of it as data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bidding.core.errors import N_, DomainError, Invalid
from bidding.db.uow import Tx
from bidding.tenders import queries, rules
from bidding.tenders.kinds import Examination, Reserved
from bidding.tenders.models import Project
from bidding.tenders.rules import LotTerms, Qualification, RequirementFacts, Scoring
from bidding.tenders.service.draft import ChangedMeanwhile, draft
from bidding.tenders.terms import Criterion, Requirement, Terms


class TooManyRows(DomainError):
    """More rows than anybody can work through."""

    code = "tenders.too_many_rows"
    text = N_("最多 %(count)s 行。请合并相近的。")
    status = 422


class NothingToCopy(DomainError):
    """A project without a scoring table as a source."""

    code = "tenders.nothing_to_copy"
    text = N_("那个项目没有评分表。请另选一个。")
    status = 422


def set_scoring(tx: Tx, uid: str, scoring: Scoring, *, version: int | None = None) -> Project:
    """Say how the bids of a draft are weighed. A table may be unfinished: what breaks the law stops at the review.

    ``version`` is the one the form was filled in over. Raises ``EvaluationNotOpen``, ``TooManyRows``, ``Invalid``,
    ``ChangedMeanwhile``, ``WrongState``, ``NotFound``.
    """
    project = _draft(tx, uid, version)
    if scoring.evaluation is not None and scoring.evaluation not in project.preset.evaluations:
        raise rules.EvaluationNotOpen(field="evaluation")
    if len(scoring.rows) > rules.MAX_ROWS:
        raise TooManyRows(count=rules.MAX_ROWS)
    for row in scoring.rows:
        if not row.item.strip():
            raise Invalid(field="rows", reason=N_("请填写评审因素的名称。"))
        if not 1 <= row.tenths <= rules.WHOLE:
            raise Invalid(field="rows", reason=N_("每行的分值在 0.1 到 100 之间。"))
    said = _terms(project)
    said.evaluation, said.sme_permille = scoring.evaluation, scoring.sme_permille
    said.fixed_price = scoring.fixed_price
    project.criteria.clear()
    tx.session.flush()  # the old rows leave their places before the new ones take them
    for place, row in enumerate(scoring.rows, 1):
        project.criteria.append(
            Criterion(
                place=place,
                factor=row.factor,
                item=row.item.strip(),
                tenths=row.tenths,
                how=row.how.strip(),
                objective=row.objective,
            )
        )
    tx.session.flush()
    return project


def copy_scoring(tx: Tx, uid: str, source: str, *, version: int | None = None) -> Project:
    """Weigh a draft's bids by the table of another project of the actor's own; raises ``NothingToCopy``, ``NotFound``."""
    found = queries.project_for(tx.session, tx.actor, source).scoring
    if not found.table:
        raise NothingToCopy(field="source")
    return set_scoring(tx, uid, found, version=version)


def set_qualification(tx: Tx, uid: str, found: Qualification, *, version: int | None = None) -> Project:
    """Say who may take part. Raises ``Invalid``, ``TooManyRows``, ``ChangedMeanwhile``, ``WrongState``, ``NotFound``."""
    project = _draft(tx, uid, version)
    if len(found.requirements) > rules.MAX_ROWS:
        raise TooManyRows(count=rules.MAX_ROWS)
    _check_share(found)
    most = found.consortium_max
    if most is not None and not rules.LEAST_MEMBERS <= most <= rules.MOST_MEMBERS:
        raise Invalid(field="consortium_max", reason=N_("联合体成员最多家数在 2 到 20 之间。"))
    if found.examination is Examination.BEFORE and not project.preset.before:
        raise rules.NoExaminationBefore(field="examination")
    said = _terms(project)
    said.examination = found.examination
    said.reserved, said.reserved_permille = found.reserved, found.reserved_permille
    said.reserved_reason = found.reserved_reason.strip() if found.reserved is Reserved.NO else ""
    said.consortium_max, said.consortium_lead = most, found.consortium_lead.strip()
    set_conditions(tx, project, found.requirements)
    return project


def set_conditions(tx: Tx, project: Project, found: Sequence[RequirementFacts]) -> None:
    """Put these conditions in the place of a project's own. Whether it may be changed the caller has asked.

    Raises ``Invalid``.
    """
    lots = {lot.code: lot for lot in project.lots}
    rows = []
    for place, row in enumerate(found, 1):
        if not row.what.strip():
            raise Invalid(field="rows", reason=N_("请填写资格条件的内容。"))
        if row.lot and row.lot not in lots:
            raise Invalid(field="rows", reason=N_("没有这个标段（包）。请从列出的里选。"))
        rows.append(
            Requirement(place=place, what=row.what.strip(), proof=row.proof.strip(), lot=lots.get(row.lot))
        )
    project.requirements.clear()
    tx.session.flush()
    project.requirements.extend(rows)
    tx.session.flush()


def set_lot_terms(tx: Tx, uid: str, found: LotTerms, *, version: int | None = None) -> Project:
    """Say how many lots one tenderer may win, and how security may be given. Raises ``Invalid`` and as above."""
    project = _draft(tx, uid, version)
    if found.win_max is not None and found.win_max < 1:
        raise Invalid(field="win_max", reason=N_("至少 1 个；不限的留空。"))
    said = _terms(project)
    said.win_max = found.win_max
    said.security_forms = " ".join(form.value for form in found.security_forms)
    tx.session.flush()
    return project


def copy_terms(tx: Tx, source: Project, uid: str) -> None:
    """Give a fresh draft everything that another project says here; conditions of lots that it lacks stay behind."""
    made = queries.project_for(tx.session, tx.actor, uid)
    kept, found = {lot.name: lot.code for lot in made.lots}, source.who_may
    names = {lot.code: lot.name for lot in source.lots}
    conditions = tuple(
        rules.RequirementFacts(each.what, each.proof, kept[names[each.lot]] if each.lot else "")
        for each in found.requirements
        if not each.lot or names[each.lot] in kept
    )
    set_scoring(tx, uid, source.scoring)
    set_qualification(
        tx,
        uid,
        Qualification(
            conditions,
            found.consortium_max,
            found.consortium_lead,
            found.reserved,
            found.reserved_permille,
            found.reserved_reason,
            found.examination,
        ),
    )
    limit = source.lot_terms.win_max
    fits = limit is not None and limit < len(made.lots)
    set_lot_terms(tx, uid, LotTerms(limit if fits else None, source.lot_terms.security_forms))


def said_of_terms(project: Project) -> dict[str, Any]:
    """What the notice says of all that, as data; points in tenths, shares in ‰. What was not said is not in it."""
    scoring, who_may, lots = project.scoring, project.who_may, project.lot_terms
    out: dict[str, Any] = {}
    if scoring.evaluation is not None:
        out["evaluation"] = {
            "way": scoring.evaluation.value,
            "fixed_price": scoring.fixed_price and bool(scoring.table),
            "sme_permille": scoring.sme_permille,
            "rows": [
                {
                    "factor": row.factor.value,
                    "item": row.item,
                    "tenths": row.tenths,
                    "how": row.how,
                    "objective": row.objective,
                }
                for row in scoring.table
            ],
        }
    if who_may.examination is Examination.BEFORE:
        out["examination"] = who_may.examination.value
    if who_may.requirements:
        out["requirements"] = [
            {"what": each.what, "proof": each.proof, "lot": each.lot or None} for each in who_may.requirements
        ]
    if who_may.consortium_max is not None or who_may.consortium_lead:
        out["consortium_terms"] = {"max": who_may.consortium_max, "lead": who_may.consortium_lead}
    if project.preset.procures and who_may.reserved is not None:
        out["reserved"] = {
            "kind": who_may.reserved.value,
            "permille": who_may.reserved_permille,
            "reason": who_may.reserved_reason,
        }
    if lots.win_max is not None:
        out["win_max"] = lots.win_max
    if lots.security_forms and any(lot.security_fen for lot in project.lots):
        out["security_forms"] = [form.value for form in lots.security_forms]
    return out


def _draft(tx: Tx, uid: str, version: int | None) -> Project:
    project = draft(tx, uid)
    if version is not None and version != project.version:
        raise ChangedMeanwhile
    return project


def _terms(project: Project) -> Terms:
    """The row to write on; the first writing makes it."""
    if project.terms is None:
        project.terms = Terms(
            fixed_price=False,
            consortium_lead="",
            reserved_reason="",
            security_forms="",
            examination=Examination.AFTER,
        )
    return project.terms


def _check_share(found: Qualification) -> None:
    share = found.reserved_permille
    if found.reserved is Reserved.PART and (share is None or not 0 < share < rules.ALL):
        raise Invalid(field="reserved_permille", reason=N_("预留一部分的，要写份额，在 0.1% 到 99.9% 之间。"))
    if found.reserved is not Reserved.PART and share is not None:
        raise Invalid(field="reserved_permille", reason=N_("只有预留一部分的才写份额；其他的请留空。"))
