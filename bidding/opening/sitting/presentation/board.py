"""The hall as everybody sees it, with one of its sittings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bidding.core.errors import N_, NotFound
from bidding.core.money import daxie
from bidding.opening.paper.queries import BagView, bags, doubles
from bidding.opening.queries import Hall, LotView, Prices, SeatView, Sheet
from bidding.opening.rules import FIRST
from bidding.opening.rules import shown as said
from bidding.opening.sitting import document, queries, rules
from bidding.opening.sitting.queries import SittingView
from bidding.opening.sitting.rules import Standing, Step
from bidding.submissions.paper.models import Bag
from bidding.submissions.rules import GateState
from bidding.tenders.rules import stages

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
    """All of the hall that everybody sees, and of its sittings the one that ``stage`` names."""

    hall: Hall
    stage: int
    sitting: SittingView
    standing: Standing
    step: Step
    steps: Sequence[tuple[str, str, datetime | None]]
    #: The sheets that are read out in this sitting.
    rows: Sequence[Row]
    #: Bags to be opened, once the sheets are open; reading waits until all are read.
    bags: Sequence[BagView]
    #: Bags that stay shut, because their tenderer has a sealed bid in the same lot.
    doubles: Sequence[Bag]
    #: Whether the second opening's hour has come: then it is told who passed, and trustees may open the prices.
    prices_told: bool

    @property
    def is_later(self) -> bool:
        """Whether it is the sitting of the second opening."""
        return self.stage != FIRST

    @property
    def lots(self) -> Sequence[LotView]:
        """The lots with the sheets of this sitting."""
        return _part(self.hall, self.stage).lots

    @property
    def seats(self) -> Sequence[SeatView]:
        """The trustees' seats, and when their shares for this opening came."""
        return _part(self.hall, self.stage).seats

    @property
    def opened_at(self) -> datetime | None:
        """When the sheets of this sitting were opened."""
        return _part(self.hall, self.stage).opened_at

    @property
    def doors_at(self) -> datetime | None:
        """From when on tenderers may sign in."""
        begins_at = queries.begins_at(self.hall.project, self.stage)
        return None if begins_at is None else begins_at - rules.SIGN_IN_OPENS

    @property
    def bags_waiting(self) -> int:
        """How many bags are not read to the end."""
        return sum(not bag.done for bag in self.bags)

    @property
    def passed(self) -> Sequence[Sheet]:
        """Those whose price is, or will be, opened, by the sheets of the first opening; everybody before the review is told."""
        sealed = (self.hall.prices.sealed or {}) if self.hall.prices else {}
        return [sheet for sheet in _in_order(self.hall.lots) if sheet.bid_uid not in sealed]

    @property
    def failed(self) -> Sequence[tuple[Sheet, str]]:
        """Those whose price stays sealed, with the reasons."""
        sealed = (self.hall.prices.sealed or {}) if self.hall.prices else {}
        return [
            (sheet, sealed[sheet.bid_uid]) for sheet in _in_order(self.hall.lots) if sheet.bid_uid in sealed
        ]

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
        """The rows of a lot, in order of receipt; those of another opening as they are read, without what was said of them.

        Where the highest price wins they stand by price, but while they are read out: that goes in order of receipt.
        """
        mine = [row for row in self.rows if row.lot is lot]
        if not mine:
            return [Row(sheet, lot, "", "") for sheet in lot.ranked]
        if self.current is not None:
            return mine
        return sorted(mine, key=lambda row: lot.ranked.index(row.sheet))

    def short_after(self, lot: LotView) -> str | None:
        """What follows where fewer sheets than needed could be read; None where there are enough, or may yet be."""
        readable = sum(1 for sheet in lot.sheets if sheet.verdict is None)
        if not lot.sheets or readable >= self.hall.panel.min_bids:
            return None
        if any(sheet.verdict == "trustees" for sheet in lot.sheets):
            return None
        if any(not view.done and view.bag.lot.code == lot.code for view in self.bags):
            return None
        project = self.hall.project
        return rules.RESPONSES_SHORT if project.preset.quiet else rules.SHORT_AFTER[project.family]


def board(session: Session, hall: Hall, now: datetime, stage: int | None = None) -> Board:
    """The public part of the hall with the sitting of a stage; without one, with the sitting that is on.

    Raises ``NotFound`` for a stage that has nothing to show.
    """
    if stage is None:
        stage = _stage_now(session, hall, now)
    if stage != FIRST and (hall.prices is None or stage != stages(hall.project.envelopes)[-1]):
        raise NotFound
    told = hall.close is not None
    sitting = queries.view(session, hall.project, told=told, stage=stage)
    prices_told = hall.prices is not None and now >= hall.prices.opens_at
    opened = hall.project.paper_bids and hall.state is GateState.OPENED
    found = bags(session, hall.project) if opened else []
    if stage == FIRST:
        standing = _standing(hall, sitting, whole=all(bag.done for bag in found))
    else:
        standing = _later_standing(hall, sitting, told=prices_told)
    rows = _rows(hall, stage, sitting, standing)
    steps = _steps(hall, stage, sitting, standing, now)
    shut = doubles(session, hall.project) if opened else []
    return Board(hall, stage, sitting, standing, rules.step(standing), steps, rows, found, shut, prices_told)


