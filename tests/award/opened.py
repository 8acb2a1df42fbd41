"""Projects whose sheets are open, written straight into the tables: what awards and reports begin from.

Tests that seal, close and open for real stand with submissions and opening; here only what comes after matters.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bidding.announcements.contents import OfLot, announcement_text
from bidding.announcements.models import Announcement
from bidding.announcements.rules import Candidate, Kind, Said, State
from bidding.core.canonical import dumps, sha
from bidding.core.clock import unix
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.opening.models import OpenedEnvelope
from bidding.submissions.models import Bid, Gate
from bidding.submissions.rules import BidState, GateState
from bidding.tenders.models import Family, Lot, Method, PriceForm, Project, Stage
from bidding.tenders.queries import local_day
from tests.ledger.logs import panel_event, schedule_event

WAN = 10_000 * 100
_CODES = {"li": "91539921MA6KQ7X3A", "zhao": "91539921MA6KQ7X4B", "he": "91539921MA6KQ7X5C"}
_PRICE_KEY = {PriceForm.AMOUNT: "price_fen", PriceForm.RATE: "rate_ppm", PriceForm.UNIT: "unit_price_fen"}


@dataclass
class Given:
    """A project as a test wants it. ``offers``: per lot, what each tenderer's sheet says the price is."""

    uid: str = "p1"
    code: str = "T-2026-001"
    title: str = "排水管网改造工程施工"
    family: Family = Family.WORKS
    method: Method = Method.OPEN_TENDER
    owner: str = "明川县城市更新中心"
    form: PriceForm = PriceForm.AMOUNT
    budget: int = 1320 * WAN
    ceiling: int | None = 1286 * WAN
    lots: tuple[str, ...] = ("1",)
    prices: tuple[int, ...] = (1200 * WAN, 1210 * WAN, 1190 * WAN)
    failed: tuple[str, ...] = ()
    opened: bool = True
    #: Who stood published as a candidate in each lot until yesterday, the first first, where the law wants that.
    candidates: tuple[str, ...] = ("li", "zhao", "he")


def bid_uid(given: Given, lot: str, login: str) -> str:
    """The uid of a tenderer's bid in a lot."""
    return sha("bid", f"{given.uid}/{lot}/{login}").hex()[:32]


def tendered(tx, cast, keys, given: Given) -> None:
    """Write it down: published two weeks ago, closed an hour ago, and opened just now unless said otherwise."""
    published = tx.now - timedelta(days=21)
    closes = tx.now - timedelta(hours=1)
    log = ledger.open_log(tx, given.code, keys)
    ledger.append(tx, log, panel_event("unused", code=given.code))
    ledger.append(tx, log, schedule_event(unix(closes), code=given.code, at=unix(published)))
    project = Project(
        uid=given.uid,
        code=given.code,
        title=given.title,
        family=given.family,
        subject="construction",
        trade="A02",
        method=given.method,
        agency_id=cast.zhou.organisation_id,
        owner_name=given.owner,
        stage=Stage.PUBLISHED,
        closes_at=closes,
        opens_at=closes,
        created_at=published,
        prepared_by_id=cast.zhou.id,
        published_at=published,
        published_by_id=cast.wu.id,
        log_id=log.id,
        min_bids=3 if given.failed else 1,  # most tests of results open one or two sheets
        lots=[
            Lot(
                code=code,
                name=f"标段{code}",
                price_form=given.form,
                budget_fen=given.budget,
                ceiling_fen=given.ceiling,
            )
            for code in given.lots
        ],
    )
    tx.session.add(project)
    tx.session.flush()
    state = GateState.OPENED if given.opened else GateState.CLOSED
    tx.session.add(
        Gate(project_id=project.id, state=state, closes_at=closes, closed_at=closes, settled_at=closes)
    )
    for code in given.failed:
        ledger.record(tx, log, EventType.FAILED, lot=code, reason="不足三家")
    if given.opened:
        _open(tx, cast, log, project, given)
        if given.candidates and given.family is Family.WORKS:
            _publicise(tx, cast, project, given)


def _open(tx, cast, log, project, given) -> None:
    place = 0
    for lot in project.lots:
        if lot.code in given.failed:
            continue
        for login, price in zip(_CODES, given.prices, strict=False):
            place += 1
            bid = _bid(tx, cast, log, project, lot, login, bid_uid(given, lot.code, login))
            sheet = dumps(
                {
                    "v": 1,
                    "tenderer": {"name": bid.organisation.name, "uscc": bid.organisation.uscc},
                    "fields": {_PRICE_KEY[given.form]: price},
                }
            )
            tx.session.add(
                OpenedEnvelope(
                    project_id=project.id,
                    bid_id=bid.id,
                    envelope="offer",
                    stage=1,
                    place=place,
                    sheet=sheet.decode(),
                    sha256=sha(sheet).hex(),
                    opened_at=tx.now,
                )
            )
    tx.session.flush()


def _publicise(tx, cast, project, given) -> None:
    told = tx.now - timedelta(days=4)
    for lot in project.lots:
        if lot.code in given.failed:
            continue
        row = Announcement(
            uid=bid_uid(given, lot.code, "candidates")[:24],
            kind=Kind.CANDIDATES,
            agency_id=project.agency_id,
            lot_id=lot.id,
            state=State.PUBLISHED,
            created_at=told,
            submitted_at=told,
            submitted_by_id=cast.zhou.id,
            published_at=told,
            published_by_id=cast.wu.id,
            ends_on=local_day(tx.now) - timedelta(days=1),
        )
        row.said = Said(
            title=f"{project.title} {lot.name}",
            candidates=tuple(
                Candidate(bid_uid(given, lot.code, login), login, _CODES[login], 1, "", None, "", "")
                for login in given.candidates[: len(given.prices)]
            ),
        )
        of = OfLot(project.code, project.uid, project.family.value, project.method.value, lot.code, lot.name)
        text = dumps(
            announcement_text(
                row.kind,
                row.said,
                uid=row.uid,
                agency=("x", "y"),
                at=told,
                publicity=None,
                of=of,
            )
        )
        row.notice, row.sha256 = text.decode(), sha(text).hex()
        tx.session.add(row)
    tx.session.flush()


def _bid(tx, cast, log, project, lot, login, uid) -> Bid:
    leaf = ledger.append(tx, log, {"v": 1, "type": "cover"})
    bid = Bid(
        uid=uid,
        reference=f"R-{uid[:10]}",
        project_id=project.id,
        lot_id=lot.id,
        organisation_id=cast[login].organisation_id,
        account_id=cast[login].id,
        idempotency_key=uid,
        manifest="{}",
        sig="",
        received_at=tx.now - timedelta(hours=2),
        leaf_id=leaf.id,
        state=BidState.EFFECTIVE,
    )
    tx.session.add(bid)
    tx.session.flush()
    return bid
