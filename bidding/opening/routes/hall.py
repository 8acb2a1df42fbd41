"""The hall: what everybody may watch, live, and what the one who looks may do there."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, cast

from flask import Response, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext

from bidding.conduct.forms import unread
from bidding.conduct.queries import local_day
from bidding.conduct.rules import Rule, Text
from bidding.core.actor import Role
from bidding.i18n.catalog import language
from bidding.opening import queries, rescue, rules, shortage
from bidding.opening.afterwards import FAILED
from bidding.opening.forms import BatchForm, DecisionForm, PackageForm
from bidding.opening.papers.queries import article
from bidding.opening.queries import LotView
from bidding.opening.routes.blueprint import bp
from bidding.opening.rules import FIRST
from bidding.opening.sitting import forms
from bidding.opening.sitting import presentation as sitting
from bidding.opening.sitting import queries as sitting_queries
from bidding.opening.sitting import rules as sittings
from bidding.opening.sitting.presentation import Board, Desk
from bidding.opening.sitting.queries import State
from bidding.rooms import queries as rooms
from bidding.rooms.rules import Purpose
from bidding.submissions.rules import GateState
from bidding.tenders import queries as tenders
from bidding.tenders.rules import cited, sheet_name
from bidding.web.auth import current_actor, public
from bidding.web.context import now, session
from bidding.web.forms import Form
from bidding.web.live import Boards

#: The second of two openings.
LATER = FIRST + 1


@bp.get("/hall/<uid>")
@public
def hall(uid: str) -> ResponseReturnValue:
    """What everybody may watch; with the desk of whoever has a part in it."""
    return page(uid)


@bp.get("/opening/<uid>")
@public
def old_address(uid: str) -> ResponseReturnValue:
    """Where halls were before; papers that are signed and filed name it."""
    tenders.notice(session(), uid)
    return redirect(url_for("opening.hall", uid=uid), 308)


def page(
    uid: str,
    *,
    form: BatchForm | None = None,
    package_form: PackageForm | None = None,
    refused: tuple[str, Form] | None = None,
) -> ResponseReturnValue:
    """The hall with whatever form was refused on it, or fresh."""
    shown = board_of(uid)
    desk = sitting.desk(session(), current_actor(), shown, now())
    said = package_form or form or (refused[1] if refused else None)
    hands_in = current_actor().may("opening:shares")
    text = render_template(
        "opening/hall.html",
        **shown_parts(shown),
        place=_place(shown),
        links=[link for of in current_app.extensions["hall_links"] for link in of(shown.hall.project)],
        etag=_etag(uid, "board", anew=True),
        desk=desk,
        forms=_forms(shown, desk, refused),
        refused=refused[1] if refused else None,
        room=sitting.in_the_room(shown.sitting),
        unsigned=sitting.unsigned(shown.sitting),
        discipline=discipline(),
        form=(form or BatchForm()) if hands_in else None,
        package_form=package_form or PackageForm(),
        left=_left(shown),
        may_read=current_actor().may("opening:files") and shown.hall.state is GateState.OPENED,
        to_post=rescue.wanted(session(), shown.hall.project, current_actor())
        if current_actor().may("opening:post-key") and shown.hall.state is GateState.OPENED
        else [],
        short=_short(shown) if _is_own(shown) else {},
        may_fetch=current_actor().may("opening:package")
        and shown.hall.close is not None
        and now() >= shown.hall.opens_at,
        may_review=may_review(shown),
    )
    return text, said.status if said else 200


def may_review(shown: Board) -> bool:
    """Whether the reader may say now who passed the technical review."""
    prices = shown.hall.prices
    return (
        prices is not None
        and not (shown.is_later and shown.sitting.listed)
        and not any(seat.given_at or seat.files_at for seat in prices.seats)
        and current_actor().may("opening:review")
        and current_actor().organisation_id == shown.hall.project.agency_id
    )


def board_of(uid: str, stage: int | None = None) -> Board:
    """The public part of a hall, with the sitting that is on or that of a stage. Raises ``NotFound``."""
    return sitting.board(session(), queries.hall(session(), uid), now(), stage)


def opened_board(uid: str, stage: int) -> Board:
    """The same for a record of an opening: 404 before its sheets are open."""
    shown = board_of(uid, stage)
    if shown.hall.state is not GateState.OPENED or (shown.is_later and shown.opened_at is None):
        abort(404)
    return shown


def stage_asked() -> int:
    """Which opening an address is about: ``?stage=2`` is the second, without it the first. 404 for anything else."""
    asked = request.args.get("stage", str(FIRST))
    if not asked.isascii() or not asked.isdecimal() or len(asked) > 1:
        abort(404)
    return int(asked)


def named(stage: int) -> dict[str, Any]:
    """What an address about an opening holds besides: nothing for the first."""
    return {} if stage == FIRST else {"stage": stage}


def _left(shown: Board) -> Any:
    closes_at = shown.hall.project.closes_at
    return None if closes_at is None or shown.hall.state is GateState.SHUT else closes_at - now()


def shown_parts(shown: Board) -> dict[str, Any]:
    """What the templates of the public part need."""
    return {
        "board": shown,
        "hall": shown.hall,
        "words": shown.hall.project.words,
        "sitting": shown.sitting,
        "steps": shown.steps,
        "verdicts": rules.VERDICT_WORDS,
        "evidence_of": rules.evidence_of,
        "decisions": shortage.decisions(session(), shown.hall.project.id)
        if shown.hall.state is GateState.OPENED
        else {},
        "cited": cited,
        "short_by": lambda: article(session(), shown.hall.project, shortage.FIGURES[FAILED]),
        "shown": rules.shown,
        "figures_of": _figures,
        "spoken": sitting.spoken,
        "sheet_name": sheet_name(shown.hall.project.envelopes, FIRST),
        "price_name": sheet_name(shown.hall.project.envelopes, LATER) if shown.hall.prices else None,
        "of_stage": named(shown.stage),
        "ways": sittings.WAY_WORDS,
        "capacities": sittings.CAPACITY_WORDS,
    }


def _figures(lot: LotView) -> list[tuple[Mapping[str, Any], str]]:
    """The columns of a lot that hold numbers, each with its heading in the reader's language."""
    labels = ((column, column["label"]) for column in lot.figures)
    return [(column, gettext(label)) for column, label in labels]


