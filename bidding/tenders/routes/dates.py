"""Deadline, openings and rooms of a draft, fixed in one step."""

from __future__ import annotations

from datetime import date, datetime

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bidding.conduct import service as conduct
from bidding.conduct.forms import unread
from bidding.conduct.rules import Rule
from bidding.core.errors import DomainError
from bidding.rooms import queries as rooms
from bidding.rooms import rules as booking
from bidding.rooms import service as booker
from bidding.rooms.forms import Offer
from bidding.rooms.rules import Purpose, RoomKind
from bidding.tenders import bookings, presentation, queries, service
from bidding.tenders.forms import DatesForm
from bidding.tenders.kinds import Stage
from bidding.tenders.models import Project
from bidding.tenders.routes.blueprint import bp
from bidding.tenders.routes.desk import draft_of
from bidding.tenders.routes.notices import facts_of, picture_of
from bidding.web.auth import current_actor, requires
from bidding.web.context import now, session, transaction

#: Dates may be planned anew while applicants are examined: they are no part of what those are judged by.
_PLANNED = (Stage.DRAFT, Stage.PREQUALIFYING)


@bp.route("/projects/<uid>/dates", methods=["GET", "POST"])
@requires("project:edit")
def dates(uid: str) -> ResponseReturnValue:
    """Fix deadline and opening, with the rooms; what the law objects to stands beside the field.

    ``look`` only shows what is booked on the day that was typed.
    """
    found = draft_of(uid, *_PLANNED)
    offer = _offer(found)
    form = DatesForm(
        found,
        offer,
        unread=unread(Rule.BOOKING) if offer.openings or offer.evaluations else [],
        data=_dates(found) | offer.data,
    )
    looks = "look" in request.form
    if not looks and form.validate_on_submit() and form.closes_at.data is not None:
        try:
            with transaction() as tx:
                conduct.accept_all(tx, form.accepted)
                project = service.set_dates(
                    tx,
                    uid,
                    closes_at=form.closes_at.data,
                    opens_at=form.opening,
                    prices_open_at=form.price_opening,
                )
                booker.arrange(
                    tx,
                    bookings.named_of(project),
                    form.wants,
                    calendar=queries.calendar(tx.session),
                )
            return redirect(url_for("tenders.project", uid=uid), 303)
        except DomainError as error:
            form.refuse(error)
    found = draft_of(uid, *_PLANNED)
    on = _opening_day(form)
    if looks and on is None:
        form.validate()  # says what is wrong with the day that is to be looked at
    page = render_template(
        "tenders/dates.html",
        form=form,
        together=found.preset.together,
        picture=picture_of(found),
        on=on,
        occupied=_occupied(offer, on),
        purposes=booking.PURPOSE_LABELS,
        hours=booking.HOURS_LABELS,
        within=booking.Hours.WITHIN,
        room_kinds=booking.KIND_LABELS,
        **facts_of(found),
    )
    return page, form.status


def _offer(found: Project) -> Offer:
    booked = rooms.of_project(session(), found.id)
    return Offer(
        openings=rooms.to_choose(session(), RoomKind.OPENING, booked.get(Purpose.OPENING)),
        evaluations=rooms.to_choose(session(), RoomKind.EVALUATION, booked.get(Purpose.EVALUATION)),
        booked=booked,
    )


def _opening_day(form: DatesForm) -> date | None:
    """The day of the opening as it is typed now."""
    at = form.opening or form.closes_at.data
    return None if at is None else queries.local_day(at)


def _occupied(offer: Offer, on: date | None) -> list[tuple[object, list[rooms.Shown]]]:
    """The rooms that can be chosen, each with what is booked in it on a day."""
    if on is None:
        return []
    found = rooms.standing(session(), booking.day_span(on))
    shown = rooms.shown(found, current_actor(), session(), bookings.named, queries.calendar(session()))
    return [
        (room, [each for each in shown if each.booking.room_id == room.id])
        for room in (*offer.openings, *offer.evaluations)
    ]


def _dates(found: Project) -> dict[str, datetime | str | None]:
    """What was fixed before; at first, the earliest lawful day."""
    if found.closes_at is None:
        return {"closes_at": presentation.proposed_close(queries.plan_of(session(), found, now()))}
    apart = found.opens_at if found.opens_at != found.closes_at else None
    return {"closes_at": found.closes_at, "opens_at": apart, "prices_open_at": found.prices_open_at}
