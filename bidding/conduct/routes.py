"""The rules of conduct for everybody; one's own acceptances; new versions by two administrators."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import cast

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bidding.conduct import queries, rules, service
from bidding.conduct.forms import AcceptForm, PublishForm, TextForm
from bidding.conduct.policy import Permission
from bidding.conduct.rules import Rule, Text
from bidding.conduct.shipped import written
from bidding.core.canonical import dumps
from bidding.core.errors import NotFound
from bidding.i18n.catalog import language
from bidding.ledger.current import log_keys
from bidding.web.acts import carried_out
from bidding.web.auth import current_actor, public, requires, signed_in
from bidding.web.context import now, session
from bidding.web.errors import safe_path
from bidding.web.paging import page_number, paginate

bp = Blueprint("conduct", __name__)

#: In an address, whose acceptances are asked for; without it everybody else's.
TENDERERS = "tenderers"
#: Since when tenderers' acceptances are nobody's to see (``wiring``): tenders are above.
QuietSince = Callable[[object, datetime], datetime]


@bp.app_template_global()
def conduct_clauses(text: Text) -> tuple[str, ...]:
    """The clauses of a version in the reader's language."""
    return text.clauses(language())


@bp.app_template_global()
def conduct_title(text: Text) -> str:
    """The name of its rule, a key of the catalogue."""
    return rules.TITLES[text.rule]


@bp.get("/conduct")
@public
def index() -> str:
    """All ten, in force today."""
    return render_template(
        "conduct/index.html", texts=queries.in_force(session(), list(Rule), now()), **_said()
    )


@bp.get("/conduct/<topic>")
@public
def rule(topic: str) -> str:
    """The version in force."""
    (text,) = queries.in_force(session(), [queries.rule_of(topic)], now())
    return _page(text)


@bp.get("/conduct/<topic>/<int(max=9999):edition>")
@public
def version(topic: str, edition: int) -> str:
    """One version, whenever it was in force: its address stays."""
    return _page(queries.version(session(), queries.rule_of(topic), edition))


def _page(text: Text) -> str:
    (today,) = queries.in_force(session(), [text.rule], now())
    return render_template(
        "conduct/rule.html",
        text=text,
        in_force=today,
        versions=queries.versions(session(), text.rule),
        draft=queries.draft_of(session(), text.rule) if _may_edit() else None,
        may_edit=_may_edit(),
        **_said(),
    )


@bp.get("/conduct/<topic>/<int(max=9999):edition>/text.json")
@public
def written_text(topic: str, edition: int) -> Response:
    """A version byte for byte as it is hashed."""
    text = queries.version(session(), queries.rule_of(topic), edition)
    body = dumps(written(text.rule, text.n, text.zh, text.en, text.valid_from))
    return current_app.response_class(body, mimetype="application/json")


# One's own -------------------------------------------------------------------------------------------------------


@bp.route("/conduct/mine", methods=["GET", "POST"])
@signed_in
def mine() -> ResponseReturnValue:
    """What one's roles are asked for, and what one has accepted. ``next`` is where the reader was going."""
    onward = safe_path(request.args.get("next"))
    form = AcceptForm(unread=queries.outstanding_of_roles(session(), current_actor(), now()))
    if (
        request.method == "POST"
        and form.unread
        and carried_out(form, lambda tx: service.accept_all(tx, form.accepted))
    ):
        flash(_("已记下。这一版以后不再问。"))
        return redirect(onward or url_for(".mine"), 303)
    page = render_template(
        "conduct/mine.html", form=form, accepted=queries.own(session(), current_actor()), **_said()
    )
    return page, form.status


@bp.app_template_global()
def conduct_unread() -> bool:
    """Whether the reader's roles are asked for something, for pages of domains below."""
    return bool(queries.outstanding_of_roles(session(), current_actor(), now()))


