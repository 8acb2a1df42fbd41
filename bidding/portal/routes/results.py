"""The public list of results."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from flask import render_template, request, url_for

from bidding.portal import rules, search
from bidding.portal.routes.blueprint import bp
from bidding.portal.rules import ResultKind, ResultSearch
from bidding.tenders import kinds, methods
from bidding.tenders.kinds import Family, Method
from bidding.tenders.routes.notices import entry_number, one_of
from bidding.web.auth import public
from bidding.web.context import session
from bidding.web.remembered import for_everybody

#: What an address of the list may say, beside where on the list it is.
ASKED = ("q", "family", "method", "kind", "region", "since", "until")


@bp.get("/results")
@public
@for_everybody
def results() -> str:
    """What tenders have come to, the newest first; every state of the list has an address."""
    wanted = wanted_results()
    before, after = entry_number("before"), entry_number("after")
    return render_template(
        "portal/results.html",
        found=search.results(session(), wanted, before=before, after=after),
        is_first=before is None and after is None,
        search=wanted,
        address=_addresses(url_for(".results")),
        feed=_addresses(url_for(".results_feed"))(),
        saving=_addresses(url_for(".save_search"))(list="results", since=None, until=None),
        page_of=result_page,
        kinds=kinds,
        families=methods.FAMILIES,
        result_kinds=ResultKind,
        result_labels=rules.RESULT_LABELS,
        regions=search.regions(session()),
    )


def wanted_results() -> ResultSearch:
    """The search that the address asks for; what it says wrongly it does not say."""
    asked = request.args
    return ResultSearch(
        words=asked.get("q", "").strip()[:100],
        family=one_of(Family, asked.get("family")),
        method=one_of(Method, asked.get("method")),
        kind=one_of(ResultKind, asked.get("kind")),
        region=asked.get("region", "")[:6],
        since=rules.as_day(asked.get("since", "")),
        until=rules.as_day(asked.get("until", "")),
    )


def result_page(row: Any, *, external: bool = False) -> str:
    """The permanent address at which a row of the list stands in full."""
    if row.kind is ResultKind.TERMINATED:
        return url_for("lifecycle.notice", uid=row.project_uid, n=row.notice_n, _external=external)
    return url_for("award.notice", uid=row.project_uid, _external=external)


def _addresses(here: str) -> Callable[..., str]:
    """What makes the address of the list as it is asked for now, with something else; or of what is made of the same search."""
    asked = {name: request.args.get(name) for name in ASKED}

    def address(**other: str | int | None) -> str:
        query = urlencode({name: value for name, value in (asked | other).items() if value})
        return f"{here}?{query}" if query else here

    return address
