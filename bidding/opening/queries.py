"""Reading an opening. Before the close nothing here says so much as how many bid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, select
from sqlalchemy.orm import Session, selectinload

from bidding.core.actor import Actor, Role
from bidding.core.canonical import loads
from bidding.core.errors import NotFound
from bidding.identity.models import Organisation
from bidding.ledger import queries as ledger
from bidding.ledger.events import EventType
from bidding.ledger.models import Leaf, Log
from bidding.ledger.note import Head
from bidding.ledger.words import six_words
from bidding.opening import rules
from bidding.opening.afterwards import FAILED
from bidding.opening.models import LotDecision, OpenedEnvelope, ShareBatch
from bidding.opening.offline.models import OfflineOpening
from bidding.opening.record import NO_WITNESS
from bidding.opening.review import REVIEW
from bidding.outages.models import Extension
from bidding.outages.queries import corrections
from bidding.sealing.panel import Panel
from bidding.submissions import rules as submissions
from bidding.submissions.models import Bid, Gate
from bidding.submissions.queries import gate as gate_of
from bidding.submissions.queries import panel_of
from bidding.submissions.rules import GateState
from bidding.tenders import queries as tenders
from bidding.tenders.kinds import Stage
from bidding.tenders.models import Lot, Project
from bidding.tenders.rules import stages


@dataclass(frozen=True, slots=True)
class Sheet:
    """An opened sheet as the hall reads it out; without fields where the envelope could not be opened."""

    stage: int
    place: int
    lot_code: str
    bid_uid: str
    tenderer_name: str
    tenderer_uscc: str
    fields: Mapping[str, Any]
    sha256: str | None
    verdict: str | None
    evidence: Mapping[str, Any]
    received_at: datetime
    opened_at: datetime
    #: Typed by two persons from a bag, not decrypted.
    on_paper: bool = False
    #: By what it was opened after the others, ``key`` or ``shares``, and when.
    late_by: str | None = None
    late_at: datetime | None = None


def batches(session: Session, project_id: int) -> Sequence[ShareBatch]:
    """Every batch that was taken, as they came."""
    return session.scalars(
        select(ShareBatch).where(ShareBatch.project_id == project_id).order_by(ShareBatch.id)
    ).all()


def opened(session: Session, project_id: int, stage: int = rules.FIRST) -> list[Sheet]:
    """Every public envelope of a stage that was opened, in order of receipt; empty before the opening."""
    return [sheet for sheet in _opened(session, project_id) if sheet.stage == stage]


def priced(session: Session, project: Project) -> list[Sheet]:
    """Every envelope with a price that was opened, in order of receipt; empty before that opening."""
    return opened(session, project.id, stages(project.envelopes)[-1])


def sheets(session: Session, project: Project) -> list[Sheet]:
    """Those with a price whose sheet could be read."""
    return [sheet for sheet in priced(session, project) if sheet.verdict is None]


def place_of(session: Session, bid_uid: str) -> int | None:
    """Where a bid's sheet stands among those opened, in the order of receipt; None before the opening."""
    return session.scalar(
        select(OpenedEnvelope.place)
        .join(Bid, Bid.id == OpenedEnvelope.bid_id)
        .where(Bid.uid == bid_uid)
        .order_by(OpenedEnvelope.stage)
        .limit(1)
    )


#: Columns and no objects: a hall of a thousand rows is shown to everybody at the same moment.
_OPENED = (
    select(
        OpenedEnvelope.stage,
        OpenedEnvelope.place,
        OpenedEnvelope.sheet,
        OpenedEnvelope.sha256,
        OpenedEnvelope.verdict,
        OpenedEnvelope.evidence,
        OpenedEnvelope.opened_at,
        OpenedEnvelope.late_by,
        OpenedEnvelope.late_at,
        Bid.uid,
        Bid.received_at,
        Bid.on_paper,
        Lot.code,
        Organisation.name,
        Organisation.uscc,
    )
    .join(Bid, Bid.id == OpenedEnvelope.bid_id)
    .join(Lot, Lot.id == Bid.lot_id)
    .join(Organisation, Organisation.id == Bid.organisation_id)
    .where(OpenedEnvelope.project_id == bindparam("project"))
    .order_by(OpenedEnvelope.stage, OpenedEnvelope.place, OpenedEnvelope.id)
)


def _opened(session: Session, project_id: int) -> Iterator[Sheet]:
    for row in session.execute(_OPENED, {"project": project_id}):
        (stage, place, sheet, sha256, verdict, evidence, opened_at, late_by, late_at, *bid) = row
        uid, received_at, on_paper, lot, name, uscc = bid
        said = loads(sheet) if sheet is not None else None
        tenderer = said["tenderer"] if said else {}
        yield Sheet(
            stage=stage,
            place=place,
            lot_code=lot,
            bid_uid=uid,
            tenderer_name=tenderer.get("name") or name,
            tenderer_uscc=tenderer.get("uscc") or uscc,
            fields=said["fields"] if said else {},
            sha256=sha256,
            verdict=verdict,
            evidence=loads(evidence) if evidence else {},
            received_at=received_at,
            opened_at=opened_at,
            on_paper=on_paper,
            late_by=late_by,
            late_at=late_at,
        )


