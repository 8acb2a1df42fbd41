"""What the province is told: the list, one message field by field, the sets, packages to be carried over."""

from __future__ import annotations

from io import BytesIO
from typing import cast

from flask import Blueprint, Response, current_app, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from bidding.core.errors import DomainError
from bidding.identity import queries as identity
from bidding.ledger.keys import LogKeys
from bidding.province import mapping, packing, presentation, queries, rules, service
from bidding.province.forms import DeliveredForm, LeaveOutForm, answers_form
from bidding.province.models import ProvinceMessage
from bidding.province.policy import Permission
from bidding.province.records import Record
from bidding.province.rules import State
from bidding.province.station import Station
from bidding.web.auth import current_actor, requires
from bidding.web.context import now, session, transaction
from bidding.web.forms import Form
from bidding.web.paging import Page, page_number, paginate

bp = Blueprint("province", __name__, url_prefix="/province")

#: Records on a page of one message: an opening may have a thousand.
_RECORDS = 20
LAMPS = {
    State.PENDING: "soon",
    State.INCOMPLETE: "over",
    State.SENT: "now",
    State.ACKNOWLEDGED: "ok",
    State.ERROR: "over",
    State.DROPPED: "stop",
}


def station() -> Station:
    """The settings of today."""
    return cast("Station", current_app.extensions["province"])


@bp.get("")
@requires(Permission.PROVINCE_READ)
def messages() -> str:
    """Every message, by state, set and project."""
    asked = {name: request.args.get(name, "").strip()[:64] for name in ("state", "set", "project")}
    state = next((each for each in State if each.value == asked["state"]), None)
    page = paginate(
        session(),
        queries.messages(state, asked["set"], asked["project"]),
        number=page_number(request.args),
        size=30,
    )
    return render_template(
        "province/messages.html",
        page=page,
        asked=asked,
        counts=queries.counts(session()),
        states=rules.WORDS,
        lamps=LAMPS,
        station=station(),
        sets=station().plan.sets,
        packages=paginate(session(), queries.packages(session()), number=1, size=5).items,
    )


@bp.get("/sets")
@requires(Permission.PROVINCE_READ)
def sets() -> str:
    """Which sets are told of and which not, field by field, with the code lists."""
    plan = station().plan
    return render_template(
        "province/sets.html",
        plan=plan,
        station=station(),
        uncoded={code: presentation.uncoded(each, plan) for code, each in plan.sets.items()},
        type_words=presentation.type_words,
        of_profile=mapping.OF_PROFILE,
        lacks=presentation.LACKS,
    )


@bp.get("/messages/<uid>")
@requires(Permission.PROVINCE_READ)
def message(uid: str) -> ResponseReturnValue:
    """One message: its way, its fields, what is missing and where to fill it in."""
    return _message(queries.message(session(), uid))


def _message(
    found: ProvinceMessage, form: Form | None = None, leaving: LeaveOutForm | None = None
) -> ResponseReturnValue:
    made = found.payload is not None
    records = [] if made else _records(found)
    told = presentation.sent(found, station().plan) if made else []
    page = _cut(told or records)
    cut = page.items if not made else []
    form = form or _answers(found, records)
    leaving = leaving or LeaveOutForm()
    refused = next((each.status for each in (form, leaving) if each.status != 200), 200)
    return (
        render_template(
            "province/message.html",
            message=found,
            data_set=station().plan.sets[found.data_set],
            page=page,
            told=page.items if made else [],
            records=cut,
            wanted=presentation.wanted(records)[(page.number - 1) * _RECORDS :][:_RECORDS],
            form=form,
            leaving=leaving,
            field_name=service.field_name,
            shown=presentation.shown,
            type_words=presentation.type_words,
            manages=current_actor().may(Permission.PROVINCE_MANAGE),
            states=rules.WORDS,
            lamps=LAMPS,
            can_retry=found.state is State.ERROR,
            can_leave=found.state in rules.HOLDS_BACK,
            can_repeat=found.state in rules.OVER
            and queries.last_edition(session(), found.key) == found.edition,
            names=identity.names(session(), {found.dropped_by_id}),
        ),
        refused,
    )


def _records(found: ProvinceMessage) -> list[Record]:
    """What it would say now; nothing where the program is at fault, which the page says then."""
    try:
        return queries.records(session(), found, station(), now())
    except Exception:
        current_app.logger.exception("message %s cannot be shown", found.uid)
        return []


