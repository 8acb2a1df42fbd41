"""The table of states for everybody, the notices about a tender's course, and the agency's desk for them."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bidding.clarifications import queries as clarifications
from bidding.clarifications.paper import in_force
from bidding.core.canonical import dumps, loads
from bidding.core.errors import NotFound
from bidding.documents.current import filed, follow_up
from bidding.ledger.current import log_keys
from bidding.lifecycle import diagram, policy, queries, rules, service
from bidding.lifecycle.forms import ActForm, NoticeForm, PublishForm
from bidding.lifecycle.paper import course_paper
from bidding.lifecycle.policy import Permission
from bidding.lifecycle.rules import Kind
from bidding.tenders.kinds import Stage
from bidding.tenders.models import Project
from bidding.tenders.rules import cited
from bidding.tenders.words import words
from bidding.web.acts import carried_out
from bidding.web.auth import current_actor, public, requires
from bidding.web.context import now, session
from bidding.web.forms import Form

bp = Blueprint("lifecycle", __name__)


@bp.get("/lifecycle")
@public
def table() -> str:
    """Every state and every move, drawn and as a table."""
    return render_template("lifecycle/table.html", diagram=diagram, rules=rules, cited=cited)


@bp.get("/notices/<uid>/course/<int(max=9999):n>")
@public
def notice(uid: str, n: int) -> str:
    """One notice, as it was published."""
    row = queries.notice(session(), uid, n)
    return render_template("lifecycle/notice.html", **_shown(row.project, loads(row.notice or "{}")), row=row)


@bp.get("/notices/<uid>/course/<int(max=9999):n>/notice.json")
@public
def notice_text(uid: str, n: int) -> Response:
    """The notice byte for byte as it was hashed into the tender's log."""
    return current_app.response_class(queries.notice(session(), uid, n).notice, mimetype="application/json")


@bp.get("/notices/<uid>/course/<int(max=9999):n>/notice.pdf")
@public
def notice_pdf(uid: str, n: int) -> Response:
    """The same as the paper that is filed."""
    row = queries.notice(session(), uid, n)
    original = in_force(
        loads(row.project.notice or "{}"),
        [
            each.text
            for each in clarifications.published(session(), row.project_id)
            if each.published_at is not None
            and row.published_at is not None
            and each.published_at <= row.published_at
        ],
    )
    made = follow_up(
        course_paper,
        row.notice or "",
        dumps(original).decode(),
        sha256=row.sha256 or "",
        centre=current_app.config["CENTRE_NAME"],
        address=url_for(".notice", uid=uid, n=n, _external=True),
        original_address=url_for("tenders.notice", uid=uid, _external=True),
    )
    return filed(made, sha256=row.sha256 or "", name=f"{row.project.code}-{row.kind.value}")


def _shown(project: Project, text: dict[str, object]) -> dict[str, object]:
    return {
        "project": project,
        "words": words(project.family, project.method),
        "text": text,
        "titles": rules.title,
        "cited": cited,
    }


# The desk --------------------------------------------------------------------------------------------------------


@bp.get("/projects/<uid>/course")
@requires(Permission.COURSE_PUBLISH)
def course(uid: str) -> ResponseReturnValue:
    """What was announced, what waits, and what could be done now."""
    return _desk(uid)


def _own(uid: str) -> Project:
    project = queries.project_of(session(), current_actor(), uid)
    policy.require(current_actor(), Permission.COURSE_PUBLISH, agency_id=project.agency_id)
    return project


def _fallen_short(project: Project, form: Form | None) -> ResponseReturnValue:
    """The desk of a tender that never was: too few passed its prequalification, and it can only be begun again."""
    follower = queries.successor_row(session(), project.id)
    page = render_template(
        "lifecycle/fallen_short.html",
        project=project,
        state=rules.STATE_WORDS[queries.state(session(), project)],
        follower=follower.successor if follower else None,
        repeats=follower is None and current_actor().may(Permission.TENDER_REPEAT),
        form=form or PublishForm(formdata=None),
    )
    return page, form.status if form else 200


