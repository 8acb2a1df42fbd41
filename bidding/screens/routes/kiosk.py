"""The touch kiosk: what people in the hall come to ask, on pages that keep nothing of whoever stood there before.

What a visitor chose (language, large letters) and typed stands in the address alone, the script leaves no address
behind, and no page may be kept by the browser. ADR 0063.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, current_app, g, make_response, render_template, request, url_for

from bidding.casework import paper as casework_paper
from bidding.casework.checklists import DECLARING, checklist
from bidding.casework.current import desk
from bidding.casework.rules import STEP_WORDS, Step
from bidding.core.errors import NotFound
from bidding.i18n.catalog import LANGUAGES
from bidding.portal import queries as portal
from bidding.rooms import queries as rooms
from bidding.rooms.rules import Purpose
from bidding.screens import queries
from bidding.screens.routes.blueprint import bp
from bidding.screens.rules import COSTS, IDLE_SECONDS, TIMES, WARNED_SECONDS, named
from bidding.submissions.presentation import qr
from bidding.tenders import kinds, methods, rules
from bidding.tenders import queries as tenders
from bidding.tenders.kinds import Family, Method
from bidding.tenders.routes.notices import cite, one_of
from bidding.tenders.rules import Phase
from bidding.tenders.search import Search, find
from bidding.web.auth import public
from bidding.web.context import now, session

#: So many notices fit on the screen at once with targets of 64 px.
FOUND = 8
OPENINGS = 20
#: An opening that began longer ago gives its place on the start page to the next ones.
LASTS = timedelta(hours=1)
#: What an address of the kiosk may ask besides language and size. Nothing else of it goes into another address.
_ASKED = ("q", "family", "before", "reference")


@bp.get("/kiosk")
@public
def kiosk() -> Response:
    """What one can do here, and what is still to be opened today, or is being opened; at the day's end what was."""
    openings = portal.openings_today(session(), now(), OPENINGS)
    return _page(
        "start",
        openings=[each for each in openings if each.at > now() - LASTS] or openings,
        coming=portal.next_opening(session(), now()),
    )


@bp.get("/kiosk/openings")
@public
def kiosk_openings() -> Response:
    """Every opening of the day, with its room and where it stands."""
    return _page(
        "openings",
        openings=portal.openings_today(session(), now(), OPENINGS),
        coming=portal.next_opening(session(), now()),
    )


@bp.get("/kiosk/notices")
@public
def kiosk_notices() -> Response:
    """Notices by a word or by a kind of law; without either, those that can still be answered."""
    words = request.args.get("q", "").strip()[:100]
    family = one_of(Family, request.args.get("family"))
    search = Search(words, family, phase=None if words else Phase.OPEN)
    before = request.args.get("before", type=int)
    known = before is not None and 0 <= before < 2**31
    return _page(
        "notices",
        search=search,
        found=find(session(), search, now(), before=before if known else None, size=FOUND),
        families=methods.FAMILIES,
        kinds=kinds,
        phase=lambda row: rules.PHASE_LABELS[rules.phase(rules.Facts(row.stage, row.closes_at), now())],
    )


@bp.get("/kiosk/notices/<uid>")
@public
def kiosk_notice(uid: str) -> Response:
    """A notice in short, to take along on paper; its whole stands at the address that the code names."""
    project = tenders.notice(session(), uid)
    home = current_app.config["PUBLIC_URL"]
    address = (
        f"{home}{url_for('tenders.notice', uid=uid)}"
        if home
        else url_for("tenders.notice", uid=uid, _external=True)
    )
    return _page(
        "notice",
        project=project,
        phase=rules.PHASE_LABELS[rules.phase(project.facts, now())],
        place=rooms.place_of(session(), project.id, Purpose.OPENING),
        kinds=kinds,
        address=address,
        qr=qr(address),
    )


@bp.get("/kiosk/guides")
@public
def kiosk_guides() -> Response:
    """The one-time notices (一次性告知), by law and method."""
    return _page("guides", offered=desk().offered)


@bp.get("/kiosk/guides/<key>")
@public
def kiosk_guide(key: str) -> Response:
    """One of them: what to bring, which steps there are and how long each takes, what it costs; to be printed."""
    offered = next((each for each in desk().offered if each.key == key), None)
    if offered is None:
        raise NotFound
    of_family, _, by_method = key.partition(".")
    preset = methods.preset(Family(of_family), Method(by_method))
    today = tenders.local_day(now())
    figures = tenders.rules_for(session(), preset.family, preset.method, today)
    found = checklist(key)
    return _page(
        "guide",
        labels=offered.labels,
        checklist=found,
        cite_line=casework_paper.cite,
        declaring=DECLARING,
        order=[Step.ACCEPTANCE] if found.instant else list(Step),
        step_words=STEP_WORDS,
        terms=desk().terms(session(), now()),
        preset=preset,
        slots=rules.file_slots(preset.family, preset.method, consortium=False),
        times=[(rules.LABELS[name], figures[name]) for name in TIMES if name in figures],
        costs=[(rules.LABELS[name], figures[name]) for name in COSTS if name in figures],
        units=rules.UNIT_LABELS,
        cite=cite,
        on=today,
    )


@bp.get("/kiosk/receipt")
@public
def kiosk_receipt() -> Response:
    """A receipt checked in this browser by its file, or by its number against what is public since the close."""
    asked = named(request.args.get("reference", ""))
    return _page("receipt", asked=asked, stated=queries.stated(session(), asked) if asked else None)


@bp.get("/kiosk/savings")
@public
def kiosk_savings() -> Response:
    """What was saved this year."""
    return _page("savings", figures=portal.savings_this_year(session(), now()))


def _page(name: str, **parts: Any) -> Response:
    """A page that no browser may keep."""
    g.kiosk = _kept()
    answer = make_response(
        render_template(
            f"screens/kiosk/{name}.html",
            **parts,
            to=_to,
            here=_here,
            chosen=g.kiosk,
            large="large" in g.kiosk,
            tongues=[(code, label) for code, label in LANGUAGES.items()],
            idle=IDLE_SECONDS,
            warned=WARNED_SECONDS,
        )
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _kept() -> dict[str, str]:
    """What the visitor chose, as it goes along from address to address."""
    kept = {}
    if request.args.get("lang") in LANGUAGES:
        kept["lang"] = request.args["lang"]
    if request.args.get("large") == "1":
        kept["large"] = "1"
    return kept


def _to(endpoint: str, **values: Any) -> str:
    """The way to a page of the kiosk, in the same language and size."""
    return url_for(f"screens.{endpoint}", **{**g.kiosk, **values})


def _here(**other: str | None) -> str:
    """The page that is asked for, in another language or size; None takes a choice back."""
    asked = {name: request.args[name] for name in _ASKED if name in request.args}
    chosen = {name: value for name, value in {**g.kiosk, **other}.items() if value is not None}
    return url_for(str(request.endpoint), **{**(request.view_args or {}), **asked, **chosen})