def _stage_now(session: Session, hall: Hall, now: datetime) -> int:
    """The sitting that the hall shows: the second from an hour before its time on, unless the first is still under way."""
    if hall.prices is None:
        return FIRST
    first = queries.sitting_of(session, hall.project.id, FIRST)
    if first is not None and first.listed_at is not None and first.ended_at is None:
        return FIRST
    later = stages(hall.project.envelopes)[-1]
    second = queries.sitting_of(session, hall.project.id, later)
    begun = second is not None and second.listed_at is not None
    return later if begun or now >= hall.prices.opens_at - rules.SIGN_IN_OPENS else FIRST


def _part(hall: Hall, stage: int) -> Hall | Prices:
    """What a hall holds of one opening."""
    if stage == FIRST:
        return hall
    assert hall.prices is not None  # noqa: S101 — ``board`` has asked
    return hall.prices


def _in_order(lots: Sequence[LotView]) -> list[Sheet]:
    return sorted((sheet for lot in lots for sheet in lot.sheets), key=lambda sheet: sheet.place)


def _standing(hall: Hall, view: SittingView, *, whole: bool) -> Standing:
    """Where the sitting stands; without the ``whole`` of the sheets, bags among them, they are not open."""
    return Standing(
        state=hall.state if whole else GateState.OPENING,
        told=hall.close is not None,
        nothing=hall.close is not None and all(lot.failed for lot in hall.lots),
        opened_at=hall.opened_at if whole else None,
        rows=sum(len(lot.sheets) for lot in hall.lots),
        **_said_so_far(view),
    )


def _later_standing(hall: Hall, view: SittingView, *, told: bool) -> Standing:
    """Where the sitting of the second opening stands, as if a gate of its own closed at its time: ``told`` by then."""
    prices = hall.prices
    assert prices is not None  # noqa: S101 — ``board`` has asked
    state = GateState.OPENING if prices.given else GateState.CLOSED
    if prices.opened_at is not None:
        state = GateState.OPENED
    named = {sheet.bid_uid for sheet in _in_order(hall.lots)}
    return Standing(
        state=state if told else GateState.OPEN,
        told=told,
        nothing=told and prices.sealed is not None and named <= prices.sealed.keys(),
        opened_at=prices.opened_at,
        rows=sum(len(lot.sheets) for lot in prices.lots),
        **_said_so_far(view),
    )


def _said_so_far(view: SittingView) -> dict[str, Any]:
    """What a sitting's own steps add to where it stands."""
    row = view.sitting
    return {
        "listed": view.listed,
        "read": view.read,
        "lines_closed": row is not None and row.lines_closed_at is not None,
        "recorded": row is not None and row.recorded_at is not None,
        "ended": row is not None and row.ended_at is not None,
    }


def _rows(hall: Hall, stage: int, view: SittingView, standing: Standing) -> list[Row]:
    found = sorted(
        ((sheet, lot) for lot in _part(hall, stage).lots for sheet in lot.sheets),
        key=lambda pair: pair[0].place,
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
    hall: Hall, stage: int, view: SittingView, standing: Standing, now: datetime
) -> list[tuple[str, str, datetime | None]]:
    """The sun line: (state, words, when)."""
    if hall.project.preset.quiet:
        return _quiet_steps(hall, standing)
    words = rules.STEP_WORDS if stage == FIRST else rules.LATER_STEP_WORDS
    order, here = list(words), rules.step(standing)
    row, close = view.sitting, hall.close
    begins_at = queries.begins_at(hall.project, stage)
    doors_at = None if begins_at is None else begins_at - rules.SIGN_IN_OPENS
    opened_at = _part(hall, stage).opened_at
    when: dict[Step, datetime | None] = {
        Step.SIGN_IN: doors_at,
        Step.CLOSE: close.at if close else begins_at,
        Step.LIST: row.listed_at if row else None,
        Step.OPEN: opened_at,
        Step.READ: row.read_at if row else None,
        Step.LINES: row.lines_closed_at if row else None,
        Step.SIGN: row.recorded_at if row else None,
        Step.END: row.ended_at if row else None,
    }
    quiet = standing.nothing or rules.is_idle(standing, now)
    early = here is Step.SIGN_IN and doors_at is not None and now < doors_at
    found = []
    for step in order:
        if order.index(step) < order.index(here) or standing.ended:
            state = "done"
        else:
            state = "now" if step is here and not quiet and not early else ""
        if step is Step.LIST and state == "done" and not view.listed and opened_at is None:
            state = ""
        found.append((state, words[step], when.get(step)))
    return found


def _quiet_steps(hall: Hall, standing: Standing) -> list[tuple[str, str, datetime | None]]:
    """The same where no sitting is held: the box is shut, and opened."""
    close, words = hall.close, rules.QUIET_STEP_WORDS
    opened = standing.state is GateState.OPENED
    waits = close is not None and not opened and not standing.nothing
    return [
        ("done" if close else "", words[Step.CLOSE], close.at if close else hall.project.closes_at),
        ("done" if opened else "now" if waits else "", words[Step.OPEN], hall.opened_at),
    ]


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
