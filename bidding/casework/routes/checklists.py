"""What to hand in for each kind of transaction: for everybody, on the page and on paper (一次性告知单)."""

from __future__ import annotations

from io import BytesIO

from flask import Response, current_app, render_template, send_file
from flask_babel import gettext as _

from bidding.casework import paper
from bidding.casework.checklists import DECLARING, Checklist, checklist
from bidding.casework.current import desk
from bidding.casework.desk import Offered
from bidding.casework.routes.blueprint import bp
from bidding.casework.rules import DECLARATION, STEP_WORDS, Step
from bidding.core.errors import NotFound
from bidding.documents import pdf
from bidding.web.auth import public
from bidding.web.context import now, session


@bp.get("/checklists")
@public
def checklists() -> str:
    """Every kind of transaction."""
    return render_template("casework/checklists.html", offered=desk().offered)


def _found(key: str) -> tuple[Checklist, Offered]:
    """The list of a kind that is offered. Raises ``NotFound``."""
    offered = next((each for each in desk().offered if each.key == key), None)
    if offered is None:
        raise NotFound
    return checklist(key), offered


@bp.get("/checklists/<key>")
@public
def one_checklist(key: str) -> str:
    """What to bring, by when the window answers, and where it is."""
    found, offered = _found(key)
    return render_template(
        "casework/checklist.html",
        checklist=found,
        labels=offered.labels,
        order=[Step.ACCEPTANCE] if found.instant else list(Step),
        step_words=STEP_WORDS,
        terms=desk().terms(session(), now()),
        cite=paper.cite,
        declaration=DECLARATION,
        declaring=DECLARING,
        config=current_app.config,
    )


@bp.get("/checklists/<key>.pdf")
@public
def checklist_pdf(key: str) -> Response:
    """The same on paper. In Chinese: it is what the centre answers for."""
    found, offered = _found(key)
    config = current_app.config
    where = [
        ("窗口", config["SERVICE_DESK"]),
        ("办公时间", config["SERVICE_HOURS"]),
        ("咨询电话", config["HOTLINE"]),
    ]
    about = "　".join(offered.labels)  # keys of the catalogue are Chinese
    data = paper.checklist_paper(found, about, desk().terms(session(), now()), config["CENTRE_NAME"], where)
    made = pdf.render("chapters", data)  # nothing binds by it, and the same list is the same file
    return send_file(
        BytesIO(made), mimetype="application/pdf", download_name=f"{_('一次性告知单')}-{key}.pdf"
    )
