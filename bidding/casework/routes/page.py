"""The list of cases, and the page of one: where it stands, by when, and what this reader can do about it."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from flask import Response, current_app, render_template, request, send_file
from flask.typing import ResponseReturnValue

from bidding.casework import forms, paper, policy, presentation, queries
from bidding.casework.current import desk
from bidding.casework.models import Case
from bidding.casework.policy import Permission
from bidding.casework.routes.blueprint import bp
from bidding.casework.rules import DECLARATION, EDITABLE, HOW_WORDS, OUTCOME_WORDS, STATE_WORDS, State
from bidding.core.actor import Role
from bidding.documents import pdf
from bidding.identity import papers
from bidding.identity import queries as people
from bidding.storage import blobs
from bidding.web.auth import current_actor, requires
from bidding.web.context import now, session
from bidding.web.forms import Form
from bidding.web.paging import page_number, paginate


@bp.get("/cases")
@requires(Permission.CASE_READ)
def cases() -> str:
    """What is under way, then what is over."""
    actor, terms = current_actor(), desk().terms(session(), now())
    over = paginate(
        session(), queries.cases(session(), actor, live=False), number=page_number(request.args), size=20
    )
    live = session().scalars(queries.cases(session(), actor, live=True)).all()
    sees_facts = actor.may(Permission.CASE_HANDLE) or actor.may(Permission.CASE_OPINE)
    return render_template(
        "casework/cases.html",
        live=[(case, _last(case, terms)) for case in live],
        over=over,
        facts=queries.told_late(session(), actor) if sees_facts else [],
        state_words=STATE_WORDS,
        outcome_words=OUTCOME_WORDS,
        lamp_of=presentation.lamp,
    )


def _last(case: Case, terms: Any) -> presentation.StepRow | None:
    rows = [row for row in presentation.steps(case, terms.calendar, now()) if row.state == "now"]
    return rows[-1] if rows else None


@bp.get("/cases/<uid>")
@requires(Permission.CASE_READ)
def case(uid: str) -> ResponseReturnValue:
    """One case."""
    return case_page(uid)


def case_page(uid: str, bound: Mapping[str, Form] | None = None) -> ResponseReturnValue:
    """The page; ``bound`` are forms that were refused, by their names on it."""
    found, actor = queries.case_for(session(), current_actor(), uid), current_actor()
    terms = desk().terms(session(), now())
    shown = {**_forms(found), **(bound or {})}
    refused = next(iter((bound or {}).values()), None)
    mine = policy.may_file(actor, found.applicant_id)
    page = render_template(
        "casework/case.html",
        case=found,
        forms=shown,
        refused=refused,
        rows=presentation.steps(found, terms.calendar, now()),
        line=presentation.line(found),
        lines=presentation.lines(found),
        opinions=presentation.opinions(found, terms, now()),
        history=presentation.history(found),
        lamp=presentation.lamp(found),
        state_words=STATE_WORDS,
        outcome_words=OUTCOME_WORDS,
        how_words=HOW_WORDS,
        declaration=DECLARATION,
        mine=mine,
        editable=mine and found.state in EDITABLE,
        handles=_handles(found),
        examined_by_me=found.examined_by_id == actor.account_id,
        fast_by_me=found.fast_asked_by_id == actor.account_id,
        asked=_asked(found),
        terms=terms,
        waiting=[each for each in found.returns if each.answered_at is None],
        names=people.names(session(), {found.first_contact_id, found.manager_id, found.fast_by_id}),
        reads_subject=mine or actor.may(Permission.CASE_HANDLE),
    )
    return page, refused.status if refused else 200


def _handles(found: Case) -> bool:
    """Whether the reader is of the window, and did not file it."""
    actor = current_actor()
    filed = {each.by_id for each in found.moves if each.move in ("opened", "filed", "supplemented")}
    return actor.may(Permission.CASE_HANDLE) and actor.account_id not in filed


def _asked(found: Case) -> bool:
    """Whether the reader's department still owes its opinion."""
    actor = current_actor()
    return (
        actor.may(Permission.CASE_OPINE)
        and found.state is State.ACCEPTED
        and any(
            each.organisation_id == actor.organisation_id and each.opinion is None for each in found.opinions
        )
    )


def _forms(found: Case) -> dict[str, Form]:
    """Every form that the page may show, empty."""
    blank: dict[str, Form] = {
        "press": forms.PressForm(formdata=None),
        "withdraw": forms.ReasonForm(formdata=None, prefix="withdraw-"),
    }
    if _asked(found):
        blank["opinion"] = forms.OpinionForm(formdata=None, prefix="opinion-")
    if not _handles(found):
        return blank
    return blank | {
        "bind": forms.BindingForm(formdata=None, prefix="bind-"),
        "examine": forms.ExamineForm(formdata=None, prefix="examine-"),
        "review": forms.ReviewForm(formdata=None, prefix="review-"),
        "extend": forms.ExtendForm(formdata=None, prefix="extend-"),
        "copies": forms.CopyForm(queries.departments(session(), found), formdata=None, prefix="copy-"),
        "speed": forms.SpeedForm(formdata=None, prefix="speed-"),
        "manager": forms.ManagerForm(managers(), formdata=None, prefix="manager-"),
        "entry": forms.EntryForm(formdata=None, prefix="entry-"),
    }


def managers() -> list[Any]:
    """Who works at the window."""
    return list(people.accounts_of(session(), people.holders(session(), Role.ADMINISTRATOR)))


@bp.get("/cases/<uid>/files/<sha256>")
@requires(Permission.CASE_READ)
def material(uid: str, sha256: str) -> Response:
    """A file that was handed in. Never shown in the page: anybody may have written it."""
    found = queries.case_for(session(), current_actor(), uid)
    row = queries.material(session(), found, sha256)
    file = blobs().open(sha256)
    kind = papers.media_type(file.read(8)) or "application/octet-stream"
    file.seek(0)
    return send_file(file, mimetype=kind, as_attachment=True, download_name=row.name or sha256)


@bp.get("/cases/<uid>/notices/<int(max=2147483647):place>.pdf")
@requires(Permission.CASE_READ)
def notice_pdf(uid: str, place: int) -> Response:
    """The notice of what is missing, numbered."""
    found = queries.case_for(session(), current_actor(), uid)
    notice = queries.notice(found, place)
    data = paper.notice_paper(found, notice, current_app.config["CENTRE_NAME"])
    return _pdf(data, f"{notice.number}.pdf")


@bp.get("/cases/<uid>/record.pdf")
@requires(Permission.CASE_READ)
def record_pdf(uid: str) -> Response:
    """The whole case on paper, for the project's file."""
    found = queries.case_for(session(), current_actor(), uid)
    names = people.names(session(), {found.first_contact_id, found.manager_id})
    terms = desk().terms(session(), now())
    data = paper.record_paper(found, terms, current_app.config["CENTRE_NAME"], now(), names)
    return _pdf(data, f"{found.number or found.uid}.pdf")


def _pdf(data: dict[str, Any], name: str) -> Response:
    made = pdf.render("chapters", data)  # the window seals what it prints; everybody gets the same bytes
    return send_file(BytesIO(made), mimetype="application/pdf", download_name=name)
