"""A filled template looked at by the forms and rules of the desk: what would become of it, and everything that is wrong.

Nothing is written, and nothing guessed: a cell is taken as if somebody had typed it into the form.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from bidding.core.clock import SHANGHAI
from bidding.core.errors import N_, DomainError
from bidding.core.workdays import Calendar
from bidding.documents.sheets import narrow
from bidding.tenders import rules
from bidding.tenders.forms import LotForm, ProjectForm
from bidding.tenders.kinds import Envelopes, Family, Method
from bidding.tenders.methods import preset
from bidding.tenders.models import Project
from bidding.tenders.rules import Figure, Figures, LotFacts, ProjectFacts
from bidding.tenders.service import MAX_LOTS, OneLotOnly
from bidding.tenders.service.sheets import Draft
from bidding.tenders.short_forms import SheetDatesForm
from bidding.tenders.workbook import (
    KINDS,
    NO,
    NUMBER,
    ONE,
    PRICE_FORM_CHOICES,
    TRADE_CHOICES,
    TWO,
    YES,
    Fault,
    Filled,
    Row,
)
from bidding.web.errors import told
from bidding.web.forms import Form

#: Family, method and subject; deadline and price opening.
Kind = tuple[Family, Method, str]
Instants = tuple[datetime | None, datetime | None]
#: What is chosen from a list, or means something under one law only.
_CHOSEN = frozenset({"trade", "envelopes", "consortium", "paper_bids"})
#: A form of this page has no token of its own: it is filled from a file that came by a form that had one.
_NO_TOKEN = {"csrf": False}


@dataclass(frozen=True, slots=True)
class Law:
    """What holds today for one family and method: its figures, and the one that lets a tender have two envelopes."""

    figures: Figures
    two_envelopes: Figure | None


@dataclass(frozen=True, slots=True)
class Checked:
    """What a filled template would become, and what is wrong with it: cell by cell, in the order of the sheets."""

    drafts: Sequence[Draft]
    faults: Sequence[Fault]


def check(
    filled: Filled, law: Mapping[tuple[Family, Method], Law], calendar: Calendar, now: datetime
) -> Checked:
    """Look at every row; ``law`` holds what is offered."""
    faults = list(filled.faults)
    projects: dict[str, tuple[Row, Kind]] = {}
    drafts: dict[str, tuple[Row, ProjectFacts, Instants]] = {}
    called: dict[tuple[str, str], Row] = {}
    for row in filled.projects:
        number, kind = narrow(row.text(NUMBER)), _kind(row)
        faults += _numbered(row, number, projects)
        twin = called.setdefault((row.text("title"), row.text("owner_name")), row)
        if twin is not row and row.text("title"):
            faults.append(row.fault("title", _TWIN, other=twin.number))
        if kind is None:
            faults += _of_no_kind(row)
            projects.setdefault(number, (row, _ANY))
            continue
        facts, instants, wrong = _project(row, kind, law[kind[:2]], calendar, now)
        faults += wrong
        projects.setdefault(number, (row, kind))
        if facts is not None:
            drafts.setdefault(number, (row, facts, instants))
    lots, wrong = _lots(filled.lots, projects)
    faults += wrong
    made = [
        Draft(row.number, facts, tuple(lots.get(number, ())), *dates)
        for number, (row, facts, dates) in drafts.items()
    ]
    return Checked(made, faults)


_EMPTY = N_("这一格是空的。请填写。")
_CHOOSE = N_("请从列表里选。")
_TWIN = N_("与第 %(other)s 行是同一单位的同名项目。重复的请删去一行；确是两个的，请改名。")
#: What a row of an unknown kind is looked at as, for what every kind has.
_ANY: Kind = next(iter(KINDS.values()))


def _numbered(row: Row, number: str, projects: Mapping[str, tuple[Row, Kind]]) -> list[Fault]:
    if not number:
        return [row.fault(NUMBER, _EMPTY)]
    if number in projects:
        other = projects[number][0].number
        return [row.fault(NUMBER, N_("与第 %(other)s 行的序号相同。请改成不同的。"), other=other)]
    return []


def _of_no_kind(row: Row) -> list[Fault]:
    """What is wrong with a row of which nobody knows the kind: that, and what no kind would take."""
    typed = {name: cell.value for name, cell in row.cells.items() if cell.value and name not in _CHOSEN}
    form = ProjectForm(*_ANY, two_envelopes=None, formdata=MultiDict(typed), meta=_NO_TOKEN)
    form.validate()
    return [row.fault("kind", N_("请从列表里选一种交易类别和方式。")), *_of_form(row, form)]


def _kind(row: Row) -> Kind | None:
    wanted = narrow(row.text("kind"))
    return next((kind for label, kind in KINDS.items() if narrow(label) == wanted), None)


def _project(
    row: Row, kind: Kind, law: Law, calendar: Calendar, now: datetime
) -> tuple[ProjectFacts | None, Instants, list[Fault]]:
    faults: list[Fault] = []
    typed = {name: cell.value for name, cell in row.cells.items() if cell.value}
    typed |= _chosen(row, "trade", TRADE_CHOICES, faults)
    typed |= _chosen(row, "envelopes", {ONE: Envelopes.ONE.value, TWO: Envelopes.TWO.value}, faults)
    for name in ("consortium", "paper_bids"):
        typed |= _chosen(row, name, {YES: "y", NO: ""}, faults)
    form = ProjectForm(*kind, two_envelopes=law.two_envelopes, formdata=MultiDict(typed), meta=_NO_TOKEN)
    faults += _not_asked(row, form)
    dates = SheetDatesForm(
        formdata=MultiDict({n: _plain(typed[n]) for n in _DATES if n in typed}), meta=_NO_TOKEN
    )
    sound = form.validate() & dates.validate()
    if not sound:
        faults += _besides(faults, [*_of_form(row, form), *_of_form(row, dates)])
        return None, (None, None), faults
    facts = form.facts
    instants = (dates.closes_at.data, dates.prices_open_at.data)
    faults += _of_rules(row, facts, instants, law.figures, calendar, now)
    return facts, instants, faults


_DATES = ("closes_at", "prices_open_at")


def _plain(text: str) -> str:
    """A date as people write it, with the signs that the field reads: ``2026/12/15 14:30``, ``2026年12月15日 14:30``."""
    for sign, plain in (("/", "-"), ("年", "-"), ("月", "-"), ("日", ""), ("：", ":")):
        text = text.replace(sign, plain)
    return text.strip()


def _chosen(row: Row, name: str, choices: Mapping[str, str], faults: list[Fault]) -> dict[str, str]:
    """The form's word for what was chosen from a list; an empty cell leaves what the form has at first."""
    text = row.text(name)
    if not text:
        return {}
    for label, value in choices.items():
        if narrow(label) == narrow(text):
            return {name: value}
    faults.append(row.fault(name, _CHOOSE))
    return {name: ""}


