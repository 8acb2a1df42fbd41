"""The public pages of tenders: the list, the notice, its files, and what a sealing client needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum
from functools import lru_cache
from io import BytesIO
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from flask import Response, current_app, jsonify, render_template, request, send_file, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from bidding.core.actor import Actor
from bidding.core.canonical import dumps, loads, sha
from bidding.core.errors import NotFound
from bidding.documents import pdf
from bidding.i18n.catalog import language
from bidding.rooms import queries as rooms
from bidding.sealing.panel import parse_panel
from bidding.storage import blobs
from bidding.tenders import kinds, methods, presentation, queries, rules, service
from bidding.tenders.kinds import Family, Method
from bidding.tenders.models import Project
from bidding.tenders.paper import notice_paper
from bidding.tenders.policy import Permission
from bidding.tenders.routes.blueprint import bp
from bidding.tenders.rules import Phase
from bidding.tenders.search import Search, find
from bidding.tenders.timeline import Timeline, draw
from bidding.tenders.words import evaluation_name, words
from bidding.web.auth import current_actor, public
from bidding.web.context import now, session
from bidding.web.errors import told
from bidding.web.filters import bytesize
from bidding.web.remembered import for_everybody

E = TypeVar("E", bound=Enum)

_MINUTE = timedelta(minutes=1)

#: What higher domains hang onto a project's page: (label, address) for this reader. ``wiring`` fills the list
#: ``app.extensions["project_links"]`` from every domain's ``links.py``.
Links = Callable[[Project], list[tuple[str, str]]]
#: What a closed project has come to, as a key of the catalogue; empty as long as nothing is open.
AfterClose = Callable[[object, Project], str]
#: Whether somebody may have a published project's files at an instant: ``app.extensions["takes_documents"]``.
TakesDocuments = Callable[[object, Actor, Project, datetime], bool]


@bp.get("/notices")
@public
@for_everybody
def notices() -> str:
    """Published projects; every state of the list has an address."""
    search = wanted_notices()
    before, after = entry_number("before"), entry_number("after")
    return render_template(
        "tenders/notices.html",
        found=find(session(), search, now(), before=before, after=after),
        is_first=before is None and after is None,
        search=search,
        address=_addresses(url_for("tenders.notices")),
        feed=_addresses(url_for("portal.notices_feed"))(),
        results=_addresses(url_for("portal.results"))(phase=None),
        saving=_addresses(url_for("portal.save_search"))(list="notices", phase=None),
        kinds=kinds,
        families=methods.FAMILIES,
        phases=rules.PUBLIC,
        phase_labels=rules.PHASE_LABELS,
        entry=_entries(),
    )


def wanted_notices() -> Search:
    """The search that the address asks for; what it says wrongly it does not say."""
    asked = request.args
    search = Search(
        words=asked.get("q", "").strip()[:100],
        family=one_of(Family, asked.get("family")),
        method=one_of(Method, asked.get("method")),
        phase=one_of(Phase, asked.get("phase")),
    )
    return search if search.phase in rules.PUBLIC else replace(search, phase=None)


def entry_number(name: str) -> int | None:
    """The entry of the list that the address goes on from; what no entry can have for a number is none."""
    number = request.args.get(name, type=int)
    return number if number is not None and 0 <= number < 2**31 else None


def one_of(kind: type[E], text: str | None) -> E | None:
    return next((member for member in kind if member.value == text), None)


def _addresses(here: str) -> Callable[..., str]:
    """What makes the address of the list as it is asked for now, with something else; or of what is made of the same search."""
    asked = {name: request.args.get(name) for name in ("q", "family", "method", "phase")}

    def address(**other: str | int | None) -> str:
        query = urlencode({name: value for name, value in (asked | other).items() if value})
        return f"{here}?{query}" if query else here

    return address


def _entries() -> Callable[[Any], Markup]:
    """What makes the entry of a row that was found."""
    tongue, here, at = language(), url_for("tenders.notices"), now()

    def entry(row: Any) -> Markup:
        phase = rules.phase(rules.Facts(row.stage, row.closes_at), at)
        left = (row.closes_at - at) // _MINUTE if phase is Phase.OPEN else 0
        return _listed(tongue, here, row, phase, left)

    return entry


@lru_cache(maxsize=512)
def _listed(tongue: str, here: str, row: Any, phase: Phase, left: int) -> Markup:
    """An entry with so many whole minutes left: the same for every search, until its notice or the minute is another.

    Twenty of them were half of what the list cost. ``tongue`` is the reader's, in which it is made.
    """
    listed = current_app.jinja_env.get_template("tenders/_parts.html").module.listed  # type: ignore[attr-defined]
    made: Markup = listed(here, row, phase, rules.PHASE_LABELS[phase], kinds, row.closes_at - left * _MINUTE)
    return made


def phase_of(project: Project) -> Phase:
    """Where a project stands at the request's time."""
    return rules.phase(project.facts, now())


