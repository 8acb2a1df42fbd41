"""履职记录: how an expert did."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bidding.committee import queries, service
from bidding.committee.forms import AppraisalForm
from bidding.committee.policy import Permission
from bidding.committee.routes.blueprint import bp
from bidding.committee.rules import QUESTIONS
from bidding.core.canonical import loads
from bidding.web.acts import carried_out
from bidding.web.auth import current_actor, requires
from bidding.web.context import session


@bp.route("/committee/members/<uid>/appraisal", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_APPRAISE)
def appraise(uid: str) -> ResponseReturnValue:
    """Write it, once; then read it."""
    one = queries.member(session(), current_actor(), uid, Permission.COMMITTEE_APPRAISE)
    project_uid = one.project.uid
    form = AppraisalForm()
    if form.is_submitted() and carried_out(
        form, lambda tx: service.appraise(tx, uid, form.answers, form.remark.data or "")
    ):
        flash(_("履职记录已保存。"))
        return redirect(url_for(".desk", uid=project_uid), 303)
    one = queries.member(session(), current_actor(), uid, Permission.COMMITTEE_APPRAISE)
    standing = queries.appraisal_of(session(), one)
    at = queries.over_at(session(), one.project_id)
    text = render_template(
        "committee/appraisal.html",
        one=one,
        project=one.project,
        form=form,
        questions=QUESTIONS,
        standing=standing,
        answers=loads(standing.answers) if standing else {},
        due_on=queries.appraisal_due(session(), one.project, at),
        source=queries.appraisal_source(session(), one.project, at) if at else "",
    )
    return text, form.status