def _not_asked(row: Row, form: ProjectForm) -> list[Fault]:
    """Cells that this kind of tender has no field for: dropped without a word they would be missed."""
    asked = {"trade", "approval", "policies"} - set(form._fields)
    if "envelopes" not in form._fields and narrow(row.text("envelopes")) == TWO:
        asked.add("envelopes")
    return [
        row.fault(name, N_("这种交易类别没有这一项。请把这一格清空。"))
        for name in row.cells
        if name in asked and row.text(name)
    ]


def _of_form(row: Row, form: Form) -> Iterable[Fault]:
    for name, errors in form.errors.items():
        if name in row.cells:
            yield from (row.fault(name, str(error)) for error in errors)


def _besides(known: Sequence[Fault], further: Iterable[Fault]) -> list[Fault]:
    """What is wrong with other cells: of a cell that is no choice of its list nothing more need be said."""
    cells = {fault.cell for fault in known}
    return [fault for fault in further if fault.cell not in cells]


def _of_rules(
    row: Row,
    facts: ProjectFacts,
    instants: Instants,
    figures: Figures,
    calendar: Calendar,
    now: datetime,
) -> list[Fault]:
    """What the law has against it; what only deserves a thought, the desk says later."""
    closes_at, prices_open_at = instants
    try:
        rules.approval_code(facts.approval_code)
    except rules.BadApprovalCode as refusal:
        return [_refused(row, refusal, "approval_code")]
    problems = rules.check_paper(facts, figures)
    if closes_at is not None:
        problems += rules.check_dates(
            preset(facts.family, facts.method),
            now.astimezone(SHANGHAI).date(),
            figures,
            calendar,
            closes_at=closes_at,
            opens_at=closes_at,
            now=now,
            envelopes=facts.envelopes,
            prices_open_at=prices_open_at,
        )
    elif prices_open_at is not None:
        return [row.fault("closes_at", N_("填了报价开标时间，也要填截止时间。"))]
    return [_refused(row, each.refusal, "closes_at") for each in problems if each.blocks]


def _refused(row: Row, refusal: DomainError, otherwise: str) -> Fault:
    name = refusal.field if refusal.field in row.cells else otherwise
    return row.fault(str(name), told(refusal))


def _lots(
    rows: Sequence[Row], projects: Mapping[str, tuple[Row, Kind]]
) -> tuple[dict[str, list[LotFacts]], list[Fault]]:
    found: dict[str, list[LotFacts]] = {}
    faults: list[Fault] = []
    for row in rows:
        number = narrow(row.text(NUMBER))
        if number not in projects:
            faults.append(row.fault(NUMBER, N_("“项目”表里没有这个序号。请填“项目”表第一列的序号。")))
            continue
        facts, wrong = _lot(row, *projects[number][1][:2])
        faults += wrong
        if facts is None:
            continue
        of = found.setdefault(number, [])
        of.append(facts)
        if preset(*projects[number][1][:2]).rounds and len(of) == 2:
            faults.append(row.fault(NUMBER, OneLotOnly.text))
        elif len(of) == MAX_LOTS + 1:
            faults.append(
                row.fault(NUMBER, N_("一个项目最多 %(count)s 个标段（包）。请分成两个项目。"), count=MAX_LOTS)
            )
    return found, faults


def _lot(row: Row, family: Family, method: Method) -> tuple[LotFacts | None, list[Fault]]:
    faults: list[Fault] = []
    typed = {name: cell.value for name, cell in row.cells.items() if cell.value}
    typed |= {"price_form": "amount"} | _chosen(row, "price_form", PRICE_FORM_CHOICES, faults)
    # Never added to a session: the form asks a project only for its words.
    form = LotForm(Project(family=family, method=method), formdata=MultiDict(typed), meta=_NO_TOKEN)
    if form.validate():
        try:
            facts = form.facts
            rules.check_money(facts.budget_fen, facts.ceiling_fen)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            return facts, faults
    faults += _besides(faults, _of_form(row, form))
    return None, faults


def said(fault: Fault) -> str:
    """What is wrong, in the reader's language."""
    text = str(gettext(fault.text))
    return text % dict(fault.params) if fault.params else text
