"""The room's page: an expert says who they are, reads the rules and the tenderers' names, and signs in or steps aside."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from bidding.committee import queries, service
from bidding.committee.forms import NONE, DeclareForm, RatingForm, RecogniseForm
from bidding.committee.routes.blueprint import bp
from bidding.committee.rules import FEEDBACK, NotRecognised, Recusal
from bidding.committee.service import Declaration
from bidding.committee.service.arriving import ZONE_RULES
from bidding.conduct import queries as conduct
from bidding.core.errors import DomainError, NotFound
from bidding.experts import queries as experts
from bidding.web.acts import carried_out
from bidding.web.auth import current_actor, public
from bidding.web.context import now, session, transaction


@bp.route("/arrival/<token>", methods=["GET", "POST"])
@public
def arrive(token: str) -> ResponseReturnValue:
    """Who stands before it."""
    page = queries.room(session(), token)
    form = RecogniseForm()
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                one = service.recognise(tx, token, form.name.data, form.phone_end.data)
                found = one.uid if one else None
            if found is None:  # after the commit: what was counted stays counted
                raise NotRecognised(field="name")
            return redirect(url_for(".declare", token=token, uid=found), 303)
        except DomainError as error:
            form.refuse(error)
    text = render_template(
        "committee/arrive.html",
        form=form,
        token=token,
        project=page.project,
        rated=queries.rated(session(), page.project),
        signed_in=current_actor().account_id is not None,
    )
    return text, form.status


@bp.route("/arrival/<token>/<uid>", methods=["GET", "POST"])
@public
def declare(token: str, uid: str) -> ResponseReturnValue:
    """The rules, the names, the declaration."""
    page = queries.room(session(), token)
    one = queries.awaited(session(), page, uid)
    form = DeclareForm()
    if form.validate_on_submit():
        given = form.declared.data
        declared = Declaration(None if given == NONE else Recusal(given), form.words.data or "")
        try:
            with transaction() as tx:
                service.sign_in(tx, token, uid, declared)
            return redirect(url_for(".arrived", token=token, aside=1 if declared.recusal else None), 303)
        except DomainError as error:
            form.refuse(error)
    text = render_template(
        "committee/declare.html",
        form=form,
        token=token,
        project=page.project,
        one=one,
        texts=conduct.in_force(session(), ZONE_RULES, now()),
        tenderers=[unit[0] for unit in experts.tenderers(session(), page.project)],
    )
    return text, form.status


@bp.route("/arrival/<token>/rate", methods=["GET", "POST"])
@public
def rate(token: str) -> ResponseReturnValue:
    """Who wants to say how owner and agency did."""
    page = queries.room(session(), token)
    if not queries.rated(session(), page.project):
        raise NotFound
    form = RecogniseForm()
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                one = service.recognise(tx, token, form.name.data, form.phone_end.data, rates=True)
                found = one.uid if one else None
            if found is None:  # after the commit: what was counted stays counted
                raise NotRecognised(field="name")
            return redirect(url_for(".rating", token=token, uid=found), 303)
        except DomainError as error:
            form.refuse(error)
    return render_template("committee/rate.html", form=form, token=token, project=page.project), form.status


@bp.route("/arrival/<token>/<uid>/rating", methods=["GET", "POST"])
@public
def rating(token: str, uid: str) -> ResponseReturnValue:
    """How they did, once."""
    page = queries.room(session(), token)
    one = queries.at_room(session(), page, uid)
    form = RatingForm()
    if form.is_submitted() and carried_out(
        form, lambda tx: service.rate(tx, token, uid, form.answers, form.remark.data or "")
    ):
        return redirect(url_for(".arrived", token=token, rated=1), 303)
    text = render_template(
        "committee/rating.html",
        form=form,
        token=token,
        project=page.project,
        questions=FEEDBACK,
        given=queries.feedback_of(session(), one) is not None,
    )
    return text, form.status


@bp.get("/arrival/<token>/done")
@public
def arrived(token: str) -> str:
    """Signed in, or stepped aside; the next one begins anew."""
    page = queries.room(session(), token)
    return render_template("committee/arrived.html", token=token, project=page.project)