def _forms(shown: Board, desk: Desk, refused: tuple[str, Form] | None) -> Mapping[str, Any]:
    """Every form that this desk may show, by the name of its act; the refused one as it was sent."""
    record = shown.sitting.sitting.record_sha256 if shown.sitting.sitting else None
    made: dict[str, Form] = {}
    if desk.attends:
        made |= {"sign_in": forms.SignInForm(prefix="sign_in"), "line": forms.LineForm(prefix="line")}
        made["object"] = forms.ObjectionForm(prefix="object")
    if desk.hosts:
        made |= {name: forms.StepForm(prefix=name) for name in ("list", "record", "end")}
        made["close_lines"] = forms.PlainForm(prefix="close_lines")
        made["read"] = forms.ReadForm(prefix="read", place=shown.sitting.read + 1)
        made["speak"] = forms.SpokenObjectionForm(prefix="speak")
        for each in shown.sitting.unanswered:
            made[f"answer-{each.id}"] = forms.AnswerForm(prefix=f"answer-{each.id}")
    if desk.admits or desk.hosts:
        made["admit"] = forms.AdmitForm(prefix="admit")
    if desk.signs:
        made["sign"] = forms.SignatureForm(prefix="sign", sha256=record, unread=to_witness())
    if desk.suspends:
        made |= {name: forms.ReasonForm(prefix=name) for name in ("suspend", "resume")}
        made |= {name: forms.StepForm(prefix=name) for name in ("suspended", "resumed")}
    if _is_own(shown):
        for lot in _short(shown):
            form = made[f"decide-{lot}"] = DecisionForm(prefix=f"decide-{lot}")
            form.offer(shortage.ways_on(session(), shown.hall.project))
    if refused is not None:
        made[refused[0]] = refused[1]
    return made


def _is_own(shown: Board) -> bool:
    """Whether the reader is of the agency that runs the tender, and may say what becomes of it."""
    actor = current_actor()
    return actor.may("opening:decide") and actor.organisation_id == shown.hall.project.agency_id


