"""The report by region, by owner and by agency, each on a page of its own."""

from __future__ import annotations

from dataclasses import replace

from flask import Response, render_template, request, url_for
from flask_babel import gettext

from bidding.core.errors import NotFound
from bidding.reporting import chart, cuts, exports, queries, rules
from bidding.reporting.routes.blueprint import bp
from bidding.reporting.routes.report import asked, line, sheet_of
from bidding.reporting.rules import Cut, Wanted
from bidding.reporting.savings import Totals
from bidding.web.auth import public
from bidding.web.context import session
from bidding.web.paging import Page, page_number

#: So many names stand on a page.
SIZE = 50


def _cut(text: str) -> Cut:
    try:
        return Cut(text)
    except ValueError:
        raise NotFound from None


def _plain() -> Wanted:
    return replace(asked(), standing=None, adverse=False, bidders=False)


def _page(found: dict[str, Totals]) -> Page[tuple[str, Totals]]:
    pages = max(1, -(-len(found) // SIZE))
    number = min(page_number(request.args), pages)
    return Page(list(found.items())[(number - 1) * SIZE : number * SIZE], number, SIZE, len(found))


@bp.get("/savings/by/<cut>")
@public
def by_cut(cut: str) -> str:
    """Whoever moved most first; every line leads to the report and to the items of its own."""
    by, wanted = _cut(cut), _plain()
    page = _page(cuts.cut(session(), wanted, by))

    def address(number: int) -> str:
        return url_for("reporting.by_cut", cut=by.value, **wanted.address(page=str(number)))

    lines = []
    for name, totals in page.items:
        only = {by.value: name or rules.UNNAMED}
        url = url_for("reporting.savings", **wanted.address(**only))
        lines.append(line(name or gettext("未注明"), totals, wanted, url=url, **only))
    return render_template(
        "reporting/cut.html",
        wanted=wanted,
        what=gettext(rules.CUT_LABELS[by]),
        lines=lines,
        whole=line(gettext("合计"), queries.report(session(), wanted).total, wanted),
        page=page,
        address=address,
        share=chart.share,
        csv=url_for("reporting.cut_csv", cut=by.value, **wanted.address()),
        back=url_for("reporting.savings", **wanted.address()),
    )


@bp.get("/savings/by/<cut>.csv")
@public
def cut_csv(cut: str) -> Response:
    """The same as a sheet, with everybody on it."""
    by, wanted = _cut(cut), _plain()
    found = cuts.cut(session(), wanted, by)
    what = gettext(rules.CUT_LABELS[by])
    rows = [(what, name or gettext("未注明"), totals) for name, totals in found.items()]
    return sheet_of(exports.csv_of(rows, gettext), f"savings-by-{by.value}")
