"""What the hall shows of a sitting: to everybody, and to the one who looks at it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bidding.core.actor import Actor
from bidding.core.errors import N_, Forbidden
from bidding.core.money import daxie
from bidding.opening import policy
from bidding.opening.paper import rules as paper_rules
from bidding.opening.paper.queries import BagView, bags, doubles
from bidding.opening.policy import Permission
from bidding.opening.queries import Hall, LotView, Sheet
from bidding.opening.rules import shown as said
from bidding.opening.sitting import document, queries, rules
from bidding.opening.sitting.models import Attendance, SpotObjection
from bidding.opening.sitting.queries import Guest, SittingView
from bidding.opening.sitting.rules import Capacity, Standing, Step, Way
from bidding.submissions.paper.models import Bag
from bidding.submissions.rules import GateState

#: How many rows the big screen shows at a time.
SCREEN_ROWS = 6

#: What was said of a line: (lamp, words).
ANSWERS: dict[str, tuple[str, str]] = {
    "agrees": ("ok", N_("无异议")),
    "objects": ("soon", N_("有异议")),
    "silent": ("idle", N_("待确认")),
    "absent": ("idle", N_("未到会，视为认可")),
}
#: The same once confirmations are closed.
CLOSED_ANSWERS = {**ANSWERS, "silent": ("done", N_("未表示，视为无异议"))}


@dataclass(frozen=True, slots=True)
class Row:
    """A sheet as the hall reads it out; ``state`` is ``now`` for the one being read, ``done`` for those before it."""

    sheet: Sheet
    lot: LotView
    state: str
    answer: str


@dataclass(frozen=True, slots=True)
class Board:
    """All of the hall that everybody sees."""

    hall: Hall
    sitting: SittingView
    standing: Standing
    step: Step
    steps: Sequence[tuple[str, str, datetime | None]]
    rows: Sequence[Row]
    #: Bags to be opened, once the sheets are open; reading waits until all are read.
    bags: Sequence[BagView]
    #: Bags that stay shut, because their tenderer has a sealed bid in the same lot.
    doubles: Sequence[Bag]

    @property
    def bags_waiting(self) -> int:
        """How many bags are not read to the end."""
        return sum(not bag.done for bag in self.bags)

    #: Whether the second opening's hour has come: then it is told who passed, and trustees may open the prices.
    prices_told: bool

    @property
    def passed(self) -> Sequence[Sheet]:
        """Those whose price is, or will be, opened; everybody before the review is told."""
        sealed = (self.hall.prices.sealed or {}) if self.hall.prices else {}
        return [row.sheet for row in self.rows if row.sheet.bid_uid not in sealed]

    @property
    def current(self) -> Row | None:
        """The row that is being read out."""
        return next((row for row in self.rows if row.state == "now"), None)

    @property
    def answers(self) -> Mapping[str, tuple[str, str]]:
        """Lamp and words of what was said of a line."""
        return CLOSED_ANSWERS if self.standing.lines_closed else ANSWERS

    @property
    def page(self) -> Sequence[Row]:
        """The rows the big screen shows: those around the one being read."""
        start = max(self.sitting.read - 1, 0) // SCREEN_ROWS * SCREEN_ROWS
        return self.rows[start : start + SCREEN_ROWS]

    def rows_of(self, lot: LotView) -> list[Row]:
        """The rows of a lot, in order of receipt."""
        return [row for row in self.rows if row.lot is lot]

    def short_after(self, lot: LotView) -> str | None:
        """What follows where fewer sheets than needed could be read; None where there are enough, or may yet be."""
        readable = sum(1 for sheet in lot.sheets if sheet.verdict is None)
        if not lot.sheets or readable >= self.hall.panel.min_bids:
            return None
        if any(sheet.verdict == "trustees" for sheet in lot.sheets):
            return None
        if any(not view.done and view.bag.lot.code == lot.code for view in self.bags):
            return None
        return rules.SHORT_AFTER[self.hall.project.family]


def board(session: Session, hall: Hall, now: datetime) -> Board:
    """The public part of the hall."""
    told = hall.close is not None
    sitting = queries.view(session, hall.project, told=told)
    opened = hall.project.paper_bids and hall.state is GateState.OPENED
    found = bags(session, hall.project) if opened else []
    standing = _standing(hall, sitting, whole=all(bag.done for bag in found))
    rows = _rows(hall, sitting, standing)
    steps = _steps(hall, sitting, standing, now)
    shut = doubles(session, hall.project) if opened else []
    prices_told = hall.prices is not None and now >= hall.prices.opens_at
    return Board(hall, sitting, standing, rules.step(standing), steps, rows, found, shut, prices_told)


def shut_bags(board: Board) -> list[dict[str, Any]]:
    """The ``bags`` of an opening record: those that are not among its rows, and why."""
    waiting = [(view.bag, paper_rules.WAITS) for view in board.bags if not view.done]
    return [
        {
            "reference": bag.reference,
            "lot": bag.lot.code,
            "tenderer": bag.organisation.name,
            "uscc": bag.organisation.uscc,
            "received_at": bag.received_at,
            "said": said,
        }
        for bag, said in sorted(
            [*waiting, *((bag, paper_rules.DOUBLES) for bag in board.doubles)],
            key=lambda each: each[0].leaf_id,
        )
    ]


def _standing(hall: Hall, view: SittingView, *, whole: bool) -> Standing:
    """Where the sitting stands; without the ``whole`` of the sheets, bags among them, they are not open."""
    row = view.sitting
    return Standing(
        state=hall.state if whole else GateState.OPENING,
        told=hall.close is not None,
        nothing=hall.close is not None and all(lot.failed for lot in hall.lots),
        listed=view.listed,
        opened_at=hall.opened_at if whole else None,
        rows=sum(len(lot.sheets) for lot in hall.lots),
        read=view.read,
        lines_closed=row is not None and row.lines_closed_at is not None,
        recorded=row is not None and row.recorded_at is not None,
        ended=row is not None and row.ended_at is not None,
    )


def _rows(hall: Hall, view: SittingView, standing: Standing) -> list[Row]:
    found = sorted(
        ((sheet, lot) for lot in hall.lots for sheet in lot.sheets), key=lambda pair: pair[0].place
    )
    return [
        Row(sheet, lot, _row_state(sheet, view, standing), document.answer_to(sheet, view))
        for sheet, lot in found
    ]


def _row_state(sheet: Sheet, view: SittingView, standing: Standing) -> str:
    """The last one read out stays the one being read until the next, its tenderer's answer, or the end of them."""
    if sheet.place == standing.read and not standing.lines_closed and sheet.bid_uid not in view.lines:
        return "now"
    return "done" if sheet.place <= standing.read else ""


