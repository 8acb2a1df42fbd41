"""Asking for a draw, the list of draws, and one draw's page."""

from __future__ import annotations

from typing import Any

from flask import (
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bidding.conduct.forms import unread
from bidding.conduct.rules import Rule
from bidding.core.actor import Role
from bidding.core.errors import DomainError
from bidding.experts import policy, queries, rules, service
from bidding.experts.calls import ANSWER_WORDS, Answer
from bidding.experts.forms import (
    AT_TURN,
    NOT_CALLED,
    ActForm,
    CallForm,
    CancelForm,
    FreezeForm,
    LeaveForm,
    OpenedForm,
    ProofForm,
    RequestForm,
    ShowForm,
)
from bidding.experts.models import Draw, Expert
from bidding.experts.policy import Permission
from bidding.experts.queries import Purpose, View
from bidding.experts.routes.blueprint import bp
from bidding.experts.rules import Step
from bidding.experts.service import Wish
from bidding.messages.carriers import Channel
from bidding.messages.routes import post
from bidding.tenders.models import Project
from bidding.tenders.queries import local_day
from bidding.web.auth import current_actor, requires
from bidding.web.context import now, session, transaction
from bidding.web.errors import told
from bidding.web.forms import Form, apart
from bidding.web.paging import page_number, paginate


@bp.get("/draws")
@requires(Permission.DRAW_READ)
def draws() -> str:
    """The draws the reader may see."""
    page = paginate(session(), queries.draws(current_actor()), number=page_number(request.args))
    return render_template(
        "experts/draws.html",
        page=page,
        address=lambda number: url_for("experts.draws", page=number),
        stands=step_lamp,
    )


@bp.route("/projects/<uid>/draw", methods=["GET", "POST"])
@requires(Permission.DRAW_REQUEST)
def request_draw(uid: str) -> ResponseReturnValue:
    """Ask for experts for a project; where a draw is under way, its page."""
    project = queries.requestable(session(), current_actor(), uid)
    standing = queries.under_way(session(), project.id)
    if standing is not None:
        return redirect(url_for(".draw", uid=standing.uid))
    last = queries.last_ordered(session(), project.id)
    places = queries.places(session(), project)
    if request.method == "GET" and last is not None and "further" not in request.args:
        return redirect(url_for(".draw", uid=last.uid))
    names = [(row.code, row.name) for row in queries.specialties(session())]
    form = RequestForm(names, queries.regions(session()), further=last is not None)
    evaluation_at = form.evaluation_at.data
    if form.validate_on_submit() and evaluation_at is not None:
        wish = Wish(
            conditions=form.conditions,
            evaluation_at=evaluation_at,
            hours=form.hours.data,
            place=form.place.data,
            recused=form.recused.data or "",
            reason=form.reason.data if last is not None else "",
        )
        try:
            with transaction() as tx:
                made = service.request_draw(tx, uid, wish).uid
            return redirect(url_for(".draw", uid=made), 303)
        except DomainError as error:
            form.refuse(error)
            project = queries.requestable(session(), current_actor(), uid)
    figures = queries.composition(session(), project, local_day(now()))
    page = render_template(
        "experts/request.html",
        form=form,
        project=project,
        last=last,
        places=places,
        figures=figures,
        own_pool=_own_pool(project),
    )
    return page, form.status


# One draw --------------------------------------------------------------------------------------------------------------


def draw_for_reader(uid: str) -> Draw:
    """The draw ``uid``, if the reader may see it; otherwise it looks like what does not exist."""
    return queries.draw_for(session(), current_actor(), uid)


@bp.get("/draws/<uid>")
@requires(Permission.DRAW_READ)
def draw(uid: str) -> ResponseReturnValue:
    """One draw, and what the reader has to do about it now."""
    return draw_page(uid)


#: For what names may still be opened, by where the draw stands; reserves who were never called stay sealed for good.
_OPENED_AT: dict[Step, frozenset[Purpose]] = {
    Step.REQUESTED: frozenset({Purpose.FURTHER}),
    Step.DRAWN: frozenset({Purpose.CALL, Purpose.RELEASE}),
    Step.RELEASED: frozenset({Purpose.CALL, Purpose.RELEASE, Purpose.PUBLISH}),
}


def draw_page(uid: str, form: Form | None = None, act: str = "") -> ResponseReturnValue:
    """A draw's page; ``form`` is the one of the act that was refused, if one was."""
    actor = current_actor()
    view = queries.view(session(), draw_for_reader(uid))
    forms = _forms(view)
    answers = {
        line.code: apart(CallForm(AT_TURN, formdata=None), f"answer{place}")
        for place, (line, _turn) in enumerate(view.turns)
    }
    if form is not None:
        forms[act] = form
    if isinstance(form, CallForm) and form.stratum.data in answers:
        answers[form.stratum.data] = form
    offered = acts(view)
    calls = actor.may(Permission.DRAW_CALL)
    due = _OPENED_AT.get(view.step, frozenset()) if calls else frozenset()
    sealed = {purpose.value: purpose in due and bool(still_sealed(view, purpose)) for purpose in Purpose}
    asked = queries.halves_wanted(session(), view.draw.project) if "halves" in offered else []
    page = render_template(
        "experts/draw.html",
        view=view,
        draw=view.draw,
        project=view.draw.project,
        parties=queries.told_parties(session(), actor, view),
        counts=queries.told_excluded(
            view.excluded, quiet=Role.TENDERER in actor.roles and bool(view.draw.project.preset.quiet)
        ),
        forms=forms,
        answer_forms=answers,
        refused=form,
        acts=offered,
        steps=_steps(view.draw),
        shown=_shown(view),
        halves=queries.halves(session(), view.draw),
        halves_wanted=sum(len(hashes) for _, hashes in asked),
        sealed=sealed,
        messages=Channel.SMS in post().carriers,
        sent=queries.told(session(), view.draw),
        keyed=bool(asked) or any(sealed.values()),
        names=_names(view),
        answers=ANSWER_WORDS,
        excluded=rules.EXCLUDED_WORDS,
        stands=step_lamp,
        answer_of=Answer,
        gone=queries.gone,
        undecided=queries.undecided(session(), view.draw.project) if view.step is Step.RELEASED else [],
        trustee=bool(actor.roles - {Role.TENDERER}),
        masked=rules.masked_phone,
        not_called=NOT_CALLED,
        own_pool=_own_pool(view.draw.project) if view.step is Step.REQUESTED else None,
    )
    return page, form.status if form is not None else 200


def _own_pool(project: Project) -> str | None:
    """What speaks against drawing from the centre's own pool, for the page."""
    problem = queries.own_pool_problem(session(), project, local_day(now()))
    return told(problem.refusal) if problem else None


def _forms(view: View) -> dict[str, Any]:
    """A fresh form for every act; which of them the page shows, ``acts`` says."""
    proofs = ("order", "deal", "reveal", "share", "halves")
    fresh: dict[str, Any] = {name: ProofForm(formdata=None) for name in proofs}
    fresh |= {name: ActForm(formdata=None) for name in ("close", "countersign")}
    fresh |= {name: OpenedForm(formdata=None) for name in ("release", "publish")}
    asked = unread(Rule.DRAW) if current_actor().may(Permission.DRAW_FREEZE) else ()
    fresh["freeze"] = FreezeForm(formdata=None, unread=asked)
    fresh["cancel"] = CancelForm(formdata=None)
    fresh["show"] = ShowForm(formdata=None)
    fresh["leave"] = LeaveForm(serving(view), formdata=None)
    return {name: apart(form, name) for name, form in fresh.items()}


def serving(view: View) -> list[tuple[str, str]]:
    """Those who accepted, as choices of a form: ``specialty:commitment`` and words that name nobody."""
    return [
        (f"{line.code}:{place.h}", f"{line.name} {place.number}")
        for line in view.lines
        for place in line.serving
    ]


def acts(view: View) -> frozenset[str]:
    """What the reader may do now; the first of the page's order is the main one."""
    actor, found = current_actor(), set[str]()
    step, draw_ = view.step, view.draw
    second = actor.account_id != draw_.requested_by_id
    turn = actor.may(Permission.DRAW_CONTRIBUTE) and _has_a_number_to_bring(view)
    offered = {
        "freeze": step is Step.REQUESTED and second and actor.may(Permission.DRAW_FREEZE),
        "cancel": step in (Step.REQUESTED, Step.FROZEN, Step.ORDERED) and actor.may(Permission.DRAW_FREEZE),
        "order": step is Step.FROZEN and actor.may(Permission.DRAW_ORDER),
        "deal": step is Step.ORDERED and turn,
        "bring": step is Step.ORDERED
        and not turn
        and Role.TENDERER not in actor.roles
        and bool(view.missing),
        "close": step is Step.ORDERED and not view.missing and actor.may(Permission.DRAW_FREEZE),
        "reveal": step is Step.CLOSED and view.witnessed and _is_party(view),
        "share": step is Step.CLOSED and view.witnessed and Role.TENDERER not in actor.roles,
        "call": step in (Step.DRAWN, Step.RELEASED) and actor.may(Permission.DRAW_CALL),
        "halves": actor.may(Permission.DRAW_HALF) and bool(queries.halves_wanted(session(), draw_.project)),
        "countersign": actor.may(Permission.DRAW_COUNTERSIGN) and _calls_of_others(view),
        "release": actor.may(Permission.DRAW_RELEASE)
        and now() >= draw_.evaluation_at
        and (
            (step is Step.DRAWN and (view.complete or view.used_up))
            or (step is Step.RELEASED and bool(still_sealed(view, Purpose.RELEASE)))
        ),
        "publish": step is Step.RELEASED and actor.may(Permission.DRAW_RELEASE),
        "further": step in (Step.DRAWN, Step.RELEASED)
        and view.used_up
        and not view.turns
        and actor.may(Permission.DRAW_REQUEST),
        "record": draw_.drawn_at is not None and Role.TENDERER not in actor.roles,
    }
    found.update(name for name, may in offered.items() if may)
    return frozenset(found)


def _calls_of_others(view: View) -> bool:
    return any(
        call.countersigned_at is None and call.called_by_id != current_actor().account_id
        for call in view.calls
    )


def still_sealed(view: View, purpose: Purpose) -> list[tuple[Draw, list[str]]]:
    """Whose names an act needs that are still sealed."""
    return queries.to_open(session(), view.draw.project, purpose, view.draw)


def _has_a_number_to_bring(view: View) -> bool:
    """Whether the reader's own number is still out: a seat's until it is in the log, a tenderer's once."""
    actor = current_actor()
    if Role.TENDERER in actor.roles:
        return not queries.has_brought(session(), actor, view.draw)
    own = queries.own_seats(session(), actor, view.draw)
    return bool(own - {party.name for party in view.parties if party.dealt_at is not None})


def _is_party(view: View) -> bool:
    """Whether the reader may have a number to open: staff bring anybody's, a tenderer its own."""
    actor = current_actor()
    if Role.TENDERER in actor.roles:
        return queries.has_brought(session(), actor, view.draw)
    return actor.may(Permission.DRAW_CONTRIBUTE)


def _shown(view: View) -> dict[str, Expert | None]:
    """By specialty, whose turn it is and whose name this caller may open: the person where the leaf is open already."""
    actor = current_actor()
    if not actor.may(Permission.DRAW_CALL):
        return {}
    shown = {
        line.code: turn.h
        for line, turn in view.turns
        if queries.disclosed_to(session(), view.draw, turn.h, actor.account_id)
    }
    people = queries.people_behind(session(), view.draw, list(shown.values()))
    return {code: people.get(h) for code, h in shown.items()}


def _names(view: View) -> dict[str, Expert]:
    """Who sits, by commitment, where the reader may know by now."""
    draw_ = view.draw
    released = draw_.released_at is not None
    if not policy.may_see_names(current_actor(), agency_id=draw_.project.agency_id, released=released):
        return {}
    return queries.people_behind(session(), draw_, [place.h for line in view.lines for place in line.serving])


def _steps(draw_: Draw) -> list[tuple[str, str, Any]]:
    """The sun line: what is done and when, what is now, what is to come."""
    times = {
        Step.REQUESTED: draw_.requested_at,
        Step.FROZEN: draw_.frozen_at,
        Step.ORDERED: draw_.ordered_at,
        Step.CLOSED: draw_.drawn_at,  # "各方投入随机数" lasts until the last number is open
        Step.DRAWN: draw_.released_at,
        Step.RELEASED: draw_.published_at,
        Step.PUBLISHED: draw_.published_at,
    }
    out: list[tuple[str, str, Any]] = []
    begun = draw_.cancelled_at is None
    for step, at in times.items():
        state = "done" if at is not None else "now" if begun else ""
        begun = begun and at is not None
        out.append((state, _(rules.STEP_WORDS[step]), at))
    return out


def step_lamp(draw_: Draw) -> tuple[str, str]:
    """Where a draw stands, as a lamp and its words."""
    lamps = {
        Step.REQUESTED: ("now", _("等待复核冻结")),
        Step.FROZEN: ("now", _("等待监督签署抽取令")),
        Step.ORDERED: ("now", _("各方投入随机数")),
        Step.CLOSED: ("now", _("各方公开随机数")),
        Step.DRAWN: ("now", _("正在通知")),
        Step.RELEASED: ("ok", _("名单已到评审室")),
        Step.PUBLISHED: ("done", _("证明已公布")),
        Step.CANCELLED: ("stop", _("已取消")),
    }
    return lamps[draw_.step]
