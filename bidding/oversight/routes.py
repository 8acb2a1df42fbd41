"""Supervisors' pages: every flag, its findings, one finding, what was said of it, and the measures."""

from __future__ import annotations

from io import StringIO
from tempfile import TemporaryFile
from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bidding.core.errors import NotFound
from bidding.ledger.current import log_keys
from bidding.oversight import exports, presentation, queries, rules, service
from bidding.oversight.forms import MeasureForm, NoteForm
from bidding.oversight.policy import Permission
from bidding.oversight.queries import Wanted
from bidding.oversight.rules import Flag
from bidding.web.acts import carried_out
from bidding.web.auth import requires
from bidding.web.context import now, session, transaction
from bidding.web.paging import page_number

bp = Blueprint("oversight", __name__)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _fresh() -> bool:
    """Examine what is due before anything is shown, as the clockwork does; whether nothing is left.

    What is written only repeats published facts, so that asking twice, or never, changes nothing for anybody.
    """
    if not queries.is_any_due(session()):
        return True
    with transaction() as tx:
        service.catch_up(tx, current_app.config["REGION"])
    return not queries.is_any_due(session())


@bp.get("/oversight")
@requires(Permission.OVERSIGHT_READ)
def overview() -> str:
    """How many findings each flag has, how many wait, and how often it fires in general."""
    whole = _fresh()
    wanted = queries.parse_wanted({**request.args, "flag": ""})
    return render_template(
        "oversight/overview.html",
        lines=queries.overview(session(), wanted),
        rates={line.flag: line for line in queries.overview(session(), Wanted())},
        wanted=wanted,
        whole=whole,
        **_choices(),
        **_words(),
    )


@bp.get("/oversight/findings")
@requires(Permission.OVERSIGHT_READ)
def findings() -> str:
    """The findings that were asked for, the latest facts first."""
    whole = _fresh()
    wanted = queries.parse_wanted(request.args)
    return render_template(
        "oversight/findings.html",
        page=queries.findings(session(), wanted, number=page_number(request.args)),
        wanted=wanted,
        whole=whole,
        address=lambda number: _address(wanted, number),
        **_choices(),
        **_words(),
    )


@bp.get("/oversight/findings.xlsx")
@requires(Permission.OVERSIGHT_READ)
def as_xlsx() -> Response:
    """The same as a workbook."""
    wanted = _exported()
    target = TemporaryFile()  # noqa: SIM115 — send_file closes it
    exports.to_xlsx(target, session(), wanted, at=now())
    target.seek(0)
    return send_file(target, XLSX, as_attachment=True, download_name="oversight.xlsx")


@bp.get("/oversight/findings.csv")
@requires(Permission.OVERSIGHT_READ)
def as_csv() -> Response:
    """The same as CSV."""
    out = StringIO()
    exports.to_csv(out, session(), _exported())
    response = current_app.response_class(out.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="oversight.csv"'
    return response


def _address(wanted: Wanted, number: int) -> str:
    asked: dict[str, Any] = wanted.address(page=str(number))
    return url_for(".findings", **asked)


def _exported() -> Wanted:
    _fresh()
    return queries.parse_wanted(request.args)


@bp.route("/oversight/findings/<uid>", methods=["GET", "POST"])
@requires(Permission.OVERSIGHT_NOTE)
def finding(uid: str) -> ResponseReturnValue:
    """One finding: formula, numbers, cases, how common it is, what else may explain it; and what was said of it."""
    _fresh()
    form = NoteForm()
    if form.is_submitted() and carried_out(
        form,
        lambda tx: service.note(
            tx,
            uid,
            form.chosen,
            reason=form.reason.data or "",
            reference=form.reference.data or "",
            seen=form.seen.data or "",
            keys=log_keys(),
        ),
    ):
        flash(_("已登记。它的 SHA-256 写进了中心日志；没有通知任何人，也没有改变任何项目。"))
        return redirect(url_for(".finding", uid=uid), 303)
    found = queries.finding(session(), uid)
    form.seen.data = found.digest
    page = render_template(
        "oversight/finding.html",
        finding=found,
        notes=queries.notes(session(), found),
        rate=queries.rate(session(), found.flag),
        measures=_measures_of(found.flag),
        endpoint=presentation.endpoint(found),
        form=form,
        **_words(),
    )
    return page, form.status


@bp.get("/oversight/measures")
@requires(Permission.OVERSIGHT_READ)
def measures() -> str:
    """From where on each formula speaks, and why there."""
    return render_template(
        "oversight/measures.html",
        by_flag={flag: found for flag in Flag if (found := _measures_of(flag))},
        **_words(),
    )


@bp.route("/oversight/measures/<code>", methods=["GET", "POST"])
@requires(Permission.OVERSIGHT_MEASURE)
def measure(code: str) -> ResponseReturnValue:
    """One measure, its history, and setting it anew."""
    if code not in rules.LABELS:
        raise NotFound
    form = MeasureForm()
    if form.is_submitted() and carried_out(
        form,
        lambda tx: service.set_measure(
            tx, code, form.value.data or 0, reason=form.reason.data or "", keys=log_keys()
        ),
    ):
        flash(_("已改。全部提示会按新的尺度重新计算，需要一会儿。"))
        return redirect(url_for(".measures"), 303)
    page = render_template(
        "oversight/measure.html",
        measure=queries.measures(session())[code],
        history=queries.measure_history(session(), code),
        form=form,
        **_words(),
    )
    return page, form.status


def _measures_of(flag: Flag) -> list[rules.Measure]:
    """Its own; of constant ratios and equal steps there is one pair for both."""
    named = Flag.PRICE_STEPS if flag is Flag.PRICE_RATIOS else flag
    return [each for each in queries.measures(session()).values() if each.flag == named.value]


def _choices() -> dict[str, Any]:
    return {
        "choices": {
            "flag": [("", _("全部"))] + [(flag.value, _(rules.WORDS[flag].name)) for flag in Flag],
            "state": [("", _("还成立的"))]
            + [(state.value, _(words)) for state, words in rules.STATE_LABELS.items()],
            "owner": [("", _("全部"))] + [(name, name) for name in queries.owners(session())],
            "agency": [("", _("全部"))] + [(uid, name) for uid, name in queries.agencies(session())],
            "period": [("", _("全部"))]
            + [(str(year), _("%(year)s 年", year=year)) for year in queries.years(session())],
        }
    }


def _words() -> dict[str, Any]:
    return {
        "words": rules.WORDS,
        "sources": rules.SOURCES,
        "labels": rules.LABELS,
        "units": rules.UNIT_LABELS,
        "whys": rules.WHYS,
        "decisions": rules.DECISION_LABELS,
        "formula": presentation.formula,
        "fires": presentation.fires,
        "state_words": presentation.state_words,
    }