def _steps(
    hall: Hall, view: SittingView, standing: Standing, now: datetime
) -> list[tuple[str, str, datetime | None]]:
    """The sun line: (state, words, when)."""
    order, here = list(Step), rules.step(standing)
    row, close = view.sitting, hall.close
    closes_at = hall.project.closes_at
    when: dict[Step, datetime | None] = {
        Step.SIGN_IN: closes_at - rules.SIGN_IN_OPENS if closes_at else None,
        Step.CLOSE: close.at if close else closes_at,
        Step.LIST: row.listed_at if row else None,
        Step.OPEN: hall.opened_at,
        Step.READ: row.read_at if row else None,
        Step.LINES: row.lines_closed_at if row else None,
        Step.SIGN: row.recorded_at if row else None,
        Step.END: row.ended_at if row else None,
    }
    quiet = standing.nothing or rules.is_idle(standing, now)
    early = here is Step.SIGN_IN and closes_at is not None and now < closes_at - rules.SIGN_IN_OPENS
    found = []
    for step in order:
        if order.index(step) < order.index(here) or standing.ended:
            state = "done"
        else:
            state = "now" if step is here and not quiet and not early else ""
        if step is Step.LIST and state == "done" and not view.listed and hall.opened_at is None:
            state = ""
        found.append((state, rules.STEP_WORDS[step], when.get(step)))
    return found


def spoken(row: Row) -> str:
    """A sheet as it is read aloud, in Chinese: place, name, then each field with its name and unit."""
    sheet = row.sheet
    if sheet.verdict is not None:
        return f"{sheet.place}号，{sheet.tenderer_name}，未能开启。"
    parts = [
        _said_of(column, sheet.fields[column["name"]])
        for column in row.lot.columns
        if sheet.fields.get(column["name"]) not in (None, "")
    ]
    return f"{sheet.place}号，{sheet.tenderer_name}。" + "；".join(parts) + "。"


def _said_of(column: Mapping[str, Any], value: Any) -> str:
    """``工期（日历天）`` and 150 are said as ``工期150日历天``; an amount is said in words, which count (87号令 59)."""
    name, _, unit = column["label"].rstrip("）").partition("（")
    if column["kind"] == "fen" and isinstance(value, int):
        return f"{name}{daxie(value)}"
    told = said(value, column["kind"])
    return (
        f"{name}，{told}" if column["kind"] == "text" else f"{name}{told}{'' if told.endswith('%') else unit}"
    )


