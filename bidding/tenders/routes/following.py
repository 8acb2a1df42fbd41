"""The tenders one follows, and their dates as a calendar file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bidding.core import ics
from bidding.core.clock import from_unix
from bidding.core.errors import N_
from bidding.i18n.catalog import LANGUAGES, language, say_in
from bidding.rooms import queries as rooms
from bidding.rooms.rules import Purpose
from bidding.tenders import queries, service
from bidding.tenders.kinds import Stage
from bidding.tenders.models import Project
from bidding.tenders.routes.blueprint import bp
from bidding.tenders.routes.notices import phase_of, stands
from bidding.tenders.words import words
from bidding.web.address import outside
from bidding.web.auth import current_actor, public, requires
from bidding.web.context import now, session, transaction
from bidding.web.filters import instant
from bidding.web.paging import page_number, paginate

_BEFORE_CLOSE = (timedelta(days=1), timedelta(hours=1))
_BEFORE_OPENING = (timedelta(minutes=30),)


@bp.get("/following")
@requires("tender:follow")
def following() -> str:
    """The tenders that the reader follows, the next deadline first."""
    page = paginate(
        session(), queries.followed(current_actor(), now()), number=page_number(request.args), size=20
    )
    return render_template(
        "tenders/following.html",
        page=page,
        phase_of=phase_of,
        stands=stands,
    )


@bp.post("/notices/<uid>/follow")
@requires("tender:follow")
def follow(uid: str) -> ResponseReturnValue:
    with transaction() as tx:
        service.follow(tx, uid)
    return redirect(url_for(".notice", uid=uid, _anchor="follow"), 303)


@bp.post("/notices/<uid>/unfollow")
@requires("tender:follow")
def unfollow(uid: str) -> ResponseReturnValue:
    with transaction() as tx:
        service.unfollow(tx, uid)
    if request.args.get("back") == "list":
        return redirect(url_for(".following"), 303)
    return redirect(url_for(".notice", uid=uid, _anchor="follow"), 303)


@bp.get("/notices/<uid>.ics")
@public
def calendar_file(uid: str) -> Response:
    """Deadline and openings, to be kept or subscribed to. ``?lang=`` stays with whoever subscribes."""
    project = queries.notice(session(), uid)
    lang = request.args.get("lang", "")
    body = calendar_of(project, say_in(lang if lang in LANGUAGES else language()))
    answer = current_app.response_class(body, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{project.code}.ics"'
    answer.headers["Vary"] = "Accept-Language, Cookie"
    answer.add_etag()
    answer.make_conditional(request)
    return answer


def calendar_of(project: Project, say: Callable[[str], str]) -> bytes:
    """A project's calendar: its deadline and its openings."""
    return ics.calendar(events_of(project, say), name=project.title)


def events_of(project: Project, say: Callable[[str], str]) -> list[ics.Event]:
    """The deadline and then the openings. SEQUENCE is the number of the schedule in its log, which each correction
    raises, and of an opening besides how often its room changed.
    """
    schedule = current_app.extensions["schedule_in_force"](session(), project)
    cancelled = project.stage is Stage.TERMINATED
    terms = words(project.family, project.method)
    address = outside("tenders.notice", uid=project.uid)

    def event(
        name: str, at: datetime, what: str, alarms: tuple[timedelta, ...], purpose: Purpose | None = None
    ) -> ics.Event:
        place, changes, changed_at = None, 0, None
        if purpose is not None:
            place = rooms.place_of(session(), project.id, purpose)
            changes, changed_at = rooms.changes(session(), project.id, purpose)
        said = say(N_("以平台服务器时钟为准。北京时间 %(at)s。项目编号 %(code)s。"))
        return ics.Event(
            uid=f"{project.uid}-{name}@{current_app.config['LOG_HOST']}",
            sequence=schedule["n"]
            + changes
            + cancelled,  # a program drops an entry only for a later word (§3.8.7.4)
            stamped_at=max(filter(None, (from_unix(schedule["at"]), changed_at))),
            at=at,
            summary=f"{what}: {project.title}",
            description=said % {"at": instant(at), "code": project.code},
            url=address,
            location=place or "",
            alarms=alarms,
            is_cancelled=cancelled,
            is_tentative=project.stage is Stage.SUSPENDED,
        )

    first, *later = (from_unix(item["at"]) for item in schedule["opens"])
    opening = say(N_("技术开标")) if later else say(N_("开标"))
    return [
        event("closes", from_unix(schedule["closes_at"]), say(terms.deadline), _BEFORE_CLOSE),
        event("opens", first, opening, _BEFORE_OPENING, Purpose.OPENING),
        *(event("prices", at, say(N_("报价开标")), _BEFORE_OPENING, Purpose.PRICES) for at in later),
    ]
