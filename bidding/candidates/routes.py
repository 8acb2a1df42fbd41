"""Where the agency writes a lot's candidates; publishing, withdrawing and objecting are as for every announcement."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from bidding.announcements import queries as announced
from bidding.announcements.models import Announcement
from bidding.announcements.policy import Permission
from bidding.announcements.rules import MOST_CANDIDATES, PRESETS, Kind, State
from bidding.award import queries as awards
from bidding.candidates import service
from bidding.candidates.forms import PARTS, candidates_form
from bidding.core.errors import NotFound
from bidding.opening.rules import shown
from bidding.tenders import queries as tenders
from bidding.tenders.models import Project
from bidding.tenders.rules import cite, sheet_fields
from bidding.web.acts import carried_out
from bidding.web.auth import current_actor, requires
from bidding.web.context import now, session

bp = Blueprint("candidates", __name__)


@bp.route("/projects/<uid>/candidates/<lot>", methods=["GET", "POST"])
@requires(Permission.ANNOUNCEMENT_EDIT)
def write(uid: str, lot: str) -> ResponseReturnValue:
    """Draft the candidates of an opened lot, or change the draft; of what is handed over or out there is its own page."""
    project = awards.own_project(session(), current_actor(), uid)
    known = next((each for each in awards.results(session(), project) if each.lot.code == lot), None)
    period = awards.standstill(session(), project, now())
    if (
        known is None
        or known.failed
        or (known.final and known.final.winner_name)
        or period is None
        or not known.offers
    ):
        raise NotFound
    row = announced.candidates_of(session(), known.lot.id)
    if row is not None and row.state is not State.DRAFT:
        return redirect(url_for("announcements.work", uid=row.uid))
    figures = tenders.figures_of(session(), project, tenders.local_day(now()))
    most = figures.get(MOST_CANDIDATES)
    form = candidates_form(
        known,
        most.value if most else len(known.offers),
        data=_data(row) if row else _start(project, period.value),
    )
    made: list[str] = []
    if form.is_submitted() and carried_out(
        form,
        lambda tx: made.append(
            service.write(tx, uid, lot, form.said, form.recommended, version=form.version_seen).uid
        ),
    ):
        return redirect(url_for("announcements.work", uid=made[0]), 303)
    page = render_template(
        "candidates/write.html",
        project=project,
        known=known,
        form=form,
        parts=PARTS,
        preset=PRESETS[Kind.CANDIDATES],
        row=row,
        columns=sheet_fields(project.family, project.method, known.lot.price_form),
        shown=shown,
        period=period,
        source=cite(period),
    )
    return page, form.status


def _start(project: Project, days: int) -> dict[str, Any]:
    """What a fresh form begins with: what the notice says, and of the authority what was written last."""
    last = announced.written_last(session(), current_actor(), Kind.CANDIDATES)
    authority = {name: value for name, value in last.items() if name.startswith("finance_")}
    return {
        **authority,
        "days": days,
        "owner_name": project.owner_name,
        "owner_address": project.owner_address,
        "owner_contact": project.owner_contact,
        "agency_address": project.agency_address,
        "contact": project.contact,
        "phone": project.phone,
        "media": project.media,
    }


def _data(row: Announcement) -> dict[str, Any]:
    said = asdict(row.said)
    data: dict[str, Any] = {name: said[name] for name in PARTS} | {"version": str(row.version)}
    for rank, each in enumerate(row.said.candidates, 1):
        data |= {f"bid_{rank}": each.bid, f"score_{rank}": each.score, f"fit_{rank}": each.fit}
    return data