def _cut(rows: list[Record] | list[list[presentation.Line]]) -> Page[object]:
    total = len(rows)
    number = min(page_number(request.args), max(1, -(-total // _RECORDS)))
    return Page(rows[(number - 1) * _RECORDS :][:_RECORDS], number, _RECORDS, total)


def _answers(found: ProvinceMessage, records: list[Record]) -> Form:
    every = [each for mine in presentation.wanted(records) for each in mine]
    return answers_form(every, queries.answers(session(), found), request.form, station().plan)


@bp.post("/messages/<uid>/answers")
@requires(Permission.PROVINCE_MANAGE)
def answer(uid: str) -> ResponseReturnValue:
    """Fill in what the product does not know."""
    found = queries.message(session(), uid)
    records = [] if found.payload is not None else _records(found)
    form = _answers(found, records)
    if form.validate_on_submit():
        given = {
            (each.field.ask, each.subject, each.field.code): form[name].data
            for mine in presentation.wanted(records)
            for each in mine
            if (name := service.field_name(each.field.ask, each.subject, each.field.code)) in request.form
        }
        try:
            with transaction() as tx:
                service.answer(tx, uid, given, station())
            return redirect(url_for(".message", uid=uid, page=page_number(request.args)), 303)
        except DomainError as error:
            form.refuse(error)
    return _message(queries.message(session(), uid), form=form)


@bp.post("/messages/<uid>/retry")
@requires(Permission.PROVINCE_MANAGE)
def retry(uid: str) -> ResponseReturnValue:
    """The same message once more."""
    with transaction() as tx:
        service.retry(tx, uid)
    return redirect(url_for(".message", uid=uid), 303)


@bp.post("/messages/<uid>/anew")
@requires(Permission.PROVINCE_MANAGE)
def send_anew(uid: str) -> ResponseReturnValue:
    """A further message about the same, made from what holds today."""
    with transaction() as tx:
        further = service.send_anew(tx, uid).uid
    return redirect(url_for(".message", uid=further), 303)


@bp.post("/messages/<uid>/leave-out")
@requires(Permission.PROVINCE_MANAGE)
def leave_out(uid: str) -> ResponseReturnValue:
    """Not told, and why."""
    queries.message(session(), uid)
    form = LeaveOutForm()
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                service.leave_out(
                    tx, uid, form.reason.data, cast("LogKeys", current_app.extensions["log_keys"])
                )
            return redirect(url_for(".message", uid=uid), 303)
        except DomainError as error:
            form.refuse(error)
    return _message(queries.message(session(), uid), leaving=form)


# Carried over ----------------------------------------------------------------------------------------------------


@bp.post("/packages")
@requires(Permission.PROVINCE_MANAGE)
def pack() -> ResponseReturnValue:
    """Put everything that is ready into a package."""
    with transaction() as tx:
        uid = service.pack(tx, station()).uid
    return redirect(url_for(".package", uid=uid), 303)


@bp.get("/packages/<uid>")
@requires(Permission.PROVINCE_READ)
def package(uid: str) -> ResponseReturnValue:
    """One package, and that it arrived."""
    return _package(uid, DeliveredForm())


def _package(uid: str, form: DeliveredForm) -> ResponseReturnValue:
    found = queries.package(session(), uid)
    return render_template(
        "province/package.html",
        package=found,
        messages=queries.packed(session(), found),
        form=form,
        sets=station().plan.sets,
        states=rules.WORDS,
        lamps=LAMPS,
        manages=current_actor().may(Permission.PROVINCE_MANAGE),
        names=identity.names(session(), {found.made_by_id, found.delivered_by_id}),
    ), form.status


@bp.get("/packages/<uid>.zip")
@requires(Permission.PROVINCE_MANAGE)
def package_file(uid: str) -> Response:
    """The package as a file: the same bytes every time."""
    found = queries.package(session(), uid)
    made = packing.zipped(queries.packed(session(), found), current_app.config["PROVINCE_FORMAT"])
    return send_file(
        BytesIO(made), "application/zip", as_attachment=True, download_name=f"province-{found.uid}.zip"
    )


@bp.post("/packages/<uid>/delivered")
@requires(Permission.PROVINCE_MANAGE)
def delivered(uid: str) -> ResponseReturnValue:
    """The platform has it."""
    form = DeliveredForm()
    if form.validate_on_submit():
        with transaction() as tx:
            service.delivered(tx, uid, form.receipt.data or "")
        return redirect(url_for(".package", uid=uid), 303)
    return _package(uid, form)
