"""One rehearsal: a centre with one tender ten minutes before its deadline, in a folder, database and logs of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask

from bidding import create_app
from bidding.core.clock import SHANGHAI, Clock, ShiftedClock
from bidding.db import db
from bidding.db.schema import migrate
from bidding.opening import queries as openings
from bidding.opening.sitting import presentation, rules
from bidding.opening.sitting import service as hall
from bidding.opening.sitting.presentation import Board
from bidding.opening.sitting.rules import Step
from bidding.scheduling import clockwork
from bidding.scheduling.clockwork import Rhythm
from bidding.story import papers
from bidding.story.cast import tenderer
from bidding.story.centre import Centre
from bidding.story.demo import BUSES, CATERING, MEALS, VEHICLES
from bidding.story.play import FACTS, LOT, WAN, Tender, Told
from bidding.tenders.kinds import Family, Method
from bidding.tenders.methods import preset
from bidding.tenders.rules import LotFacts, ProjectFacts
from bidding.wiring.work import jobs

MARK = "【演练】"
WATERMARK = "演练 · 不具任何效力 REHEARSAL"
#: Who bids; the last of the cast is left to whoever practises bidding.
BIDDERS, CAST = 3, 4
#: The same weekday as the notice, and more than any law's period.
NOTICE = timedelta(days=28)
#: How long before the deadline it begins.
LEFT = timedelta(minutes=10)
_COSIGN = timedelta(seconds=2)
_MEGA = 10**6

#: What can be practised: the switches of the tender, and its lot.
KINDS: dict[Family, tuple[ProjectFacts, LotFacts]] = {
    Family.WORKS: (FACTS, LOT),
    Family.PROCUREMENT: (
        replace(
            FACTS,
            title="明川县智慧教室设备采购",
            family=Family.PROCUREMENT,
            method=Method.OPEN_TENDER,
            subject="goods",
            trade="",
            summary="交互式智慧黑板 86 套及配套。",
            qualification="符合政府采购法第二十二条。",
        ),
        LotFacts(name="智慧黑板", budget_fen=260 * WAN, ceiling_fen=258 * WAN),
    ),
    Family.PROPERTY: (VEHICLES, BUSES),
    Family.LOCAL: (CATERING, MEALS),
}


@dataclass(slots=True)
class Rehearsal:
    """A world that is being played; ``scheduler`` is its own clockwork, None where a test ticks by hand."""

    app: Flask
    centre: Centre
    tender: Tender
    scheduler: BackgroundScheduler | None

    def board(self) -> Board:
        """The hall as everybody sees it now."""
        session = db.session()
        found = presentation.board(session, openings.hall(session, self.tender.uid), self.centre.clock.now())
        session.rollback()
        return found

    def to_the_deadline(self) -> None:
        """Let time go by until the box is closed and cosigned; nothing where it is already."""
        if self.centre.clock.now() < self.tender.closes_at:
            self.centre.clock.set(self.tender.closes_at)
        self._settle()

    def _settle(self) -> None:
        for _ in range(3):
            self.centre.wait(timedelta(seconds=2))
        self.centre.cosign()

    def act(self) -> None:
        """Do what the present step needs, on behalf of whose turn it is; what somebody has done already stays."""
        shown = self.board()
        if shown.step is Step.SIGN_IN:
            for number in (1, 2):
                with self.centre.act(f"t{number}") as tx:
                    hall.sign_in(tx, self.tender.uid, person=tenderer(number)[1].name, acknowledged=True)
        elif shown.step is Step.CLOSE:
            self.to_the_deadline()
        elif shown.step is Step.LIST:
            with self.centre.act("zhou") as tx:
                hall.publish_list(tx, self.tender.uid)
        elif shown.step is Step.OPEN:
            self._open(shown)
        elif shown.step is Step.READ:
            with self.centre.act("zhou") as tx:
                hall.read_next(tx, self.tender.uid, shown.sitting.read + 1)
        elif shown.step is Step.LINES:
            self._confirm(shown)
        elif shown.step is Step.OBJECTIONS:
            self._record(shown)
        elif shown.step is Step.SIGN:
            self._sign(shown)
        self.centre.tick()
        self.centre.cosign()

    def _open(self, shown: Board) -> None:
        """Bring the shares of as many trustees as it still takes."""
        given = set(shown.hall.given)
        missing = [seat for seat in shown.hall.seats if seat.number not in given]
        for seat in missing[: shown.hall.panel.k - len(given)]:
            self.tender.bring(seat.name)
            self.centre.tick()
            self.centre.cosign()

    def _confirm(self, shown: Board) -> None:
        for row in shown.rows:
            uid = row.sheet.bid_uid
            guest = next(guest for guest in shown.sitting.guests if uid in guest.bids)
            if guest.attendance is not None and uid not in shown.sitting.lines:
                with self.centre.act(self._login(guest.organisation.uid)) as tx:
                    hall.confirm_line(tx, self.tender.uid, uid)
        with self.centre.act("zhou") as tx:
            hall.close_lines(tx, self.tender.uid)

    def _record(self, shown: Board) -> None:
        for each in shown.sitting.unanswered:
            with self.centre.act("zhou") as tx:
                hall.answer(tx, self.tender.uid, each.id, "（演练答复）已当场核对并说明。")
        with self.centre.act("zhou") as tx:
            hall.close_record(tx, self.tender.uid)

    def _sign(self, shown: Board) -> None:
        sitting = shown.sitting.sitting
        assert sitting is not None  # noqa: S101 — there is a record to sign
        assert sitting.record_sha256 is not None  # noqa: S101
        here = [self._login(guest.organisation.uid) for guest in shown.sitting.guests if guest.attendance]
        for login in ("zhou", "sun", "wang", *here):
            with suppress(rules.SignedAlready), self.centre.act(login) as tx:
                hall.sign_record(tx, self.tender.uid, name=tx.actor.name, sha256=sitting.record_sha256)
        with self.centre.act("zhou") as tx:
            hall.end(tx, self.tender.uid)

    def _login(self, unit: str) -> str:
        """The account of a tenderer of the cast, by its organisation."""
        return next(key for key, uid in self.centre.units.items() if uid == unit)

    def close(self) -> None:
        """Stop the clockwork and let go of the files."""
        if self.scheduler is not None:
            self.scheduler.shutdown()
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()


def build(
    folder: Path, family: Family, *, name: str, base: Clock, equip: Callable[[Flask], None], runs: bool = True
) -> Rehearsal:
    """A fresh world in an empty folder, ten minutes before its deadline.

    ``equip`` gives the app the pages that only a rehearsal has. Its day lies before today, so that a trustee's own clock is never behind it. ``runs``: its clockwork ticks.
    """
    shutil.rmtree(folder, ignore_errors=True)
    clock = ShiftedClock(base)
    app = create_app(_settings(folder, name), clock=clock)
    equip(app)
    with app.app_context():
        migrate(db.engine)
        closes_at = _deadline(base.now())
        clock.set(closes_at - NOTICE)
        centre = Centre(app, clock, folder / "people")
        centre.found()
        centre.register(range(1, CAST + 1), papers.licence(centre=name, issued_at=clock.now()))
        facts, lot = KINDS[family]
        tender = Tender(
            centre, folder / "tender", Told(), facts=replace(facts, title=MARK + facts.title), lot=lot
        )
        tender.publish(notice=NOTICE)
        centre.wait(tender.closes_at - timedelta(hours=2))
        for uid, key in zip(centre.trustee_uids, centre.trustees.values(), strict=True):
            centre.drill(uid, key)
        step = 1 if preset(facts.family, facts.method).sells else -1
        for number in range(1, BIDDERS + 1):
            price = (lot.ceiling_fen or lot.budget_fen or WAN) * (100 + step * number) // 100
            tender.submit(
                number, tender.seal(number, [tender.folder / papers.document_name(facts)], price_fen=price)
            )
            centre.wait(timedelta(minutes=10))
        centre.wait(tender.closes_at - LEFT)
        centre.cosign()
        db.session.remove()
    made = app.extensions["rehearsal"] = Rehearsal(app, centre, tender, None)
    if runs:
        made.scheduler = clockwork.start(jobs(app), rhythms=pace(made))
    return made


def pace(made: Rehearsal) -> list[Rhythm]:
    """What goes on beside the clockwork: the witness, and no heartbeat.

    A heartbeat would take the leap to the deadline for a clock that was set, and the opening would be held.
    """
    return [Rhythm("witness", _COSIGN, partial(_cosign, made))]


def _cosign(made: Rehearsal) -> None:
    made.centre.cosign()


def _deadline(now: datetime) -> datetime:
    """14:30 on the last weekday before today."""
    local = now.astimezone(SHANGHAI).replace(hour=14, minute=30, second=0, microsecond=0) - timedelta(days=1)
    while local.weekday() > 4:
        local -= timedelta(days=1)
    return local.astimezone(now.tzinfo)


def _settings(folder: Path, name: str) -> dict[str, object]:
    """Nothing of the real centre's but its name: no database, no key, no way out, little room."""
    return {
        "INSTANCE": str(folder),
        "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'rehearsal.db'}",
        "KEYS": str(folder / "keys"),
        "CENTRE_NAME": f"{name}（演练）",
        "WATERMARK": WATERMARK,
        "LOG_HOST": "rehearsal.invalid",
        "SMTP_HOST": "",
        "SMS_URL": "",
        "PUBLIC_URL": "",
        "OCID_PREFIX": "ocds-000000",
        "REHEARSAL_URL": "",
        "SECOND_FACTOR_DAYS": 0,
        "SESSION_IDLE_MINUTES": 24 * 60,
        "SESSION_HOURS": 48,
        "DISK_RESERVE": 0,
        "MAX_FILE": 20 * _MEGA,
        "MAX_BID": 40 * _MEGA,
        "MAX_UPLOADS": 80 * _MEGA,
        "SIGN_IN_COOKIE": "sunlit-rehearsal",
        "DEVICE_COOKIE": "sunlit-rehearsal-device",
        "SESSION_COOKIE_NAME": "sunlit-rehearsal-form",
    }
