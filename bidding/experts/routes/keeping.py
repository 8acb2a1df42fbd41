"""One person of the pool: what keeps them off a list, what two persons decide, and numbers shown against a record."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bidding.core.errors import DomainError
from bidding.experts import fitness, queries, service
from bidding.experts.fitness import ActKind, full_years
from bidding.experts.masks import MASKS
from bidding.experts.models import Expert
from bidding.experts.policy import Permission
from bidding.experts.pool_forms import ActForm, ButtonForm, LiftForm, ShowNumberForm
from bidding.experts.routes.blueprint import bp
from bidding.experts.service.keeping import can_be_lifted
from bidding.experts.standing import FIELD_WORDS, Proposal
from bidding.ledger.current import log_keys
from bidding.tenders.kinds import Family
from bidding.tenders.queries import local_day
from bidding.web.acts import carried_out
from bidding.web.auth import current_actor, requires
from bidding.web.context import now, session, transaction
from bidding.web.forms import Form, apart
from bidding.web.paging import page_number, paginate


@bp.get("/experts/people/<uid>")
@requires(Permission.POOL_READ)
def person(uid: str) -> ResponseReturnValue:
    """What is known of somebody; numbers masked."""
    return _person_page(uid)


def _person_page(
    uid: str, refused: Form | None = None, shown: tuple[str, str] | None = None, given: str = ""
) -> ResponseReturnValue:
    expert = queries.pool_member(session(), uid)
    today = local_day(now())
    forms: dict[str, Any] = {
        "act": ActForm(active=expert.active, today=today, formdata=None),
        "show": ShowNumberForm(formdata=None),
    }
    forms = {name: apart(form, name) for name, form in forms.items()}
    for name, form in forms.items():
        if refused is not None and type(form) is type(refused):
            forms[name] = refused
    lifts = {act.uid: apart(LiftForm(today=today, formdata=None), act.uid) for act in expert.acts}
    if isinstance(refused, LiftForm) and given in lifts:
        lifts[given] = refused
    page = render_template(
        "experts/person.html",
        expert=expert,
        forms=forms,
        lifts=lifts,
        refused=refused,
        button=ButtonForm(formdata=None),
        shown=shown,
        fields=[
            (name, _(words), MASKS[name](value))
            for name, words in FIELD_WORDS.items()
            if (value := getattr(expert, name)) is not None
        ],
        today=today,
        full_years=full_years,
        fit=_fit(expert),
        acts=list(reversed(expert.acts)),
        liftable=can_be_lifted,
        act_words=fitness.ACT_WORDS,
        finding_words=fitness.FINDING_WORDS,
        level_words=fitness.LEVEL_WORDS,
        bar_words=fitness.BAR_WORDS,
        mine=lambda act: act.proposed_by_id == current_actor().account_id,
    )
    return page, refused.status if refused else 200


def _fit(expert: Expert) -> list[tuple[str, list[fitness.Barred]]]:
    """By pool, what keeps somebody off today's list; nothing where they may be drawn."""
    today, member = local_day(now()), queries.member_of(expert)
    found = []
    for pool, family in (
        (fitness.Pool.WORKS, Family.WORKS),
        (fitness.Pool.PROCUREMENT, Family.PROCUREMENT),
    ):
        asked = queries.criteria_of(session(), family, today, today)
        found.append((fitness.POOL_WORDS[pool], fitness.barred(member, asked)))
    return found


@bp.post("/experts/people/<uid>/acts")
@requires(Permission.POOL_KEEP)
def propose(uid: str) -> ResponseReturnValue:
    """Propose an act upon somebody's standing."""
    expert = queries.pool_member(session(), uid)
    form = ActForm(active=expert.active, today=local_day(now()))
    if carried_out(form, lambda tx: service.propose_act(tx, uid, form.proposal)):
        flash(_("已提交。另一位中心管理员复核以后生效。"))
        return redirect(url_for(".person", uid=uid), 303)
    return _person_page(uid, form)


@bp.post("/experts/people/<uid>/acts/<given>/lift")
@requires(Permission.POOL_KEEP)
def lift(uid: str, given: str) -> ResponseReturnValue:
    """Propose to lift a suspension or a finding."""
    form = LiftForm(today=local_day(now()))

    def propose_it(tx: Any) -> object:
        lifting = Proposal(ActKind.LIFTING, form.reason.data or "", form.from_on.data, lifts=given)
        return service.propose_act(tx, uid, lifting)

    if carried_out(form, propose_it):
        flash(_("已提交。另一位中心管理员复核以后生效。"))
        return redirect(url_for(".person", uid=uid), 303)
    return _person_page(uid, form, given=given)


@bp.post("/experts/people/<uid>/acts/<given>/<any(active, declined):state>")
@requires(Permission.POOL_KEEP)
def decide(uid: str, given: str, state: str) -> ResponseReturnValue:
    """Confirm what another administrator proposed, or decline it."""
    form = ButtonForm()
    if carried_out(form, lambda tx: service.decide_act(tx, given, log_keys(), confirm=state == "active")):
        flash(_("已复核，现在生效。") if state == "active" else _("已否决，什么都没有改。"))
        return redirect(url_for(".person", uid=uid), 303)
    return _person_page(uid, form)


@bp.post("/experts/people/<uid>/number")
@requires(Permission.POOL_DISCLOSE)
def show_number(uid: str) -> ResponseReturnValue:
    """Show one number whole, in this answer only; that it was shown stands in the record before it is."""
    form = ShowNumberForm()
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                value = service.disclose(tx, uid, form.which.data or "", form.reason.data or "", log_keys())
            return _person_page(uid, shown=(form.which.data or "", value))
        except DomainError as error:
            form.refuse(error)
    return _person_page(uid, form)


@bp.get("/experts/disclosures")
@requires(Permission.POOL_WATCH)
def disclosures() -> str:
    """Who was shown which number and why, for the supervisor; whose it was by code, no number and no name."""
    page = paginate(session(), queries.disclosures(), number=page_number(request.args))
    return render_template(
        "experts/disclosures.html",
        page=page,
        address=lambda number: url_for("experts.disclosures", page=number),
        field_words=FIELD_WORDS,
        findings=queries.findings_by_kind(session()),
        finding_words=fitness.FINDING_WORDS,
    )
