"""A small comparison on one page: what it is begun from, eight fields, and a whole draft to be looked at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from bidding.core.errors import DomainError, NotFound
from bidding.documents import pdf
from bidding.identity import queries as identity
from bidding.storage import blobs, keep
from bidding.tenders import presentation, queries, rules, service, standard
from bidding.tenders.forms import ActForm
from bidding.tenders.kinds import Envelopes, Family, Method
from bidding.tenders.models import Project
from bidding.tenders.routes.blueprint import bp
from bidding.tenders.routes.desk import draft_of
from bidding.tenders.routes.notices import cite
from bidding.tenders.rules import LotFacts, ProjectFacts, Scoring
from bidding.tenders.service import Stored
from bidding.tenders.short_forms import QuickForm
from bidding.tenders.standard import Template
from bidding.web import streaming
from bidding.web.auth import current_actor, requires
from bidding.web.context import now, session, transaction
from bidding.web.forms import takes_bytes

#: How many of the agency's own are offered to begin from.
_OWN = 8


@dataclass(frozen=True, slots=True)
class Begun:
    """What a comparison is begun from: a template, and with it perhaps an earlier one of the agency's own."""

    template: Template
    earlier: Project | None
    facts: ProjectFacts

    @property
    def scoring(self) -> Scoring:
        """How its bids are weighed: as in the earlier one, if that says it."""
        if self.earlier is not None and self.earlier.scoring.evaluation is not None:
            return self.earlier.scoring
        return self.template.scoring

    @property
    def label(self) -> str:
        """What it is called."""
        return self.earlier.title if self.earlier else self.template.label

    @property
    def address(self) -> dict[str, str]:
        """What stands in the address for it."""
        return {"from": self.earlier.uid} if self.earlier else {"template": self.template.code}


@bp.get("/projects/quick")
@requires("project:edit")
def quick() -> ResponseReturnValue:
    """First what it is begun from, then the eight fields."""
    begun = _begun()
    if begun is None:
        return render_template(
            "tenders/quick_from.html",
            templates=standard.templates().values(),
            own=queries.comparisons(session(), current_actor(), _OWN),
        )
    return _page(begun, QuickForm(data=_at_first(begun)))


@bp.post("/projects/quick")
@requires("project:edit")
@takes_bytes("MAX_FILE")
def take_quick() -> ResponseReturnValue:
    """Make the whole draft; a file is taken as it comes over the line, and without one the standard paper is made."""
    begun = _begun()
    if begun is None:
        raise NotFound
    stream = streaming.read(request)
    form = QuickForm(MultiDict(stream.fields))
    try:
        if form.validate() and form.closes_at.data is not None:
            facts, lot = replace(begun.facts, **form.written), form.lot
            digest, size = keep(blobs(), stream.chunks)
            uploaded = bool(size or stream.filename)
            document = (
                Stored(stream.filename, digest, size) if uploaded else _made(begun.template, facts, [lot])
            )
            with transaction() as tx:
                uid = service.draft_comparison(
                    tx,
                    facts,
                    lot,
                    document,
                    closes_at=form.closes_at.data,
                    region=current_app.config["REGION"],
                    scoring=begun.scoring,
                    source=begun.earlier.uid if begun.earlier else None,
                ).uid
            return redirect(url_for("tenders.preview", uid=uid), 303)
    except DomainError as error:
        form.refuse(error)
    if stream.filename:
        form.file.errors = [*form.file.errors, _("文件请重新选一次：浏览器不能替您记住它。")]
    return _page(_begun() or begun, form)


@bp.post("/projects/<uid>/files/make")
@requires("project:edit")
def make_document(uid: str) -> ResponseReturnValue:
    """Make the standard paper of what the draft says now; one that was made before gives way."""
    form = ActForm()
    found = draft_of(uid)
    if form.validate():
        if not standard.may_be_made(found.family, found.method):
            raise service.DocumentsAreUploaded
        before = next((each.template for each in found.documents if each.template), None)
        template = standard.templates().get(before or "") or standard.template_for(found.subject)
        document = _made(template, found.written, [lot.written for lot in found.lots])
        with transaction() as tx:
            service.replace_made(tx, uid, document)
        flash(_("已按现在的内容生成。请打开看一遍。"))
    return redirect(url_for("tenders.files", uid=uid), 303)


def _page(begun: Begun, form: QuickForm) -> ResponseReturnValue:
    today = queries.local_day(now())
    family, method = Family.LOCAL, Method.COMPARISON
    figures = queries.rules_for(session(), family, method, today)
    plan = rules.plan(family, method, today, figures, queries.calendar(session()))
    page = render_template(
        "tenders/quick.html",
        form=form,
        begun=begun,
        plan=plan,
        bound=presentation.bound(plan),
        units=rules.UNIT_LABELS,
        cite=cite,
        limit=current_app.config["MAX_FILE"],
    )
    return page, form.status


def _begun() -> Begun | None:
    """What the address names. Raises ``NotFound`` for what is not the agency's, or no comparison."""
    uid = request.args.get("from", "")
    if uid:
        earlier = queries.project_for(session(), current_actor(), uid)
        if not standard.may_be_made(earlier.family, earlier.method):
            raise NotFound
        made = next((each.template for each in earlier.documents if each.template), None)
        template = standard.templates().get(made or "") or standard.template_for(earlier.subject)
        return Begun(template, earlier, replace(earlier.written, envelopes=Envelopes.ONE))
    found = standard.templates().get(request.args.get("template", ""))
    return None if found is None else Begun(found, None, _new(found))


def _new(template: Template) -> ProjectFacts:
    """What a comparison says by a template alone: owner and contact as the agency wrote them last, else as it registered."""
    last = next(iter(queries.comparisons(session(), current_actor(), 1)), None)
    account = identity.account_of(session(), current_actor())
    unit = account.organisation
    known: dict[str, Any] = {"contact": account.name, "phone": unit.phone}
    known |= {
        name: value
        for name, value in queries.written_last(session(), current_actor(), Family.LOCAL).items()
        if value and name != "policies"  # a purchase's, of another law
    }
    return ProjectFacts(
        title="",
        family=Family.LOCAL,
        method=Method.COMPARISON,
        subject=template.subject,
        owner_name=last.owner_name if last else "",
        qualification=template.qualification,
        award_method=template.award_method,
        **known,
    )


def _at_first(begun: Begun) -> dict[str, Any]:
    facts, lots = begun.facts, begun.earlier.lots if begun.earlier else []
    today = queries.local_day(now())
    figures = queries.rules_for(session(), facts.family, facts.method, today)
    plan = rules.plan(facts.family, facts.method, today, figures, queries.calendar(session()))
    return {
        "title": facts.title,
        "owner_name": facts.owner_name,
        "summary": facts.summary,
        "qualification": facts.qualification,
        "budget_fen": lots[0].budget_fen if len(lots) == 1 else None,
        "ceiling_fen": lots[0].ceiling_fen if len(lots) == 1 else None,
        "closes_at": presentation.proposed_close(plan),
    }


def _made(template: Template, facts: ProjectFacts, lots: list[LotFacts]) -> Stored:
    """The standard paper, stored."""
    said = standard.content(template, facts, lots)
    made = pdf.render(
        standard.PAPER, {**said, "centre": current_app.config["CENTRE_NAME"], "issued_at": now()}
    )
    return Stored(
        standard.file_name(facts), blobs().put(made), len(made), template.code, standard.digest(said)
    )