def stands(project: Project) -> str:
    """The words for where a project stands: its phase's, or after the close what the domains above know of it."""
    phase = phase_of(project)
    if phase is Phase.CLOSED:
        after = cast("AfterClose", current_app.extensions["after_close"])
        return after(session(), project) or rules.PHASE_LABELS[phase]
    return rules.PHASE_LABELS[phase]


@bp.get("/notices/<uid>")
@public
def notice(uid: str) -> str:
    """One notice with its files, its timetable and who can open the box."""
    return notice_page(queries.notice(session(), uid))


def notice_page(
    project: Project,
    *,
    preview: bool = False,
    problems: Sequence[rules.Problem] | None = None,
    declares: Sequence[str] = (),
) -> str:
    """The notice as everybody sees it, or will.

    ``problems`` are what whoever drafts it has to know before handing it over, ``declares`` what that declares.
    """
    return render_template(
        "tenders/notice.html",
        preview=preview,
        problems=problems,
        declares=declares,
        told=told,
        panel=parse_panel(loads(project.panel)) if project.panel else None,
        grouped=presentation.grouped,
        left=project.closes_at - now() if project.closes_at else None,
        links=[] if preview else project_links(project),
        takes=preview or takes_documents(project),
        lang=language(),
        follows=queries.follows(session(), current_actor(), project.id)
        if not preview and current_actor().may(Permission.TENDER_FOLLOW)
        else None,
        limit=current_app.config["MAX_BID"],
        picture=picture_of(project),
        **facts_of(project),
    )


def facts_of(project: Project) -> dict[str, object]:
    """What every page of a project shows."""
    plan = queries.plan_of(session(), project, now())
    return {
        "project": project,
        "words": words(project.family, project.method, invited=project.qualified_as is not None),
        "phase": phase_of(project),
        "stands": stands(project),
        "plan": plan,
        "entries": presentation.timetable(project, plan, now()),
        "sheets": queries.sheets_asked(project),
        "slots": queries.bid_slots(project),
        "price_slots": rules.PRICE_SLOTS,
        "points": rules.points,
        "weighed_by": _weighed_by(project),
        "units": rules.UNIT_LABELS,
        "cite": cite,
        "kinds": kinds,
        "places": {
            purpose.value: each.room.whereabouts
            for purpose, each in rooms.of_project(session(), project.id).items()
        },
    }


def picture_of(project: Project) -> Timeline | None:
    """The timetable drawn."""
    return draw(project, queries.plan_of(session(), project, now()), queries.calendar(session()))


def _weighed_by(project: Project) -> str | None:
    """What its way of weighing bids is called, once it is chosen."""
    chosen = project.scoring.evaluation
    return None if chosen is None else evaluation_name(project.family, project.method, chosen)


def cite(figure: rules.Figure) -> str:
    """The source of a figure. A law is cited by its own name; that the centre set it, is said to each reader."""
    return _(rules.OWN) if figure.law == rules.OWN else rules.cite(figure)


