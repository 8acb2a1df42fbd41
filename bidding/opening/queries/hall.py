"""The hall: everything that a page or a paper of one opening shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.core.canonical import loads
from bidding.core.errors import NotFound
from bidding.ledger import queries as ledger
from bidding.ledger.events import EventType
from bidding.ledger.models import Leaf, Log
from bidding.ledger.note import Head
from bidding.ledger.words import six_words
from bidding.opening import rules
from bidding.opening.models import ShareBatch
from bidding.opening.offline.models import OfflineOpening
from bidding.opening.queries.sheets import Sheet, batches, opened, priced, stays_sealed
from bidding.opening.queries.waiting import failed_lots
from bidding.opening.record import NO_WITNESS
from bidding.outages.models import Extension
from bidding.outages.queries import corrections
from bidding.sealing.panel import Panel
from bidding.submissions import rules as submissions
from bidding.submissions.models import Gate
from bidding.submissions.queries import gate as gate_of
from bidding.submissions.queries import panel_of
from bidding.submissions.rules import GateState
from bidding.tenders import queries as tenders
from bidding.tenders.models import Project
from bidding.tenders.rules import stages


@dataclass(frozen=True, slots=True)
class SeatView:
    """A trustee's seat and when its shares came; ``files_at`` is for the attachments' shares."""

    number: int
    role: str
    name: str
    org: str
    given_at: datetime | None
    files_at: datetime | None


@dataclass(frozen=True, slots=True)
class LotView:
    """A lot with its opened sheets in order of receipt; ``failed`` where there were too few bids."""

    code: str
    name: str
    ceiling_fen: int | None
    failed: bool
    columns: Sequence[Mapping[str, Any]]
    sheets: Sequence[Sheet]
    #: The starting price of what is sold or let.
    floor_fen: int | None = None

    def price_of(self, sheet: Sheet) -> int | None:
        """The price in fen that stands on a sheet; None where it could not be read or is no amount."""
        price: Mapping[str, Any] = self.columns[0]
        amount = sheet.fields.get(price["name"])
        return (
            amount if sheet.verdict is None and price["kind"] == "fen" and isinstance(amount, int) else None
        )

    def below_floor(self, sheet: Sheet) -> bool:
        """Whether the offer is below the starting price, and so invalid."""
        amount = self.price_of(sheet)
        return self.floor_fen is not None and amount is not None and amount < self.floor_fen

    @property
    def ranked(self) -> Sequence[Sheet]:
        """The sheets by their prices, the highest first, where the highest wins; else in order of receipt.

        Equal prices stand in order of receipt, and what could not be read stands last.
        """
        if self.floor_fen is None:
            return self.sheets
        return sorted(self.sheets, key=lambda sheet: (-(self.price_of(sheet) or 0), sheet.place))

    @property
    def figures(self) -> list[Mapping[str, Any]]:
        """The columns that hold numbers, which are read out and compared."""
        return [column for column in self.columns if column["kind"] != "text"]

    @property
    def words(self) -> list[Mapping[str, Any]]:
        """The columns that hold texts."""
        return [column for column in self.columns if column["kind"] == "text"]


@dataclass(frozen=True, slots=True)
class CloseView:
    """The close record, and the six words to be read out."""

    at: datetime
    count: int
    index: int
    words: str
    clock: Mapping[str, Any]
    checkpoint: str


@dataclass(frozen=True, slots=True)
class Prices:
    """The second opening: its planned instant, who stays sealed, whose shares are in, and the lots with their sheets."""

    opens_at: datetime
    #: Bids that did not pass the technical review, with the reasons; None before that is recorded.
    sealed: Mapping[str, str] | None
    seats: Sequence[SeatView]
    lots: Sequence[LotView]
    opened_at: datetime | None

    @property
    def given(self) -> list[int]:
        """The seats whose shares of the price sheets are in."""
        return [seat.number for seat in self.seats if seat.given_at is not None]


@dataclass(frozen=True, slots=True)
class Hall:
    """All that the hall shows. ``close`` and what follows are None or empty until the close stands for good."""

    project: Project
    state: GateState
    opens_at: datetime
    panel: Panel
    close: CloseView | None
    seats: Sequence[SeatView]
    lots: Sequence[LotView]
    opened_at: datetime | None
    #: The second opening of a tender in two envelopes; None with one.
    prices: Prices | None
    #: Since when the opening is on hold; None while it is not.
    held_at: datetime | None
    corrections: Sequence[Extension]
    #: Of an opening that a laptop held without the server.
    offline: OfflineOpening | None

    @property
    def given(self) -> list[int]:
        """The seats whose shares of the public envelopes are in."""
        return [seat.number for seat in self.seats if seat.given_at is not None]


def hall(session: Session, uid: str) -> Hall:
    """The hall of a published project. Raises ``NotFound``."""
    project = tenders.notice(session, uid)
    gate = gate_of(session, project.id)
    if gate is None or project.log_id is None:
        raise NotFound
    panel = panel_of(project)
    book = session.get_one(Log, project.log_id)
    close = _close(session, book, gate)
    given = batches(session, project.id) if close else []
    found = opened(session, project.id) if close else []
    return Hall(
        project=project,
        state=gate.state,
        opens_at=project.opens_at or gate.closes_at,
        panel=panel,
        close=close,
        seats=_seats(panel, given, rules.FIRST),
        lots=_lots(session, project, found, rules.FIRST) if close else [],
        opened_at=min((sheet.opened_at for sheet in found), default=None),
        prices=_prices(session, project, panel, given) if found else None,
        held_at=gate.held_at,
        corrections=corrections(session, project.id),
        offline=session.scalar(
            select(OfflineOpening).where(
                OfflineOpening.project_id == project.id, OfflineOpening.stage == rules.FIRST
            )
        )
        if found
        else None,
    )


def _seats(panel: Panel, given: Sequence[ShareBatch], stage: int) -> list[SeatView]:
    came = {(batch.seat, batch.public): batch.received_at for batch in given if batch.stage == stage}
    return [
        SeatView(s.i, s.role, s.name, s.org, came.get((s.i, True)), came.get((s.i, False)))
        for s in panel.seats
    ]


def _prices(session: Session, project: Project, panel: Panel, given: Sequence[ShareBatch]) -> Prices | None:
    if project.prices_open_at is None:
        return None
    stage = stages(project.envelopes)[-1]
    found = priced(session, project)
    return Prices(
        opens_at=project.prices_open_at,
        sealed=stays_sealed(session, project),
        seats=_seats(panel, given, stage),
        lots=_lots(session, project, found, stage),
        opened_at=found[0].opened_at if found else None,
    )


def _close(session: Session, book: Log, gate: Gate) -> CloseView | None:
    told = submissions.told(gate.state, settled=gate.settled_at is not None, held=gate.held_at is not None)
    if not told or gate.close_index is None or gate.closed_at is None:
        return None
    text = session.scalar(select(Leaf.event).where(Leaf.log_id == book.id, Leaf.idx == gate.close_index))
    if text is None:
        return None
    event, size = loads(text), gate.close_index + 1
    head = Head(book.origin, size, ledger.root(session, book, size))
    words = six_words(head.origin, head.size, head.root)
    return CloseView(gate.closed_at, event["count"], gate.close_index, words, event["clock"], head.text)


@dataclass(frozen=True, slots=True)
class CloseWitnesses:
    """Who cosigned the log with its close in it, each with the time; and whether the words on paper stand in."""

    cosigned: Sequence[tuple[str, datetime]]
    on_paper: bool


def close_witnesses(session: Session, found: Hall) -> CloseWitnesses:
    """Who saw a hall's close, for its record. The close must be public."""
    assert found.close is not None  # noqa: S101 — asked of a closed hall only
    book = session.get_one(Log, found.project.log_id)
    notes = session.scalars(
        select(Leaf.event).where(
            Leaf.log_id == book.id, Leaf.type == EventType.NOTE.value, Leaf.idx > found.close.index
        )
    )
    on_paper = any(loads(event)["kind"] == NO_WITNESS for event in notes)
    return CloseWitnesses(ledger.cosigners(session, book, covers=found.close.index), on_paper)


def _lots(session: Session, project: Project, found: Sequence[Sheet], stage: int) -> list[LotView]:
    failed = failed_lots(session, project)
    return [
        LotView(
            lot.code,
            lot.name,
            lot.ceiling_fen,
            lot.code in failed,
            tenders.sheet_columns(project, lot, stage),
            [sheet for sheet in found if sheet.lot_code == lot.code],
            lot.floor_fen,
        )
        for lot in project.lots
    ]
