"""Whether draws are fair over time: a page for everybody, numbers only; and units and regions for administrators."""

from __future__ import annotations

import csv
import io
from datetime import datetime

from flask import Response, current_app, render_template, request

from bidding.core.clock import SHANGHAI
from bidding.core.errors import NotFound
from bidding.experts import fairness, queries
from bidding.experts.policy import Permission
from bidding.experts.routes.blueprint import bp
from bidding.ledger.current import is_public
from bidding.tenders.models import Project
from bidding.web.auth import current_actor, public, requires
from bidding.web.context import now, session


@bp.get("/draws/fairness")
@public
def fairness_page() -> str:
    """Where in the lists those drawn had stood, by specialty and year."""
    year = _year()
    found = queries.trials(session(), _of(year), public=_is_public)
    overall = fairness.uniformity(found)
    return render_template(
        "experts/fairness.html",
        year=year,
        years=_years(year),
        lines=fairness.lines(found),
        overall=overall,
        picture=fairness.picture(overall),
        names=queries.specialty_names(session()),
        enough=fairness.ENOUGH,
        pool=current_actor().may(Permission.POOL_READ),
    )


@bp.get("/draws/fairness.csv")
@public
def fairness_csv() -> Response:
    """The figures of the page."""
    year = _year()
    found = queries.trials(session(), _of(year), public=_is_public)
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["专业", "抽取次数", "参加排序人次", "抽出人次", "平均抽中率", "卡方", "p"])
    for line in fairness.lines(found):
        test = line.uniformity
        tail = ["", ""] if test.p is None else [f"{test.statistic:.3f}", f"{test.p:.4f}"]
        rows.writerow([line.code, line.draws, line.listed, line.drawn, f"{line.chance:.5f}", *tail])
    rows.writerow([])
    rows.writerow(["名单的第几个十分之一", "抽出", "期望", "下限", "上限"])
    for number, each in enumerate(fairness.uniformity(found).stretches, 1):
        rows.writerow([number, each.drawn, f"{each.expected:.3f}", f"{each.low:.3f}", f"{each.high:.3f}"])
    response = current_app.response_class(
        "\ufeff" + out.getvalue(),
        mimetype="text/csv",  # codes of specialties are identifiers: none begins a formula
    )
    response.headers["Content-Disposition"] = f'attachment; filename="draw-fairness-{year}.csv"'
    return response


@bp.get("/draws/fairness/pool")
@requires(Permission.POOL_READ)
def fairness_pool() -> str:
    """How often people of each unit and region were called, in draws whose names are published."""
    year = _year()
    return render_template(
        "experts/fairness_pool.html",
        year=year,
        years=_years(year),
        units=queries.called_by(session(), _of(year), "unit"),
        regions=queries.called_by(session(), _of(year), "region"),
    )


def _year() -> int:
    """The year asked for, this one without word of it. Raises ``NotFound`` for what is none."""
    asked = request.args.get("year", "")
    if not asked:
        return now().astimezone(SHANGHAI).year
    if not (asked.isascii() and asked.isdigit() and len(asked) == 4 and asked > "1970"):
        raise NotFound
    return int(asked)


def _years(year: int) -> list[int]:
    return sorted({year, *queries.years(session())}, reverse=True)


def _of(year: int) -> tuple[datetime, datetime]:
    return datetime(year, 1, 1, tzinfo=SHANGHAI), datetime(min(year + 1, 9999), 1, 1, tzinfo=SHANGHAI)


def _is_public(project: Project) -> bool:
    try:
        return is_public(session(), project.code)
    except NotFound:
        return False
