"""The start page, and what belongs to no domain: the clock, the language, the look."""

from __future__ import annotations

from typing import cast

from flask import (
    Response,
    abort,
    current_app,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from bidding.i18n.catalog import COOKIE, LANGUAGES
from bidding.portal import queries, shell
from bidding.portal.forms import AppearanceForm
from bidding.portal.routes.blueprint import bp
from bidding.tenders import kinds, methods
from bidding.web.auth import current_actor, public
from bidding.web.context import now, session
from bidding.web.errors import safe_path
from bidding.web.todo import Provider, Todo

_YEAR = 365 * 24 * 3600


@bp.get("/")
@public
def home() -> str:
    """What is on; and for a person who is signed in, first of all what waits."""
    return render_template(
        "portal/home.html",
        closing=queries.closing_soon(session(), now()),
        figures=queries.savings_this_year(session(), now()),
        results=queries.newest_results(session()),
        openings=queries.openings_today(session(), now()),
        coming=queries.next_opening(session(), now()),
        vitals=queries.vitals(session(), now()),
        kinds=kinds,
        families=methods.FAMILIES,
        waiting=_waiting() if current_user.is_authenticated else None,
    )


def _waiting() -> list[Todo]:
    """Everything that waits for this person, the most urgent first."""
    providers = cast("list[Provider]", current_app.extensions["todo"])
    found = [todo for provider in providers for todo in provider(session(), current_actor(), now())]
    return sorted(found, key=lambda todo: (todo.due_at is None, todo.due_at or now(), todo.title))


@bp.get("/clock")
@public
def clock() -> Response:
    """The server's time, for a page that has slept."""
    answer = jsonify(now=now().isoformat())
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.post("/language/<code>")
@public
def set_language(code: str) -> ResponseReturnValue:
    """Keep the choice in this browser and come back."""
    if code not in LANGUAGES:
        abort(404)
    answer = redirect(safe_path(request.form.get("next")) or url_for("portal.home"))
    _remember(answer, COOKIE, code)
    return answer


@bp.route("/appearance", methods=["GET", "POST"])
@public
def appearance() -> ResponseReturnValue:
    """Size of text, contrast, light or dark: kept in this browser, for there is nothing to sign in for."""
    form = AppearanceForm(data=shell.look())
    if form.validate_on_submit():
        answer = redirect(url_for("portal.appearance", saved=1))
        _remember(answer, shell.LOOK_COOKIE, form.cookie)
        return answer
    saved = gettext("已保存在这台电脑的浏览器里。") if request.args.get("saved") else None
    return render_template("portal/appearance.html", form=form, saved=saved), form.status


def _remember(answer: ResponseReturnValue, name: str, value: str) -> None:
    cast("Response", answer).set_cookie(
        name, value, max_age=_YEAR, httponly=True, samesite="Lax", secure=current_app.config["BEHIND_TLS"]
    )


#: Choosing a language changes nothing of weight, and its button stands on pages for strangers as well.
CSRF_EXEMPT = (set_language,)