def _desk(uid: str, form: Form | None = None) -> ResponseReturnValue:
    project = _own(uid)
    if project.stage is Stage.UNQUALIFIED:
        return _fallen_short(project, form)
    waiting = queries.waiting(session(), project.id)
    situation = queries.situation(session(), project)
    follower = queries.successor_row(session(), project.id)
    drafts = current_actor().may(Permission.COURSE_DRAFT)
    text = service.notice_text(waiting, project, list(situation.unannounced)) if waiting else {}
    page = render_template(
        "lifecycle/course.html",
        **_shown(project, text),
        situation=situation,
        states=rules.STATE_WORDS,
        waiting=waiting,
        own=waiting is not None and waiting.drafted_by_id == current_actor().account_id,
        published=queries.published(session(), project.id),
        possible=rules.possible(situation, now()) if drafts and waiting is None else (),
        passed=rules.deadline_passed(situation, now()),
        follower=follower.successor if follower else None,
        repeats=queries.may_repeat(session(), project)
        if follower is None and current_actor().may(Permission.TENDER_REPEAT)
        else [],
        form=form or PublishForm(formdata=None),
        now=now(),
    )
    return page, form.status if form else 200


@bp.route("/projects/<uid>/course/new/<kind>", methods=["GET", "POST"])
@requires(Permission.COURSE_DRAFT)
def draft(uid: str, kind: str) -> ResponseReturnValue:
    """Write a notice for another person to publish."""
    project = _own(uid)
    chosen = next((each for each in Kind if each.value == kind), None)
    if chosen is None:
        raise NotFound
    form = NoticeForm(chosen, project)
    if form.is_submitted() and carried_out(form, lambda tx: service.draft(tx, uid, chosen, form.words)):
        flash(_("已起草。请另一位同事或者中心管理员复核发布。"))
        return redirect(url_for(".course", uid=uid), 303)
    project = _own(uid)
    page = render_template(
        "lifecycle/draft.html",
        **_shown(project, {}),
        kind=chosen,
        form=form,
        unannounced=queries.unannounced(session(), project),
    )
    return page, form.status


@bp.post("/projects/<uid>/course/<notice_uid>/publish")
@requires(Permission.COURSE_PUBLISH)
def publish(uid: str, notice_uid: str) -> ResponseReturnValue:
    """Publish a notice, as the second person."""
    form = PublishForm()
    if carried_out(form, lambda tx: service.publish(tx, uid, notice_uid, keys=log_keys())):
        flash(_("已发布，写进了项目日志，并通知了关注和参加的单位。"))
        return redirect(url_for(".course", uid=uid), 303)
    return _desk(uid, form)


@bp.post("/projects/<uid>/course/<notice_uid>/drop")
@requires(Permission.COURSE_PUBLISH)
def drop(uid: str, notice_uid: str) -> ResponseReturnValue:
    """Take a notice back before it is out."""
    form = ActForm()
    if carried_out(form, lambda tx: service.drop(tx, uid, notice_uid)):
        flash(_("这份公告已撤下，没有发布。"))
        return redirect(url_for(".course", uid=uid), 303)
    return _desk(uid, form)


@bp.post("/projects/<uid>/course/repeat")
@requires(Permission.TENDER_REPEAT)
def repeat(uid: str) -> ResponseReturnValue:
    """A new draft in the place of a tender that failed or was terminated."""
    form = ActForm()
    made: list[str] = []
    region = current_app.config["REGION"]
    if carried_out(form, lambda tx: made.append(service.retender(tx, uid, region=region).uid)):
        flash(_("新的草稿照抄了原项目。请核对内容，定好时间，再交复核。"))
        return redirect(url_for("tenders.project", uid=made[0]), 303)
    return _desk(uid, form)
