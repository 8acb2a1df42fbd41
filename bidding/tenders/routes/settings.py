"""The calendar and the rulebook: for everybody to read, for the administrator to keep."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bidding.core.errors import DomainError, NotFound
from bidding.core.workdays import provisional_within
from bidding.ledger.current import log_keys
from bidding.tenders import kinds, presentation, queries, rules, service
from bidding.tenders.forms import DaysForm, MoneyRuleForm, RuleForm
from bidding.tenders.kinds import Family, Method
from bidding.tenders.models import RuleRow
from bidding.tenders.routes.blueprint import bp
from bidding.tenders.routes.notices import cite
from bidding.web.auth import current_actor, public, requires
from bidding.web.context import now, session, transaction


@bp.get("/calendar")
@public
def calendar() -> str:
    """The days that are not what their weekdays say, and on whose word."""
    return _calendar(DaysForm() if current_actor().may("calendar:edit") else None)


def _calendar(form: DaysForm | None) -> str:
    year = _year(request.args.get("year", ""))
    known = queries.calendar(session())
    return render_template(
        "tenders/calendar.html",
        form=form,
        year=year,
        days=queries.calendar_days(session(), year),
        spans=presentation.exceptions(year, known),
        provisional=provisional_within(date(year, 1, 1), date(year, 12, 31), known),
    )


def _year(text: str) -> int:
    this = queries.local_day(now()).year
    return int(text) if text.isascii() and text.isdigit() and this - 20 <= int(text) <= this + 5 else this


@bp.post("/calendar")
@requires("calendar:edit")
def enter_days() -> ResponseReturnValue:
    """Say which days are worked."""
    form = DaysForm()
    if form.validate():
        first, last = form.first.data, form.last.data
        if first is None or last is None:
            abort(400)
        try:
            with transaction() as tx:
                service.enter_days(
                    tx,
                    first,
                    last,
                    works=form.works.data == "1",
                    source=form.source.data or "",
                    keys=log_keys(),
                )
            return redirect(url_for("tenders.calendar", year=first.year), 303)
        except DomainError as error:
            form.refuse(error)
    return _calendar(form), form.status


@bp.post("/calendar/<day>/remove")
@requires("calendar:edit")
def remove_day(day: str) -> ResponseReturnValue:
    """Forget an entry; the notice, or the provisional calendar, decides again."""
    known = _day(day)
    if known is None:
        raise NotFound
    with transaction() as tx:
        service.remove_day(tx, known, keys=log_keys())
    return redirect(url_for("tenders.calendar", year=known.year), 303)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@bp.get("/rules", endpoint="rules")
@public
def rulebook() -> str:
    """Every figure with its article, as of a day."""
    on = _day(request.args.get("on", "")) or queries.local_day(now())
    rows = queries.rulebook(session(), on)
    return render_template(
        "tenders/rules.html",
        on=on,
        groups=_grouped(rows),
        marks=rules.MARK_LABELS,
        may_edit=current_actor().may("rule:edit"),
        **_said(),
    )


def _grouped(rows: Sequence[RuleRow]) -> list[tuple[str, list[RuleRow]]]:
    """The rows under a heading for each law and method, those of the thresholds as they are."""
    found: dict[str, list[RuleRow]] = {}
    for row in sorted(rows, key=_place):
        family, method, _name = row.code.split(".", 2)
        found.setdefault(_heading(family, method), []).append(row)
    return list(found.items())


def _place(row: RuleRow) -> tuple[int, bool, int]:
    """Laws in the order in which they are offered, the thresholds first, figures in the order of the procedure.

    What the centre sets for every procedure stands last.
    """
    family, method, name = row.code.split(".", 2)
    place = len(Family) if family == rules.CENTRE else list(Family).index(Family(family))
    place += family == rules.CENTRE and method == rules.CASE
    return place, method != rules.ENTRY, list(rules.LABELS).index(name)


def _heading(family: str, method: str) -> str:
    if family == rules.CENTRE:
        return str(_("受理、审查、审核、办结") if method == rules.CASE else _("平台故障与延期，开标"))
    law = _(kinds.FAMILY_LABELS[Family(family)])
    entry = _("进场和方式")  # the extraction does not look into f-strings
    return f"{law} · {entry if method == rules.ENTRY else _(kinds.METHOD_LABELS[Method(method)])}"


def _said() -> dict[str, object]:
    return {"labels": rules.LABELS, "units": rules.UNIT_LABELS, "cite": cite}


@bp.get("/rules/<code>")
@public
def rule(code: str) -> ResponseReturnValue:
    """What a figure is, was and will be."""
    history = _history(code)
    own = history[0].mark == rules.LOCAL and current_actor().may("rule:edit")
    return _rule(history, _rule_form(history) if own else None)


def _history(code: str) -> Sequence[RuleRow]:
    history = queries.rule_history(session(), code)
    if not history:
        raise NotFound
    return history


def _rule_form(history: Sequence[RuleRow]) -> RuleForm:
    return MoneyRuleForm() if history[0].unit == "fen" else RuleForm()


def _rule(history: Sequence[RuleRow], form: RuleForm | None) -> ResponseReturnValue:
    page = render_template("tenders/rule.html", form=form, history=history, **_said())
    return page, form.status if form else 200


@bp.post("/rules/<code>")
@requires("rule:edit")
def set_rule(code: str) -> ResponseReturnValue:
    """Give a figure of the centre's own a new value."""
    form = _rule_form(_history(code))
    value, first = form.value.data, form.valid_from.data
    if form.validate() and value is not None and first is not None:
        try:
            with transaction() as tx:
                service.set_local_rule(tx, code, value, first, keys=log_keys())
            return redirect(url_for("tenders.rule", code=code), 303)
        except DomainError as error:
            form.refuse(error)
    return _rule(_history(code), form)
