"""The rooms with their day and week, a booking, and the calendar files."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import cast

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bidding.conduct import service as conduct
from bidding.conduct.forms import unread
from bidding.conduct.rules import Rule
from bidding.core import ics
from bidding.core.actor import NOBODY
from bidding.core.clock import SHANGHAI
from bidding.core.errors import N_, DomainError, Invalid
from bidding.core.workdays import OFFICE_HOURS, Calendar, next_working_day
from bidding.i18n.catalog import LANGUAGES, language, say_in
from bidding.identity import queries as identity
from bidding.ledger.current import log_keys
from bidding.rooms import queries, rules, service
from bidding.rooms.forms import BookForm, CancelForm, MoveForm, RoomForm
from bidding.rooms.models import Booking
from bidding.rooms.policy import Permission
from bidding.rooms.projects import Coded, Named, Naming
from bidding.rooms.rules import Hours, Purpose
from bidding.web.auth import current_actor, public, requires
from bidding.web.context import now, session, transaction

bp = Blueprint("rooms", __name__, url_prefix="/rooms")

#: What a calendar program hears of again after it is over.
_KEPT = timedelta(days=30)
_RING = (timedelta(minutes=30),)
_WEEK = 7
#: What a form proposes: an hour and a half in the afternoon.
_PROPOSED = (time(14, 0), time(15, 30))


def calendar() -> Calendar:
    """The working days, which the rulebook's domain keeps (``wiring``)."""
    return cast("Calendar", current_app.extensions["working_days"](session()))


def naming() -> Naming:
    """How the projects of bookings are named (``wiring``)."""
    return cast("Naming", current_app.extensions["projects_named"])


@bp.get("")
@requires(Permission.ROOM_READ)
def rooms() -> str:
    """Every room with what is booked on a day, and one's own bookings to come."""
    on = _day("on")
    actor, days = current_actor(), calendar()
    found = queries.standing(session(), rules.day_span(on))
    shown = queries.shown(found, actor, session(), naming(), days)
    mine = queries.coming(session(), actor, now())
    year = rules.day_span(date(on.year, 1, 1), (date(on.year + 1, 1, 1) - date(on.year, 1, 1)).days)
    return render_template(
        "rooms/rooms.html",
        on=on,
        today=_today(),
        near=[on + timedelta(days=step) for step in (-1, 1)],
        rows=[
            (room, [each for each in shown if each.booking.room_id == room.id])
            for room in queries.rooms(session())
        ],
        mine=queries.shown(mine, actor, session(), naming(), days),
        counts=queries.service_counts(session(), year, days),
        works=days.works(on).works,
        office=" · ".join(f"{first:%H:%M}–{last:%H:%M}" for first, last in OFFICE_HOURS),
        may_edit=actor.may(Permission.ROOM_EDIT),
        may_book=actor.may(Permission.ROOM_BOOK),
        **_said(),
    )


def _said() -> dict[str, object]:
    return {
        "kinds": rules.KIND_LABELS,
        "purposes": rules.PURPOSE_LABELS,
        "hours": rules.HOURS_LABELS,
        "within": Hours.WITHIN,
    }


def _today() -> date:
    return now().astimezone(SHANGHAI).date()


def _day(name: str) -> date:
    """The day that is asked for, or today."""
    try:
        given = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return _today()
    return given if abs((given - _today()).days) < 3 * 366 else _today()


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.ROOM_EDIT)
def new() -> ResponseReturnValue:
    """Set up a room."""
    form = RoomForm()
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                uid = service.add_room(tx, form.facts, keys=log_keys()).uid
            return redirect(url_for(".room", uid=uid), 303)
        except DomainError as error:
            form.refuse(error)
    return render_template("rooms/edit.html", form=form, room=None), form.status


@bp.route("/<uid>/edit", methods=["GET", "POST"])
@requires(Permission.ROOM_EDIT)
def edit(uid: str) -> ResponseReturnValue:
    """Change a room, open or close it."""
    form = RoomForm(queries.room(session(), uid))
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                service.edit_room(tx, uid, form.facts, keys=log_keys())
            return redirect(url_for(".room", uid=uid), 303)
        except DomainError as error:
            form.refuse(error)
    return render_template("rooms/edit.html", form=form, room=queries.room(session(), uid)), form.status