def to_witness() -> list[Text]:
    """What a supervisor reads before putting a name to what was witnessed."""
    return unread(Rule.SUPERVISOR) if Role.SUPERVISOR in current_actor().roles else []


def _short(shown: Board) -> dict[str, tuple[int, datetime | None]]:
    """Lots that wait for the agency's word: how many sheets could be read, and until when keys are waited for."""
    if shown.hall.state is not GateState.OPENED:
        return {}
    project = shown.hall.project
    found = {}
    for lot, readable in shortage.undecided(session(), project).items():
        until = shortage.keys_until(session(), project, lot)
        found[lot] = (readable, until if until is not None and now() < until else None)
    return found


# The live part ---------------------------------------------------------------------------------------------------


@bp.get("/hall/<uid>/board")
@public
def board(uid: str) -> Response:
    """The public part of the hall, alike for everybody: what the page polls."""
    return _live(uid, "board")


@bp.get("/hall/<uid>/screen")
@public
def screen(uid: str) -> str:
    """The hall for the projector: large, nothing to press."""
    shown = board_of(uid)
    return render_template(
        "opening/screen.html",
        **shown_parts(shown),
        place=_place(shown),
        discipline=discipline(),
        etag=_etag(uid, "screen_board", anew=True),
    )


def _place(shown: Board) -> str | None:
    """In which room the opening is held that the hall shows; None for one on line alone."""
    purpose = Purpose.PRICES if shown.is_later else Purpose.OPENING
    return rooms.place_of(session(), shown.hall.project.id, purpose)


@bp.get("/hall/<uid>/screen/board")
@public
def screen_board(uid: str) -> Response:
    """What the big screen polls."""
    return _live(uid, "screen_board")


def discipline() -> tuple[str, ...]:
    """What the host reads out, in the reader's language."""
    return sitting_queries.discipline(session(), now()).clauses(language())


def _boards() -> Boards[State]:
    """The pictures of this process; there from the first look on."""
    made = current_app.extensions.setdefault("hall_boards", Boards(current_app.config["HALL_SECONDS"]))
    return cast("Boards[State]", made)


def _etag(uid: str, kind: str, *, anew: bool = False) -> str:
    """A name for what the public part depends on: the stored state, and which of its hours have come."""
    state = _boards().state(uid, lambda: sitting_queries.state(session(), uid), anew=anew)
    if state is None:
        abort(404)
    at = now()
    hours = (
        local_day(at),  # a new version of what is read out begins with a day
        at >= state.closes_at - sittings.SIGN_IN_OPENS,
        at >= state.closes_at,
        at >= state.opens_at,
        at >= state.opens_at + sittings.READING,
        *(
            state.prices_open_at is not None and at >= state.prices_open_at + after
            for after in (-sittings.SIGN_IN_OPENS, timedelta(), sittings.READING)
        ),
    )
    return _tag(uid, kind, str(get_locale()), state, hours)


@lru_cache(maxsize=1024)
def _tag(*what: object) -> str:
    return hashlib.sha256(repr(what).encode()).hexdigest()[:24]


def _live(uid: str, kind: str) -> Response:
    """A part that is made once for each state and language, and then handed to every watcher."""
    etag = _etag(uid, kind)
    answer = current_app.response_class(mimetype="text/html")
    if etag in request.if_none_match:
        answer.status_code = 304
    else:
        answer.data = _boards().picture(etag, lambda: _picture(uid, kind))
    answer.set_etag(etag)
    answer.headers["Cache-Control"] = "no-cache"
    answer.headers["Vary"] = "Accept-Language, Cookie"
    return answer


def _picture(uid: str, kind: str) -> str:
    return render_template(f"opening/{kind}.html", **shown_parts(board_of(uid)), discipline=discipline())


# The record ------------------------------------------------------------------------------------------------------


@bp.get("/hall/<uid>/record.json")
@public
def record_data(uid: str) -> Response:
    """The record of an opening byte for byte as its hash stands in the log and under the signatures."""
    shown = board_of(uid, stage_asked())
    row = shown.sitting.sitting
    if row is None or row.record is None:
        abort(404)
    return current_app.response_class(row.record, mimetype="application/json")
