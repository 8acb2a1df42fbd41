"""The monthly and annual reports that were issued, for everybody; preview and issue, for administrators."""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO
from typing import Any

from flask import Response, current_app, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from bidding.core.entropy import new_uid
from bidding.core.errors import DomainError
from bidding.documents import pdf
from bidding.documents.current import paper
from bidding.ledger.current import log_keys
from bidding.reporting import issuing
from bidding.reporting.forms import IssueForm
from bidding.reporting.gazette import Issue
from bidding.reporting.routes.blueprint import bp
from bidding.reporting.routes.report import practice
from bidding.storage import blobs
from bidding.web.address import outside
from bidding.web.auth import current_actor, public, requires
from bidding.web.context import now, session, transaction

#: An issued report is the same for ever.
_FOR_EVER = "public, max-age=31536000, immutable"


def _page(form: IssueForm) -> ResponseReturnValue:
    issued = [(report, issuing.issue_of(report)) for report in issuing.issued(session())]
    may = current_actor().may("savings:issue")
    page = render_template("reporting/issues.html", issued=issued, form=form if may else None)
    return page, form.status


@bp.get("/savings/reports")
@public
def issues() -> ResponseReturnValue:
    """Every issued report."""
    return _page(IssueForm(issuing.offered(session(), now())))


def _draft(issue: Issue) -> dict[str, Any]:
    return issuing.draft(session(), issue, practice(), centre=current_app.config["CENTRE_NAME"])


@bp.get("/savings/reports/preview")
@requires("savings:issue")
def preview() -> Response:
    """The paper as it would be issued now, marked as a draft."""
    issue = issuing.parse(request.args.get("span", ""), session())
    made = pdf.render("savings-report", {**_draft(issue), "issued_at": None})
    return send_file(BytesIO(made), "application/pdf", download_name=f"preview-{issue.period.text}.pdf")


@bp.post("/savings/reports")
@requires("savings:issue")
def issue() -> ResponseReturnValue:
    """Number a report, make its paper, keep both, tell the log. The paper comes first: its row never lacks it."""
    form = IssueForm(issuing.offered(session(), now()))
    if not form.validate():
        return _page(form)
    try:
        which = issuing.parse(form.span.data, session())
        told = _draft(which)
        content = issuing.canonical(told)
        digest, at = sha256(content).hexdigest(), now()
        uid = new_uid(current_app.extensions["world"].entropy)
        address = outside("reporting.issues")
        made = paper("savings-report", {**told, "issued_at": at, "sha256": digest, "address": address}, at)
        kept = blobs().put(made)
        with transaction() as tx:
            issuing.keep(tx, uid, which, content, digest, kept, keys=log_keys())
    except DomainError as error:
        form.refuse(error)
        return _page(form)
    return redirect(url_for("reporting.issues"), 303)


@bp.get("/savings/reports/<uid>.pdf")
@public
def issued_pdf(uid: str) -> Response:
    """The paper as it was issued."""
    report = issuing.one(session(), uid)
    name = f"{issuing.issue_of(report).name}{issuing.issue_of(report).mark}.pdf"
    answer = send_file(blobs().open(report.pdf_sha256), "application/pdf", download_name=name)
    answer.headers["Cache-Control"] = _FOR_EVER
    return answer


@bp.get("/savings/reports/<uid>.json")
@public
def issued_data(uid: str) -> Response:
    """What it was made of: the bytes whose SHA-256 stands on the paper and in the centre's log."""
    answer = current_app.response_class(
        issuing.one(session(), uid).content.encode(), mimetype="application/json"
    )
    answer.headers["Cache-Control"] = _FOR_EVER
    return answer