@bp.get("/conduct/acceptances")
@requires(Permission.ACCEPTANCE_READ)
def acceptances() -> str:
    """Who accepted what."""
    wanted = request.args.get("rule", "")
    chosen = next((each for each in Rule if each.value == wanted), None)
    quiet_since = cast("QuietSince", current_app.extensions["quiet_since"])(session(), now())
    of_tenderers = request.args.get("who") == TENDERERS
    page = paginate(
        session(),
        queries.acceptances(chosen, quiet_since, of_tenderers=of_tenderers),
        number=page_number(request.args),
        size=50,
    )
    return render_template(
        "conduct/acceptances.html",
        page=page,
        chosen=chosen,
        all_rules=list(Rule),
        of_tenderers=of_tenderers,
        address=lambda number: url_for(
            ".acceptances", rule=wanted or None, who=TENDERERS if of_tenderers else None, page=number
        ),
        **_said(),
    )


# A new version ---------------------------------------------------------------------------------------------------


@bp.route("/conduct/<topic>/new", methods=["GET", "POST"])
@requires(Permission.CONDUCT_EDIT)
def new(topic: str) -> ResponseReturnValue:
    """Write the next version; it starts from the last one."""
    known = queries.rule_of(topic)
    if queries.draft_of(session(), known) is not None:
        return redirect(url_for(".waiting", topic=topic), 303)
    last = queries.versions(session(), known)[-1]
    form = TextForm(zh="\n".join(last.zh), en="\n".join(last.en))
    if request.method == "POST" and carried_out(
        form,
        lambda tx: service.draft(
            tx,
            known,
            zh=form.zh.data or "",
            en=form.en.data or "",
            valid_from=form.valid_from.data,
            reason=form.reason.data or "",
        ),
    ):
        flash(_("已存成草稿。请另一位管理员复核发布。"))
        return redirect(url_for(".waiting", topic=topic), 303)
    return render_template("conduct/new.html", form=form, rule=known, **_said()), form.status


@bp.route("/conduct/<topic>/waiting", methods=["GET", "POST"])
@requires(Permission.CONDUCT_EDIT)
def waiting(topic: str) -> ResponseReturnValue:
    """The draft beside what is in force; publish it as the second person."""
    known = queries.rule_of(topic)
    draft = queries.draft_of(session(), known)
    if draft is None:
        raise NotFound
    form = PublishForm()
    if request.method == "POST" and carried_out(form, lambda tx: service.publish(tx, known, keys=log_keys())):
        flash(_("已发布。内容的 SHA-256 写进了中心日志。"))
        return redirect(url_for(".rule", topic=topic), 303)
    draft = queries.draft_of(session(), known)
    if draft is None:
        raise NotFound
    page = render_template(
        "conduct/waiting.html",
        form=form,
        draft=draft,
        rule=known,
        changes=_changes(queries.versions(session(), known)[-1], draft.zh, draft.en),
        own=draft.drafted_by_id == current_actor().account_id,
        **_said(),
    )
    return page, form.status


@bp.post("/conduct/<topic>/drop")
@requires(Permission.CONDUCT_EDIT)
def drop(topic: str) -> ResponseReturnValue:
    """Let the draft go."""
    known = queries.rule_of(topic)
    if carried_out(AcceptForm(), lambda tx: service.drop(tx, known)):
        flash(_("草稿已作废。"))
    return redirect(url_for(".rule", topic=topic), 303)


def _changes(last: Text, zh: str, en: str) -> list[tuple[str, list[str], list[str]]]:
    """By language: the clauses that go, and those that come."""
    new = rules.check_clauses(zh, en)
    return [
        (lang, [line for line in was if line not in now_], [line for line in now_ if line not in was])
        for lang, was, now_ in (("zh-Hans", last.zh, new[0]), ("en", last.en, new[1]))
    ]


def _may_edit() -> bool:
    return current_actor().may(Permission.CONDUCT_EDIT)


def _said() -> dict[str, object]:
    return {
        "titles": rules.TITLES,
        "asked": rules.ASKED,
        "named": rules.NAMED,
        "may_read_acceptances": current_actor().may(Permission.ACCEPTANCE_READ),
    }
