"""The calendar and the rulebook: for everybody to read, for the administrator to keep."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from bidding.core.errors import DomainError, NotFound
from bidding.core.workdays import provisional_within
from bidding.ledger.current import log_keys
from bidding.tenders import kinds, presentation, queries, rules, service
from bidding.tenders.forms import ConfirmRuleForm, DaysForm, MoneyRuleForm, RuleForm
from bidding.tenders.kinds import Family, Method
from bidding.tenders.models import RuleChange, RuleRow
from bidding.tenders.regional_forms import NewRegionForm, RegionalRuleForm
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
        family, method, _name = rules.parted(row.code)[0].split(".", 2)
        found.setdefault(_heading(family, method), []).append(row)
    return list(found.items())


#: In which order what stands in a code's second place is told: the thresholds, the methods, what is of several.
_ORDER = (rules.ENTRY, *(method.value for method in Method), *rules.GENERAL_LABELS)
_NAMES = {name: place for place, name in enumerate(rules.LABELS)}


def _place(row: RuleRow) -> tuple[int, int, int, str]:
    """Laws in the order in which they are offered, the thresholds first, figures in the order of the procedure.

    What the centre sets for every procedure stands last, and what holds in a region below what holds everywhere.
    """
    base, area = rules.parted(row.code)
    family, method, name = base.split(".", 2)
    place = len(Family) if family == rules.CENTRE else list(Family).index(Family(family))
    return place, _ORDER.index(method), _NAMES[name], area


def _heading(family: str, method: str) -> str:
    general = rules.GENERAL_LABELS.get(method)
    said = _(general) if general else _(kinds.METHOD_LABELS[Method(method)])
    return said if family == rules.CENTRE else f"{_(kinds.FAMILY_LABELS[Family(family)])} · {said}"


def _said() -> dict[str, object]:
    return {"labels": rules.LABELS, "units": rules.UNIT_LABELS, "cite": cite, "name_of": rules.name_of}


@bp.get("/rules/<code>")
@public
def rule(code: str) -> ResponseReturnValue:
    """What a figure is, was and will be; for administrators also what waits for the second of them."""
    history = _history(code)
    own = history[0].mark == rules.LOCAL and current_actor().may("rule:edit")
    return _rule(code, history, _rule_form(code, history) if own else None)


def _history(code: str) -> Sequence[RuleRow]:
    """The rows of a figure; of a region's first value, which nobody has confirmed yet, those it will stand beside."""
    history = queries.rule_history(session(), code)
    if not history and current_actor().may("rule:edit") and queries.open_change(session(), code):
        history = queries.rule_history(session(), rules.parted(code)[0])
    if not history:
        raise NotFound
    return history


def _rule_form(code: str, history: Sequence[RuleRow]) -> RuleForm:
    if rules.parted(code)[1]:
        return RegionalRuleForm(law=history[0].law, article=history[0].article)
    return MoneyRuleForm() if history[0].unit == "fen" else RuleForm()


def _rule(
    code: str,
    history: Sequence[RuleRow],
    form: RuleForm | None,
    confirmation: ConfirmRuleForm | None = None,
    new_region: NewRegionForm | None = None,
) -> ResponseReturnValue:
    change = queries.open_change(session(), code) if form else None
    base, area = rules.parted(code)
    if form and not area and base.split(".")[1] == rules.ENTRY:
        new_region = new_region or NewRegionForm(formdata=None)
    page = render_template(
        "tenders/rule.html",
        code=code,
        form=form,
        history=history,
        region=change.region if change else history[0].region,
        regional=[] if area else queries.regional_rules(session(), base, queries.local_day(now())),
        waiting=[] if area or not form else queries.regional_changes(session(), base),
        new_region=new_region,
        change=change,
        confirmation=confirmation or ConfirmRuleForm(data=_seen(change)),
        own=change is not None and change.drafted_by_id == current_actor().account_id,
        **_said(),
    )
    refused = [each.status for each in (form, confirmation, new_region) if each is not None and each.errors]
    return page, refused[0] if refused else 200


def _seen(change: RuleChange | None) -> dict[str, str]:
    if change is None:
        return {}
    return {"value": str(change.value), "valid_from": change.valid_from.isoformat()}


_PROPOSED = _l("已提出，等另一位管理员复核。复核以前，数值不变。")


@bp.post("/rules/<code>")
@requires("rule:edit")
def set_rule(code: str) -> ResponseReturnValue:
    """Draft a new value of a figure of the centre's own; it waits for another administrator."""
    history = _history(code)
    form = _rule_form(code, history)
    value, first = form.value.data, form.valid_from.data
    if form.validate() and value is not None and first is not None:
        region = None
        if isinstance(form, RegionalRuleForm):
            change = queries.open_change(session(), code)
            name = history[0].region or (change.region if change else "")
            region = form.region_of(rules.parted(code)[1], name)
        try:
            with transaction() as tx:
                service.propose_rule(tx, code, value, first, region=region)
            flash(str(_PROPOSED))
            return redirect(url_for("tenders.rule", code=code), 303)
        except DomainError as error:
            form.refuse(error)
    return _rule(code, _history(code), form)


@bp.post("/rules/<code>/regions")
@requires("rule:edit")
def set_regional_rule(code: str) -> ResponseReturnValue:
    """Draft what a threshold is in a region that has had none of its own."""
    history, form = _history(code), NewRegionForm()
    value, first = form.value.data, form.valid_from.data
    if form.validate() and value is not None and first is not None:
        region = form.region_of(form.division.data or "", form.region.data or "")
        try:
            with transaction() as tx:
                change = service.propose_rule(tx, code, value, first, region=region).code
            flash(str(_PROPOSED))
            return redirect(url_for("tenders.rule", code=change), 303)
        except DomainError as error:
            form.refuse(error)
    return _rule(code, history, _fresh(_rule_form(code, history)), new_region=form)


@bp.post("/rules/<code>/confirm")
@requires("rule:edit")
def confirm_rule(code: str) -> ResponseReturnValue:
    """The second administrator agrees to exactly the change on the page."""
    form = ConfirmRuleForm()
    if form.validate():
        try:
            with transaction() as tx:
                value, first = form.what
                service.confirm_rule(tx, code, value=value, valid_from=first, keys=log_keys())
            flash(_("已确认，写进了中心日志。"))
            return redirect(url_for("tenders.rule", code=code), 303)
        except DomainError as error:
            form.refuse(error)
    history = _history(code)
    return _rule(code, history, _fresh(_rule_form(code, history)), form)


@bp.post("/rules/<code>/drop")
@requires("rule:edit")
def drop_rule(code: str) -> ResponseReturnValue:
    """Give up a change that nobody has confirmed."""
    with transaction() as tx:
        service.drop_rule(tx, code)
    known = queries.rule_history(session(), code)
    return redirect(url_for("tenders.rule", code=code if known else rules.parted(code)[0]), 303)


def _fresh(form: RuleForm) -> RuleForm:
    """The other form of the page, which was not sent."""
    form.value.data = form.valid_from.data = None
    form.value.raw_data = form.valid_from.raw_data = None
    return form