@bp.get("/<uid>")
@requires(Permission.ROOM_READ)
def room(uid: str) -> str:
    """One room: what is in it, and its week."""
    found = queries.room(session(), uid)
    on = _day("week")
    monday = on - timedelta(days=on.weekday())
    days, actor = calendar(), current_actor()
    week = queries.standing(session(), rules.day_span(monday, _WEEK), [found.id])
    shown = queries.shown(week, actor, session(), naming(), days)
    return render_template(
        "rooms/room.html",
        room=found,
        monday=monday,
        today=_today(),
        weeks=[monday + timedelta(days=step) for step in (-_WEEK, _WEEK)],
        days=[(day, days.works(day).works, each) for day, each in queries.by_day(shown, monday, _WEEK)],
        lang=language(),
        may_edit=actor.may(Permission.ROOM_EDIT),
        may_book=actor.may(Permission.ROOM_BOOK) and found.is_open,
        **_said(),
    )


# Bookings -------------------------------------------------------------------------------------------------------


@bp.route("/book", methods=["GET", "POST"])
@requires(Permission.ROOM_BOOK)
def book() -> ResponseReturnValue:
    """Book a room; what is proposed is the day that was looked at, or the next that people work."""
    on = _day("on")
    if on <= _today():
        on = next_working_day(_today() + timedelta(days=1), calendar())
    starts_at, ends_at = (datetime.combine(on, at, SHANGHAI) for at in _PROPOSED)
    form = BookForm(
        [each for each in queries.rooms(session()) if each.is_open],
        unread(Rule.BOOKING),
        room=request.args.get("room", ""),
        starts_at=starts_at,
        ends_at=ends_at,
    )
    if form.validate_on_submit() and form.span is not None:
        try:
            with transaction() as tx:
                conduct.accept_all(tx, form.accepted)
                project = _project(form)
                uid = service.book(
                    tx,
                    form.room.data,
                    form.span,
                    purpose=Purpose(form.purpose.data),
                    matter=form.matter.data or "",
                    project=project,
                    calendar=calendar(),
                ).uid
            flash(_("已预定。改期和取消都在这一页。"))
            return redirect(url_for(".booking", uid=uid), 303)
        except DomainError as error:
            form.refuse(error)
    page = render_template("rooms/book.html", form=form, on=on)
    return page, form.status


def _project(form: BookForm) -> Named | None:
    """The project that was named. Raises ``Invalid`` where there is none of one's own with that number."""
    code = (form.project.data or "").strip()
    if not code:
        return None
    found = cast("Coded", current_app.extensions["project_coded"])(session(), current_actor(), code)
    if found is None:
        raise Invalid(field="project", reason=N_("没有这个编号的项目，或者不是本单位的。"))
    return found


@bp.route("/bookings/<uid>", methods=["GET", "POST"])
@requires(Permission.ROOM_BOOK)
def booking(uid: str) -> ResponseReturnValue:
    """One's own booking: move it to another room or time."""
    form = _move_form(queries.booking(session(), current_actor(), uid))
    if form.validate_on_submit() and form.span is not None:
        try:
            with transaction() as tx:
                project = _of(queries.booking(tx.session, tx.actor, uid))
                service.move(tx, uid, form.room.data, form.span, project=project, calendar=calendar())
            flash(_("已改期。日历文件请重新下载，原来的一条会跟着变。"))
            return redirect(url_for(".booking", uid=uid), 303)
        except DomainError as error:
            form.refuse(error)
    return _booking_page(uid, form, CancelForm(formdata=None), form.status)


