"""Writing a project: facts, lots, documents, dates, and handing it to the second person."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from bidding.casework.desk import Desk
from bidding.core.entropy import new_uid
from bidding.core.errors import N_, DomainError, Invalid, NotFound, WrongState
from bidding.db.uow import Tx
from bidding.tenders import policy, queries, rules
from bidding.tenders.acceptance import declare
from bidding.tenders.kinds import (
    OTHER_WORKS,
    OUTSIDE_WORKS,
    SUBJECTS,
    TRADES,
    Envelopes,
    Stage,
)
from bidding.tenders.methods import OFFERED, preset
from bidding.tenders.models import Document, Lot, Project, ProjectSerial
from bidding.tenders.rules import Defects, LotFacts, ProjectFacts

#: A lot's number has three places.
MAX_LOTS = 99


class NotOffered(DomainError):
    """A combination of law, method and subject that has no journey here."""

    code = "tenders.not_offered"
    text = N_("这种交易类别和方式的组合还不能办理。请从列出的组合里选。")
    status = 422


class DocumentTwice(DomainError):
    """The very same bytes once more."""

    code = "tenders.document_twice"
    text = N_("内容完全相同的文件已经在列表里：“%(name)s”。不用再传。")


class DocumentEmpty(DomainError):
    """No bytes, or no name."""

    code = "tenders.document_empty"
    text = N_("文件是空的，或者没有文件名。请重新选择文件。")
    status = 422


class DocumentsAreUploaded(DomainError):
    """A kind of tender whose documents are not made here."""

    code = "tenders.documents_are_uploaded"
    text = N_("只有比选可以由系统生成标准文件。请上传自己编制的文件。")
    status = 422


class TooManyLots(DomainError):
    """More lots than their number has places for."""

    code = "tenders.too_many_lots"
    text = N_("一个项目最多 %(count)s 个标段（包）。请分成两个项目。")
    status = 422


class OneLotOnly(DomainError):
    """A negotiation is held over one lot: who is asked for a further offer is said of a whole project."""

    code = "tenders.one_lot_only"
    text = N_(
        "谈判、磋商的一个项目只能有一个标段（包）：邀请谁继续报价按项目登记。有几个包的，请各建一个项目。"
    )
    status = 422


class ChangedMeanwhile(DomainError):
    """The form was filled in over a version that is no longer the last."""

    code = "tenders.changed_meanwhile"
    text = N_(
        "您打开页面以后，同事改动了这个项目。您填的内容还在下面；请先在另一个窗口看看现在的内容，再保存。"
    )


class ReasonMissing(DomainError):
    """A draft sent back without a word."""

    code = "tenders.reason_missing"
    text = N_("请写明退回的原因，把要改的一次说全。")
    status = 422


def create_project(tx: Tx, facts: ProjectFacts, *, region: str) -> Project:
    """A new draft of the actor's agency, with the next number of the year.

    ``region`` is the six digits of GB/T 2260. Raises ``NotOffered``, ``OneEnvelopeOnly``, ``Invalid``,
    ``NotFound`` for a person who writes for no agency.
    """
    if tx.actor.account_id is None or tx.actor.organisation_id is None:
        raise NotFound
    _check(facts)
    facts = _approved(facts)
    today = queries.local_day(tx.now)
    figures = queries.rules_for(tx.session, facts.family, facts.method, today)
    rules.check_envelopes(facts.envelopes, figures)
    minimum = figures.get("min-bids")
    trade = _trade(facts)
    project = Project(
        uid=new_uid(tx.entropy),
        code=rules.project_code(trade, region, today.year, _next_serial(tx.session, today.year)),
        agency_id=tx.actor.organisation_id,
        prepared_by_id=tx.actor.account_id,
        created_at=tx.now,
        **({"min_bids": minimum.value} if minimum else {}),
    )
    _write(project, facts, trade)
    tx.session.add(project)
    tx.session.flush()
    return project


def edit_project(tx: Tx, uid: str, facts: ProjectFacts, *, version: int | None = None) -> Project:
    """Change what a draft says. Law and method stay: with them the number and the words would change.

    ``version`` is the one the form was filled in over. Raises ``ChangedMeanwhile``, ``NotOffered``, ``WrongState``.
    """
    project = draft(tx, uid)
    if version is not None and version != project.version:
        raise ChangedMeanwhile
    if (facts.family, facts.method) != (project.family, project.method):
        raise NotOffered(field="family")
    _check(facts)
    facts = _approved(facts)
    today = queries.local_day(tx.now)
    rules.check_envelopes(facts.envelopes, queries.rules_for(tx.session, facts.family, facts.method, today))
    _write(project, facts, project.trade)
    tx.session.flush()
    return project


def set_dates(
    tx: Tx,
    uid: str,
    *,
    closes_at: datetime,
    opens_at: datetime | None = None,
    prices_open_at: datetime | None = None,
) -> Project:
    """Fix deadline and opening of a draft; without ``opens_at`` the opening is at the deadline.

    ``prices_open_at`` is when the second of two envelopes is opened; with one there is no such instant.

    They are not among what applicants for prequalification are judged by, and may be fixed anew while that runs.

    Raises the first objection of the law: ``TooShort`` with article and earliest day, ``OpensApart``, …
    """
    project = draft(tx, uid, Stage.DRAFT, Stage.PREQUALIFYING)
    opening = opens_at or closes_at
    today = queries.local_day(tx.now)
    for problem in rules.check_dates(
        project.preset,
        today,
        queries.figures_of(tx.session, project, today),
        queries.calendar(tx.session),
        closes_at=closes_at,
        opens_at=opening,
        now=tx.now,
        envelopes=project.envelopes,
        prices_open_at=prices_open_at,
    ):
        if problem.blocks:
            raise problem.refusal
    project.closes_at, project.opens_at = closes_at, opening
    project.prices_open_at = prices_open_at if project.envelopes is Envelopes.TWO else None
    tx.session.flush()
    return project


def add_lot(tx: Tx, uid: str, facts: LotFacts) -> Lot:
    """Add the next lot of a draft. Raises ``BudgetMissing``, ``BudgetBelowCeiling``, ``CeilingOnASale``."""
    project = draft(tx, uid)
    if len(project.lots) >= MAX_LOTS:
        raise TooManyLots(count=MAX_LOTS)
    if project.preset.rounds and project.lots:
        raise OneLotOnly
    _check_lot(facts, project)
    lot = Lot(project_id=project.id, code=str(len(project.lots) + 1))
    _write_lot(lot, facts)
    project.lots.append(lot)
    tx.session.flush()
    return lot


def edit_lot(tx: Tx, uid: str, code: str, facts: LotFacts) -> Lot:
    """Change a lot of a draft; raises as ``add_lot``."""
    project = draft(tx, uid)
    lot = queries.lot_of(tx.session, project, code)
    _check_lot(facts, project)
    _write_lot(lot, facts)
    tx.session.flush()
    return lot


def remove_lot(tx: Tx, uid: str, code: str) -> None:
    """Take a lot out of a draft; those after it move up, so that the codes stay 1, 2, …"""
    project = draft(tx, uid)
    lot = queries.lot_of(tx.session, project, code)
    for requirement in [each for each in project.requirements if each.lot_id == lot.id]:
        project.requirements.remove(requirement)  # it was a condition of this lot alone
    tx.session.flush()
    project.lots.remove(lot)
    tx.session.delete(lot)
    tx.session.flush()
    for place, other in enumerate(project.lots, 1):
        other.code = str(place)
        tx.session.flush()  # one by one: each takes the code the one before has just left


def add_document(tx: Tx, uid: str, name: str, digest: str, size: int) -> Document:
    """Attach a stored blob of ``size`` bytes. Raises ``DocumentTwice``, ``DocumentEmpty``."""
    project = draft(tx, uid)
    shown = file_name(name)
    if not shown or size <= 0:
        raise DocumentEmpty(field="file")
    for other in project.documents:
        if other.sha256 == digest:
            raise DocumentTwice(field="file", name=other.name)
    document = Document(name=shown, sha256=digest, size=size, added_at=tx.now)
    project.documents.append(document)
    tx.session.flush()
    return document


def remove_document(tx: Tx, uid: str, digest: str) -> None:
    """Take a file off a draft. The blob stays: another project may speak of the same bytes."""
    project = draft(tx, uid)
    document = queries.document(tx.session, project, digest)
    project.documents.remove(document)
    tx.session.delete(document)
    tx.session.flush()


def submit_for_review(tx: Tx, uid: str, *, window: Desk | None = None) -> Project:
    """Hand a draft to the second person. Raises ``Defects`` with everything that is wrong, told at once.

    ``window`` is the centre's desk where projects pass it (setting ``ACCEPTANCE``): what is done there at once is
    filed with this act, by declaration.
    """
    project = draft(tx, uid)
    defects = [problem for problem in queries.review(tx.session, project, tx.now) if problem.blocks]
    if defects:
        raise Defects(defects)
    if tx.actor.account_id is None:
        raise NotFound
    project.stage = Stage.SUBMITTED
    project.prepared_by_id = tx.actor.account_id
    project.returned_reason = None
    tx.session.flush()
    if window is not None:
        declare(tx, window, project)
    return project


def return_to_draft(tx: Tx, uid: str, reason: str) -> Project:
    """Send a submitted draft back with a reason. Raises ``ReasonMissing``, ``WrongState``."""
    project = queries.project_for(tx.session, tx.actor, uid)
    if project.stage is not Stage.SUBMITTED:
        raise WrongState
    if not reason.strip():
        raise ReasonMissing(field="reason")
    project.stage = Stage.DRAFT
    project.returned_reason = reason.strip()[:1000]
    tx.session.flush()
    return project


def draft(tx: Tx, uid: str, *stages: Stage) -> Project:
    """The actor's own draft, to be changed; its version goes up. Raises ``NotFound``, ``WrongState``.

    ``stages`` are those in which it may be, the draft's own where none is named.

    What hangs on a project counts as part of it: who adds a lot while another publishes loses the race.
    """
    project = queries.project_for(tx.session, tx.actor, uid)
    if not policy.may_edit(tx.actor, project.agency_id):
        raise NotFound
    if project.stage not in (stages or (Stage.DRAFT,)):
        raise WrongState
    flag_modified(project, "stage")
    return project


def _check(facts: ProjectFacts) -> None:
    if (facts.family, facts.method) not in OFFERED or facts.subject not in SUBJECTS[facts.family]:
        raise NotOffered(field="family")
    if not facts.title.strip():
        raise Invalid(field="title", reason=N_("请填写项目名称。"))
    if not facts.owner_name.strip():
        raise Invalid(field="owner_name", reason=N_("请填写招标人（采购人、比选人）。"))


def _approved(facts: ProjectFacts) -> ProjectFacts:
    return replace(facts, approval_code=rules.approval_code(facts.approval_code))


def _trade(facts: ProjectFacts) -> str:
    if not preset(facts.family, facts.method).trades:
        return OUTSIDE_WORKS
    return facts.trade if facts.trade in TRADES else OTHER_WORKS


def _write(project: Project, facts: ProjectFacts, trade: str) -> None:
    for item in fields(ProjectFacts):
        value = getattr(facts, item.name)
        setattr(project, item.name, value.strip() if isinstance(value, str) else value)
    project.trade = trade
    if project.envelopes is not Envelopes.TWO:
        project.prices_open_at = None


def _check_lot(facts: LotFacts, project: Project) -> None:
    if not facts.name.strip():
        raise Invalid(field="name", reason=N_("请填写标段（包）名称。"))
    if facts.price_form not in project.preset.price_forms:
        raise Invalid(field="price_form", reason=N_("这种交易只能按总价报价。"))
    rules.check_money(facts.budget_fen, facts.ceiling_fen, sells=project.preset.sells)


def _write_lot(lot: Lot, facts: LotFacts) -> None:
    for item in fields(LotFacts):
        setattr(lot, item.name, getattr(facts, item.name))
    lot.name = facts.name.strip()


def file_name(name: str) -> str:
    """The last part of a path, without signs that do not print; at most 200 characters, the ending kept."""
    plain = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(sign for sign in plain if sign.isprintable()).strip(" .")
    if len(plain) <= 200:
        return plain
    stem, dot, ending = plain.rpartition(".")
    return stem[: 199 - len(ending)] + dot + ending if dot and len(ending) < 20 else plain[:200]


def _next_serial(session: Session, year: int) -> int:
    """The next number of the year; whoever comes at the same moment waits for the row."""
    row = session.scalars(
        select(ProjectSerial).where(ProjectSerial.year == year).with_for_update()
    ).one_or_none()
    if row is None:
        try:
            with session.begin_nested():
                session.add(ProjectSerial(year=year, last=1))
        except IntegrityError:  # the first two projects of a year, at once
            return _next_serial(session, year)
        return 1
    row.last += 1
    session.flush()
    return row.last
