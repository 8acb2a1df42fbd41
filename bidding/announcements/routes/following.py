"""Which published intention a tender's draft follows."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bidding.announcements import queries, service
from bidding.announcements.forms import FollowForm
from bidding.announcements.policy import Permission
from bidding.announcements.routes.blueprint import bp
from bidding.core.errors import NotFound, WrongState
from bidding.tenders import policy as tender_policy
from bidding.tenders import queries as tenders
from bidding.tenders.kinds import Stage
from bidding.tenders.rules import INTENTION, cite, first_notice
from bidding.web.acts import carried_out
from bidding.web.auth import current_actor, requires
from bidding.web.context import now, session
from bidding.web.filters import day


@bp.route("/projects/<uid>/intention", methods=["GET", "POST"])
@requires(Permission.ANNOUNCEMENT_EDIT)
def follow(uid: str) -> ResponseReturnValue:
    """Choose among the agency's own intentions; each says from when on the notice may follow it."""
    project = tenders.project_for(session(), current_actor(), uid)
    if not tender_policy.may_edit(current_actor(), project.agency_id):
        raise NotFound
    if project.stage is not Stage.DRAFT:
        raise WrongState
    figures = tenders.figures_of(session(), project, tenders.local_day(now()))
    calendar = tenders.calendar(session())
    choices = []
    for row in queries.followable(session(), current_actor()):
        published_on = tenders.local_day(row.published_at) if row.published_at else None
        first = published_on and first_notice(published_on, figures, calendar)
        when = _("最早 %(day)s 发布采购公告", day=day(first)) if first else ""
        choices.append((row.uid, " · ".join(part for part in (row.title, row.owner_name, when) if part)))
    chosen = project.intention.announcement_uid if project.intention else None
    form = FollowForm(choices, data={"intention": chosen})
    if form.is_submitted():
        picked = form.intention.data
        if carried_out(form, lambda tx: service.follow(tx, uid, None if picked == "none" else picked)):
            flash(_("已保存。"))
            return redirect(url_for("tenders.project", uid=uid), 303)
        project = tenders.project_for(session(), current_actor(), uid)
    figure = figures.get(INTENTION)
    page = render_template(
        "announcements/follow.html",
        project=project,
        form=form,
        any=bool(choices),
        figure=figure,
        source=figure and cite(figure),
    )
    return page, form.status