@bp.post("/bookings/<uid>/cancel")
@requires(Permission.ROOM_BOOK)
def cancel(uid: str) -> ResponseReturnValue:
    """Give a room back."""
    queries.booking(session(), current_actor(), uid)
    form = CancelForm()
    if form.validate():
        try:
            with transaction() as tx:
                project = _of(queries.booking(tx.session, tx.actor, uid))
                service.cancel(tx, uid, form.reason.data or "", project=project)
            flash(_("已取消，场地已经让出。"))
            return redirect(url_for(".booking", uid=uid), 303)
        except DomainError as error:
            form.refuse(error)
    move = _move_form(queries.booking(session(), current_actor(), uid), fresh=True)
    return _booking_page(uid, move, form, form.status)


def _move_form(found: Booking, *, fresh: bool = False) -> MoveForm:
    """``fresh`` where another form of the page was sent."""
    offered = [each for each in queries.rooms(session()) if each.is_open or each.id == found.room_id]
    wanted = rules.KIND_FOR.get(found.purpose)
    return MoveForm(found, [each for each in offered if wanted in (None, each.kind)], fresh=fresh)


def _of(found: Booking) -> Named | None:
    if found.project_id is None:
        return None
    return naming()(session(), {found.project_id})[found.project_id]


def _booking_page(uid: str, form: MoveForm, cancel_form: CancelForm, status: int) -> ResponseReturnValue:
    found = queries.booking(session(), current_actor(), uid)
    (shown,) = queries.shown([found], current_actor(), session(), naming(), calendar())
    people = identity.names(session(), {found.booked_by_id, found.cancelled_by_id})
    page = render_template(
        "rooms/booking.html",
        booking=found,
        shown=shown,
        people=people,
        form=form,
        cancel_form=cancel_form,
        over=found.ends_at <= now(),
        lang=language(),
        **_said(),
    )
    return page, status


# Calendar files -------------------------------------------------------------------------------------------------


@bp.get("/<uid>.ics")
@public
def room_calendar(uid: str) -> Response:
    """A room's bookings for a calendar program, which cannot sign in: its address is not to be guessed, and it says
    of each no more than everybody may know.
    """
    of = queries.room(session(), uid)
    found = queries.feed(session(), of, now() - _KEPT)
    shown = queries.shown(found, NOBODY, session(), naming(), calendar())
    say = say_in(_lang())
    events = [_event(each, each.matter or say(N_("已预定")), "", ()) for each in shown]
    return _calendar_file(events, of.name)


@bp.get("/bookings/<uid>.ics")
@requires(Permission.ROOM_BOOK)
def booking_calendar(uid: str) -> Response:
    """One's own booking; loaded again after a change, it moves the entry that is there."""
    found = queries.booking(session(), current_actor(), uid)
    (shown,) = queries.shown([found], current_actor(), session(), naming(), calendar())
    say = say_in(_lang())
    what = f"{say(rules.PURPOSE_LABELS[found.purpose])}: {shown.matter}"
    return _calendar_file([_event(shown, what, _address(uid), _RING)], found.room.name)


def _lang() -> str:
    lang = request.args.get("lang", "")
    return lang if lang in LANGUAGES else language()


def _address(uid: str) -> str:
    public_url = current_app.config["PUBLIC_URL"]
    return (
        f"{public_url}{url_for('.booking', uid=uid)}"
        if public_url
        else url_for(".booking", uid=uid, _external=True)
    )


def _event(shown: queries.Shown, summary: str, url: str, alarms: tuple[timedelta, ...]) -> ics.Event:
    each = shown.booking
    return ics.Event(
        uid=f"{each.uid}-room@{current_app.config['LOG_HOST']}",
        sequence=each.sequence,
        stamped_at=each.changed_at,
        at=each.starts_at,
        ends_at=each.ends_at,
        summary=summary,
        description=f"{each.room.name} {each.span.local}",
        url=url,
        location=" ".join(part for part in (each.room.name, each.room.place) if part),
        alarms=alarms,
        is_cancelled=each.cancelled_at is not None,
    )


def _calendar_file(events: list[ics.Event], name: str) -> Response:
    answer = current_app.response_class(
        ics.calendar(events, name=name), content_type="text/calendar; charset=utf-8"
    )
    answer.headers["Content-Disposition"] = "attachment; filename=room.ics"
    answer.headers["Vary"] = "Accept-Language, Cookie"
    answer.add_etag()
    answer.make_conditional(request)
    return answer