def project_links(project: Project) -> list[tuple[str, str]]:
    """The ways on from a project's page for this reader, the first the most important."""
    providers = cast("list[Links]", current_app.extensions["project_links"])
    return [link for provider in providers for link in provider(project)]


@bp.get("/notices/<uid>/tender.json")
@public
def tender_file(uid: str) -> Response:
    """What a sealing client needs; anybody may have it, for nobody need say that they mean to bid."""
    answer = jsonify(queries.tender_file(queries.notice(session(), uid)))
    answer.headers["Content-Disposition"] = 'attachment; filename="tender.json"'
    return answer


@bp.get("/notices/<uid>/notice.json")
@public
def notice_text(uid: str) -> Response:
    """The notice byte for byte as it was hashed into the project's log."""
    text = queries.notice(session(), uid).notice
    if text is None:
        raise NotFound
    return current_app.response_class(text, mimetype="application/json")


@bp.get("/notices/<uid>/notice.pdf")
@public
def notice_pdf(uid: str) -> Response:
    """The notice as the paper that is filed, made of what was hashed: the same bytes for everybody, at any time."""
    found = queries.notice(session(), uid)
    if found.notice is None:
        raise NotFound
    answer = _pdf(found, _set(found.notice, *_where(found)))
    answer.set_etag(sha(found.notice).hex())
    answer.make_conditional(request)
    return answer


def draft_pdf(project: Project) -> Response:
    """The same of what a draft says today, marked as one."""
    plan = queries.plan_of(session(), project, now())
    booked = rooms.of_project(session(), project.id)
    text = dumps(service.notice_text(project, plan, booked)).decode()
    return _pdf(project, _set(text, *_where(project), is_draft=True))


def _where(project: Project) -> tuple[str, str, tuple[str, str]]:
    config = current_app.config
    limits = bytesize(config["MAX_FILE"]), bytesize(config["MAX_BID"])
    return config["CENTRE_NAME"], url_for("tenders.notice", uid=project.uid, _external=True), limits


@lru_cache(maxsize=64)
def _set(text: str, centre: str, address: str, limits: tuple[str, str], *, is_draft: bool = False) -> bytes:
    """A paper takes a third of a second to set; whoever asks for it a thousand times gets what the first was given."""
    data = notice_paper(
        loads(text), sha256=sha(text).hex(), centre=centre, address=address, limits=limits, is_draft=is_draft
    )
    return pdf.render("notice", data)


def _pdf(project: Project, made: bytes) -> Response:
    return send_file(BytesIO(made), mimetype="application/pdf", download_name=f"{project.code}.pdf")


@bp.get("/notices/<uid>/files/<sha256>")
@public
def notice_file(uid: str, sha256: str) -> Response:
    """A published file; its digest stands in the log. Of a tender to those who passed a prequalification, theirs first.

    Raises ``ForThoseWhoPassed``.
    """
    project = queries.notice(session(), uid)
    found = queries.document(session(), project, sha256)
    if not takes_documents(project):
        raise rules.ForThoseWhoPassed
    return send(found.sha256, found.name)


def takes_documents(project: Project) -> bool:
    """Whether this reader may have a published tender's files now: above this domain it is known who was invited."""
    takes = cast("TakesDocuments", current_app.extensions["takes_documents"])
    return takes(session(), current_actor(), project, now())


def send(digest: str, name: str) -> Response:
    """A stored file as a download, whole or the range asked for. Never shown in the page: anybody may have written it."""
    size = blobs().size(digest)
    answer = send_file(
        blobs().open(digest), mimetype="application/octet-stream", as_attachment=True, download_name=name
    )
    if size is not None:
        answer.content_length = size
    answer.set_etag(digest)
    try:
        answer.make_conditional(request, accept_ranges=True, complete_length=size)
    except RequestedRangeNotSatisfiable:
        answer.close()
        raise
    return answer