def stays_sealed(session: Session, project: Project) -> dict[str, str] | None:
    """Bids that did not pass what was opened first, with the reasons, as the log says; None before it says so."""
    notes = session.scalars(
        select(Leaf.event)
        .where(Leaf.log_id == project.log_id, Leaf.type == EventType.NOTE.value)
        .order_by(Leaf.idx.desc())
    )
    for event in map(loads, notes):
        if event["kind"] == REVIEW:
            return {item["bid"]: item["reason"] for item in event["data"]["sealed"]}
    return None


def nobody_passed(session: Session, project: Project) -> bool:
    """Whether the first of two envelopes was opened and everybody failed: then no price is ever opened."""
    sealed = stays_sealed(session, project)
    return sealed is not None and {sheet.bid_uid for sheet in opened(session, project.id)} <= sealed.keys()


def is_later_to_come() -> ColumnElement[bool]:
    """Of a project: it has a second envelope, and that is not open."""
    later = exists().where(OpenedEnvelope.project_id == Project.id, OpenedEnvelope.stage > rules.FIRST)
    return and_(Project.prices_open_at.is_not(None), ~later)


# What waits ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Box:
    """A closed box whose hour has come: how many trustees' shares it needs, and how many are in."""

    project: Project
    needed: int
    given: int
    #: Whether it is the second of two envelopes.
    prices: bool = False


def to_open(session: Session, actor: Actor, now: datetime) -> list[Box]:
    """Boxes that only lack trustees, by their hour: a supervisor's are all, an agency's its own; nobody else's any."""
    if not actor.roles & {Role.SUPERVISOR, Role.AGENCY}:
        return []
    statement = (
        select(Project)
        .join(Gate, Gate.project_id == Project.id)
        .where(Gate.state.in_((GateState.CLOSED, GateState.OPENING)), Project.stage == Stage.PUBLISHED)
        .where(Gate.settled_at.is_not(None), Gate.held_at.is_(None))
        .where(func.coalesce(Project.opens_at, Gate.closes_at) <= now)
        .options(selectinload(Project.lots))
        .order_by(Gate.closes_at)
    )
    if Role.SUPERVISOR not in actor.roles:
        statement = statement.where(Project.agency_id == actor.organisation_id)
    found = []
    for project in session.scalars(statement):
        given = sum(
            1 for batch in batches(session, project.id) if batch.public and batch.stage == rules.FIRST
        )
        panel = panel_of(project)
        if given < panel.k and failed_lots(session, project) != {lot.code for lot in project.lots}:
            found.append(Box(project, panel.k, given))
    return found + [
        Box(project, panel_of(project).k, _given(session, project, later), prices=True)
        for project in between(session, actor, now)
        if stays_sealed(session, project) is not None and not nobody_passed(session, project)
        for later in stages(project.envelopes)[-1:]
    ]


def _given(session: Session, project: Project, stage: int) -> int:
    return sum(1 for batch in batches(session, project.id) if batch.public and batch.stage == stage)


def between(session: Session, actor: Actor, now: datetime | None) -> Sequence[Project]:
    """Tenders of which the first envelope is open and the second is not, as ``to_open`` tells them apart.

    With ``now`` only those whose second hour has come.
    """
    statement = (
        select(Project)
        .join(Gate, Gate.project_id == Project.id)
        .where(Gate.state == GateState.OPENED, Gate.held_at.is_(None), Project.stage == Stage.PUBLISHED)
        .where(is_later_to_come())
        .order_by(Project.prices_open_at)
    )
    if now is not None:
        statement = statement.where(Project.prices_open_at <= now)
    if Role.SUPERVISOR not in actor.roles:
        statement = statement.where(Project.agency_id == actor.organisation_id)
    return session.scalars(statement).all()


def failed_lots(session: Session, project: Project) -> set[str]:
    """The codes of the lots that had too few bids and were not opened; none before the close."""
    events = session.scalars(
        select(Leaf.event).where(Leaf.log_id == project.log_id, Leaf.type == EventType.FAILED.value)
    )
    return {loads(event)["lot"] for event in events}


def failed_after(session: Session, project_id: int) -> set[str]:
    """The codes of the lots that were opened and failed, because too few of their sheets could be read."""
    return set(
        session.scalars(
            select(Lot.code)
            .join(LotDecision, LotDecision.lot_id == Lot.id)
            .where(LotDecision.project_id == project_id, LotDecision.decision == FAILED)
        )
    )


# The hall --------------------------------------------------------------------------------------------------------


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
