"""How bids are weighed and who may bid: two steps of a draft, each a table that grows without a script."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bidding.core.errors import DomainError, NotFound
from bidding.tenders import kinds, queries, rules, service
from bidding.tenders.kinds import Evaluation, Factor
from bidding.tenders.models import Project
from bidding.tenders.routes.blueprint import bp
from bidding.tenders.routes.desk import draft_of
from bidding.tenders.routes.notices import facts_of
from bidding.tenders.rules import Scoring
from bidding.tenders.terms_forms import QualificationForm, ScoringForm, TableFromForm
from bidding.web.auth import current_actor, requires
from bidding.web.context import now, session, transaction

#: How many earlier projects are offered to copy from.
_EARLIER = 30


@bp.route("/projects/<uid>/scoring", methods=["GET", "POST"])
@requires("project:edit")
def scoring(uid: str) -> ResponseReturnValue:
    """The way of weighing bids, and its table; every button saves what was written."""
    found = draft_of(uid)
    form = ScoringForm(found, _figures(found))
    if form.is_submitted():
        do = request.form.get("do", "")
        form.drop(do)
        if form.validate():
            try:
                with transaction() as tx:
                    service.set_scoring(tx, uid, form.scoring(do), version=form.version_seen)
                return redirect(url_for("tenders.scoring", uid=uid, _anchor="rows-title"), 303)
            except DomainError as error:
                form.refuse(error)
                form.version.data = str(draft_of(uid).version)  # who saves again has been told, and means it
    return _scoring_page(uid, form, TableFromForm(*_sources(draft_of(uid)), formdata=None))


@bp.post("/projects/<uid>/scoring/from")
@requires("project:edit")
def scoring_from(uid: str) -> ResponseReturnValue:
    """Begin with a built-in table, or with that of an earlier project."""
    found = draft_of(uid)
    form = TableFromForm(*_sources(found))
    if form.validate():
        try:
            with transaction() as tx:
                kind, name = form.picked
                if kind == "project":
                    service.copy_scoring(tx, uid, name)
                else:
                    service.set_scoring(tx, uid, _begun(found, name))
            return redirect(url_for("tenders.scoring", uid=uid, _anchor="rows-title"), 303)
        except DomainError as error:
            form.refuse(error)
    return _scoring_page(uid, ScoringForm(found, _figures(found), formdata=None), form)


@bp.route("/projects/<uid>/qualification", methods=["GET", "POST"])
@requires("project:edit")
def qualification(uid: str) -> ResponseReturnValue:
    """Who may take part."""
    form = QualificationForm(draft_of(uid))
    if form.is_submitted():
        do = request.form.get("do", "")
        form.drop(do)
        if form.validate():
            try:
                with transaction() as tx:
                    service.set_qualification(tx, uid, form.qualification(do), version=form.version_seen)
                return redirect(url_for("tenders.qualification", uid=uid, _anchor="rows-title"), 303)
            except DomainError as error:
                form.refuse(error)
                form.version.data = str(draft_of(uid).version)
    page = render_template("tenders/qualification.html", form=form, **facts_of(draft_of(uid)))
    return page, form.status


def _scoring_page(uid: str, form: ScoringForm, start: TableFromForm) -> ResponseReturnValue:
    found = draft_of(uid)
    said = found.scoring
    sums = {
        factor: rules.total(row for row in said.rows if row.factor is factor)
        for factor in Factor
        if any(row.factor is factor for row in said.rows)
    }
    today = queries.local_day(now())
    deductions = queries.evaluation_rules(session(), found.family, today)
    page = render_template(
        "tenders/scoring.html",
        form=form,
        start=start,
        sums=sums,
        total=rules.total(said.rows),
        whole=rules.WHOLE,
        factors=kinds.FACTOR_LABELS,
        has_table=Evaluation.COMPREHENSIVE in found.preset.evaluations,
        band=rules.weight_band(found.subject, _figures(found)),
        deduction=rules.deduction_band(found.subject, deductions) if found.preset.procures else None,
        **facts_of(found),
    )
    return page, form.status if form.errors or form.refused_with else start.status


def _figures(project: Project) -> dict[str, Any]:
    return queries.figures_of(session(), project, queries.local_day(now()))


def _sources(project: Project) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """What a table can be begun with: built in, and earlier projects of one's own."""
    built_in = [(code, name) for code, name, _rows in rules.starting_tables(project.preset, project.subject)]
    earlier = session().scalars(queries.with_tables(current_actor(), project).limit(_EARLIER))
    return built_in, [(each.uid, f"{each.title}（{each.code}）") for each in earlier]


def _begun(project: Project, code: str) -> Scoring:
    """A project's scoring with a built-in table in place of its own. Raises ``NotFound``."""
    for each, _name, rows in rules.starting_tables(project.preset, project.subject):
        if each == code:
            said = project.scoring
            return Scoring(Evaluation.COMPREHENSIVE, said.fixed_price, said.sme_permille, rows)
    raise NotFound
