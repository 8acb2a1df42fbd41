"""What is announced, for everybody: the list, each announcement, its data and its paper."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from flask import Response, current_app, render_template, request, url_for

from bidding.announcements import queries
from bidding.announcements.models import Announcement
from bidding.announcements.paper import announcement_paper
from bidding.announcements.policy import Permission
from bidding.announcements.routes.blueprint import bp
from bidding.announcements.rules import ENDED, PRESETS, RUNNING, STATE_WORDS, Kind, State, over_at
from bidding.core.canonical import loads
from bidding.documents import pdf
from bidding.documents.current import filed
from bidding.tenders.rules import UNIT_LABELS, cite, cited
from bidding.web.auth import current_actor, public
from bidding.web.context import now, session
from bidding.web.paging import page_number, paginate


@bp.get("/announcements")
@public
def announcements() -> str:
    """Everything that is out, the newest first; every state of the list has an address."""
    words, kind = wanted_announcements()
    page = paginate(session(), queries.public(words, kind), number=page_number(request.args), size=20)
    return render_template(
        "announcements/announcements.html",
        page=page,
        words=words,
        kind_chosen=kind,
        presets=PRESETS,
        stands=stands,
    )


def wanted_announcements() -> tuple[str, Kind | None]:
    """The words and the kind that the address asks for."""
    words = request.args.get("q", "").strip()[:100]
    return words, next((each for each in Kind if each.value == request.args.get("kind")), None)


def stands(row: Announcement) -> tuple[str, str]:
    """How it stands now, as a lamp and its words: decided by people, and for a publicity by time."""
    if row.state is not State.PUBLISHED or row.ends_on is None:
        lamps = {
            State.DRAFT: "idle",
            State.SUBMITTED: "now",
            State.PUBLISHED: "done",
            State.WITHDRAWN: "stop",
        }
        return lamps[row.state], STATE_WORDS[row.state]
    return ("now", RUNNING) if now() < over_at(row.ends_on) else ("done", ENDED)


def answers_due(row: Announcement) -> dict[int, tuple[date, str]]:
    """By when each objection wants its answer, and by which article."""
    found = {each.n: queries.answer_by(session(), row, each.made_at) for each in row.objections}
    return {n: (each[0], cite(each[1])) for n, each in found.items() if each is not None}


def shown(text: dict[str, Any]) -> dict[str, Any]:
    """What the macro needs that shows an announcement."""
    return {"text": text, "cited": cited, "units": UNIT_LABELS}


@bp.get("/announcements/<uid>")
@public
def announcement(uid: str) -> str:
    """One announcement, as it was published; whether it was withdrawn, and what was objected."""
    row = queries.published(session(), uid)
    takes = row.state is State.PUBLISHED and row.ends_on is not None and now() < over_at(row.ends_on)
    return render_template(
        "announcements/announcement.html",
        row=row,
        preset=PRESETS[row.kind],
        stands=stands(row),
        takes=takes,
        may_object=takes and current_actor().may(Permission.ANNOUNCEMENT_OBJECT),
        due=answers_due(row),
        **shown(loads(row.notice or "{}")),
    )


@bp.get("/announcements/<uid>/notice.json")
@public
def notice_text(uid: str) -> Response:
    """The announcement byte for byte as it was hashed into the centre's log."""
    text = queries.published(session(), uid).notice
    return current_app.response_class(text, mimetype="application/json")


@bp.get("/announcements/<uid>/notice.pdf")
@public
def notice_pdf(uid: str) -> Response:
    """The same as the paper that is filed: the same bytes for everybody, at any time."""
    row = queries.published(session(), uid)
    made = set_paper(row.notice or "", row.sha256 or "", *where(row))
    return filed(made, sha256=row.sha256 or "", name=f"{row.kind.value}-{row.uid}")


def where(row: Announcement) -> tuple[str, str]:
    """The centre's name and the address of the page."""
    return current_app.config["CENTRE_NAME"], url_for(".announcement", uid=row.uid, _external=True)


@lru_cache(maxsize=64)
def set_paper(text: str, sha256: str, centre: str, address: str, *, is_draft: bool = False) -> bytes:
    """A paper takes a third of a second to set; see the tender notice's."""
    data = announcement_paper(loads(text), sha256=sha256, centre=centre, address=address, is_draft=is_draft)
    return pdf.render("notice", data)
