"""A tender's timeline."""

from __future__ import annotations

from flask import render_template, url_for
from flask_babel import gettext as _

from bidding.portal import moments
from bidding.portal.moments import Moment
from bidding.portal.routes.blueprint import bp
from bidding.tenders import queries as tenders
from bidding.web.auth import public
from bidding.web.context import now, session


@bp.get("/notices/<uid>/timeline")
@public
def timeline(uid: str) -> str:
    """What happened to a tender and when, and what is to come."""
    project = tenders.notice(session(), uid)
    return render_template(
        "portal/timeline.html",
        project=project,
        moments=moments.standing(moments.of(session(), project, now()), now()),
        where=lambda page: url_for(page[0], **page[1]),
        said=_said,
    )


def _said(moment: Moment) -> str:
    """What happened, in the reader's language; what it names of a notice's kind is a key of the catalogue, too."""
    given = {name: _(value) if name == "kind" else value for name, value in moment.given.items()}
    return str(_(moment.words, **given) if given else _(moment.words))