# What one person can do ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Desk:
    """What the hall offers to the one who looks at it."""

    hosts: bool
    admits: bool
    suspends: bool
    attends: bool
    #: As what they may sign the record now; None where they may not, or have.
    signs: Capacity | None
    signed: bool
    #: The tenderer's own sign-in, its place in the list, and its lines that were read and not answered.
    attendance: Attendance | None
    guest: Guest | None
    doors_open: bool
    lines: Sequence[Row]
    objects: bool

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing here for this reader: then the page has no desk at all."""
        return not (self.hosts or self.admits or self.suspends or self.attends)


def desk(session: Session, actor: Actor, shown: Board, now: datetime) -> Desk:
    """The reader's desk. Before the list a tenderer's own sign-in is all that is looked at."""
    project, standing = shown.hall.project, shown.standing
    mine = actor.organisation_id == project.agency_id
    attends = actor.may(Permission.ATTEND)
    attendance = queries.attendance_of(session, project.id, actor.organisation_id) if attends else None
    guest = shown.sitting.guest_of(actor.organisation_id) if attends else None
    here = guest is not None and guest.attendance is not None
    under_way = shown.sitting.listed and not standing.recorded
    closes_at = project.closes_at
    capacity = _capacity(actor, project.agency_id)
    if capacity is Capacity.TENDERER and not here:
        capacity = None
    signed = any(
        each.account_id == actor.account_id
        or (capacity is Capacity.TENDERER and each.organisation_id == actor.organisation_id)
        for each in shown.sitting.signatures
    )
    to_sign = standing.recorded and not standing.ended and not signed
    return Desk(
        hosts=actor.may(Permission.HOST) and mine,
        admits=under_way and actor.may(Permission.ADMIT) and (mine or not actor.may(Permission.HOST)),
        suspends=shown.hall.close is not None
        and not standing.ended
        and not standing.nothing
        and capacity is not None
        and actor.may(Permission.SUSPEND),
        attends=attends,
        signs=capacity if to_sign else None,
        signed=signed,
        attendance=attendance,
        guest=guest,
        doors_open=closes_at is not None
        and now >= closes_at - rules.SIGN_IN_OPENS
        and not standing.recorded
        and not standing.nothing,
        lines=[row for row in shown.rows if _is_open(row, guest, shown)] if here else [],
        objects=here and under_way,
    )


def _capacity(actor: Actor, agency_id: int) -> Capacity | None:
    try:
        return policy.capacity(actor, agency_id=agency_id)
    except Forbidden:
        return None


def _is_open(row: Row, guest: Guest | None, shown: Board) -> bool:
    return (
        guest is not None
        and row.sheet.bid_uid in guest.bids
        and row.state != ""
        and row.answer == document.SILENT
        and not shown.standing.lines_closed
    )


def in_the_room(view: SittingView) -> list[Guest]:
    """Those for whom the host writes down what they say."""
    return [guest for guest in view.guests if guest.attendance and guest.attendance.way is Way.ROOM]


# The paper -------------------------------------------------------------------------------------------------------


def paper(shown: Board) -> dict[str, Any] | None:
    """What the opening record on paper says of the sitting; None where there was none."""
    view = shown.sitting
    if not view.listed:
        return None
    row = view.sitting
    assert row is not None  # noqa: S101 — it is listed
    return {
        "sha256": row.record_sha256,
        "ended_at": row.ended_at,
        "guests": [
            {
                "tenderer": guest.organisation.name,
                "person": guest.attendance.person if guest.attendance else "",
                "way": rules.WAY_WORDS[guest.attendance.way] if guest.attendance else "",
                "at": guest.attendance.signed_in_at if guest.attendance else None,
            }
            for guest in view.guests
        ],
        "answers": [
            {"place": each.sheet.place, "answer": shown.answers[each.answer][1]} for each in shown.rows
        ],
        "objections": [_said(each) for each in view.objections],
        "suspensions": [
            {
                "reason": each.reason,
                "on_at": each.on_at,
                "off_reason": each.off_reason or "",
                "off_at": each.off_at,
            }
            for each in view.suspensions
        ],
        "signatures": [
            {
                "capacity": rules.CAPACITY_WORDS[each.capacity],
                "name": each.name,
                "unit": each.organisation.name,
                "at": each.signed_at,
            }
            for each in view.signatures
        ],
        "unsigned": [guest.organisation.name for guest in unsigned(view)],
    }


def unsigned(view: SittingView) -> list[Guest]:
    """Who is here and has not signed the record."""
    units = {each.organisation_id for each in view.signatures}
    return [guest for guest in view.guests if guest.attendance and guest.organisation.id not in units]


def _said(each: SpotObjection) -> dict[str, Any]:
    return {
        "tenderer": each.organisation.name,
        "words": each.words,
        "at": each.raised_at,
        "answer": each.answer or "",
        "answered_at": each.answered_at,
    }
