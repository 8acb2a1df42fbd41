"""The whole job, from an empty instance to the report, and what it leaves behind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

from flask import Flask, url_for
from sqlalchemy import select

from bidding import create_app
from bidding.core.canonical import loads
from bidding.core.clock import FakeClock, Movable
from bidding.db import db
from bidding.db.schema import migrate
from bidding.documents import pdf
from bidding.experts import queries as experts
from bidding.experts.models import Draw
from bidding.opendata.rules import ocid
from bidding.opening import presentation as hall
from bidding.opening import queries as opening
from bidding.opening import service as openings
from bidding.opening.sitting import presentation as halls
from bidding.reporting import exports, workbook
from bidding.reporting import queries as reporting
from bidding.reporting.rules import Wanted
from bidding.sealing.package import PackageTruncated
from bidding.story import files, papers
from bidding.story.centre import Centre
from bidding.story.experts import ExpertDraw, fill_pool, pool_list
from bidding.story.play import WAN, Tender, Told, expect
from bidding.story.sitting import HallSitting
from bidding.submissions.rules import TooLate
from bidding.tenders import queries as tenders
from bidding.verification.receipts import ReceiptFile
from bidding.verification.verify import Asked, verify
from bidding.wiring import published_texts

#: A Tuesday morning in Shanghai.
BEGINS = datetime(2026, 9, 1, 1, tzinfo=UTC)
#: Who replaces, withdraws, sends rubbish first; the last one is late.
REPLACES, WITHDRAWS, MALFORMED = 1, 2, 3
FEWEST = 6
_PRICE = 1_180 * WAN


@contextmanager
def instance(folder: Path, clock: FakeClock) -> Iterator[Flask]:
    """A fresh instance on disk, with the schema a server would have."""
    app = create_app({"INSTANCE": str(folder), "CENTRE_NAME": "明川县政务服务中心"}, clock=clock)
    with app.app_context():
        migrate(db.engine)
        yield app
        db.session.remove()
        db.engine.dispose()


class Story:
    """The tender of the story with ``tenderers`` bidders, played in a centre."""

    def __init__(self, centre: Centre, out: Path, tenderers: int) -> None:
        self.centre = centre
        self.out = out
        self.count = tenderers
        self.told = Told()
        self.tender = Tender(centre, out / "packages", self.told)
        self.sitting: HallSitting | None = None
        self.draw: ExpertDraw | None = None
        self.winner = ""

    def play(self) -> None:
        """Every act in its order."""
        told, tender = self.told, self.tender
        with told.act("publish"):
            tender.publish(in_rooms=True)
            tender.keep_the_room_longer()
        self._bid()
        sitting = self.sitting = HallSitting(tender)
        with told.act("sign in, close"):
            self.centre.wait(tender.closes_at - timedelta(minutes=20))
            sitting.sign_in()
            tender.close()
        self._late()
        with told.act("open by 3 of 5 trustees"):
            sitting.list()
            tender.open(["reform", "finance", "notary"])
        with told.act("sitting: read, confirm, object, sign"):
            sitting.read()
            sitting.object()
            sitting.sign()
        with told.act("draw, one party silent"):
            self._draw()
        with told.act("award"):
            assert self.draw is not None  # noqa: S101 — drawn just before
            self.draw.release()
            self.centre.wait(timedelta(days=2))
            self.winner = tender.award()
            self.draw.publish()
            self.centre.tick()
            self.centre.cosign()

    def _bid(self) -> None:
        centre, tender = self.centre, self.tender
        attachment = files.archive(self.out / "technical.tar")
        centre.wait(timedelta(days=20))
        centre.cosign()
        with self.told.act(f"{self.count - 1} bids, one replaced, one withdrawn, one malformed"):
            for number in range(1, self.count):
                sealed = tender.seal(number, [attachment], price_fen=_PRICE + number * 1_234_567)
                if number == MALFORMED:
                    half = sealed.package.read_bytes()[: sealed.size // 2]
                    tender.refused(number, half, PackageTruncated, "half a package")
                tender.submit(number, sealed)
                sealed.package.unlink()
                centre.wait(timedelta(minutes=7))
            tender.submit(
                REPLACES,
                tender.seal(REPLACES, [attachment], price_fen=_PRICE, replaces=tender.bids[REPLACES]),
            )
            tender.withdraw(WITHDRAWS)
            self._packaged = tender.seal(self.count, [attachment], price_fen=_PRICE)
        centre.cosign()

    def _late(self) -> None:
        late = self._packaged
        self.tender.refused(self.count, late.package.read_bytes(), TooLate, "too late")

    def _draw(self) -> None:
        fill_pool(self.centre, pool_list(self.out / "experts.csv", 90))
        self.draw = ExpertDraw(self.centre, self.tender.uid)
        self.draw.order()
        self.draw.contribute(silent="centre")
        self.draw.call()

    # What it leaves ----------------------------------------------------------------------------------------------

    def leave(self) -> None:
        """Write cosigned receipts, papers, report and bundle."""
        receipts = self.out / "receipts"
        receipts.mkdir(exist_ok=True)
        for number in self.tender.received:
            proof = self.tender.receipt(number, witnessed=True)
            (receipts / f"t{number}.tlog-proof").write_text(proof, "utf-8")
        session = db.session()
        project = tenders.notice(session, self.tender.uid)
        target = BytesIO()
        openings.write_opening(
            session,
            project,
            self.centre.sealed,
            target,
            experts.names_bytes(session, project),
            published_texts(session, project),
        )
        self._write("opening.zip", target.getvalue())
        view = opening.hall(session, self.tender.uid)
        draw = session.scalars(select(Draw).where(Draw.project_id == project.id)).one()
        centre = self.centre.app.config["CENTRE_NAME"]
        with self.centre.app.test_request_context():
            hall_at = url_for("opening.hall", uid=self.tender.uid, _external=True)
            draw_at = url_for("experts.draw", uid=draw.uid, _external=True)
        record = hall.record_sheet(
            view,
            centre=centre,
            address=hall_at,
            witnesses=opening.close_witnesses(session, view),
            sitting=halls.paper(halls.board(session, view, self.centre.clock.now())),
        )
        self._write("opening-record.pdf", pdf.render("opening-record", record))
        sheet = experts.record_sheet(
            session, draw, names=True, centre=centre, address=draw_at, printed_at=self.centre.clock.now()
        )
        self._write("draw-record.pdf", pdf.render("draw-record", sheet))
        at = self.centre.clock.now()
        book = BytesIO()
        workbook.to_xlsx(session, Wanted(), book, at=at)
        self._write("savings.xlsx", book.getvalue())
        self._write("savings.json", exports.to_json(session, Wanted(), at=at))
        process = ocid(self.centre.app.config["OCID_PREFIX"], project.code)
        session.rollback()
        for name in ("releases.json", "record.json"):
            self._write(name, self.centre.app.test_client().get(f"/opendata/processes/{process}/{name}").data)

    def _write(self, name: str, data: bytes) -> None:
        (self.out / name).write_bytes(data)

    # Whether all is right ----------------------------------------------------------------------------------------

    def check(self) -> None:
        """Hold what was left against what was played. Raises ``Wrong``."""
        session = db.session()
        project = tenders.notice(session, self.tender.uid)
        sheets = opening.opened(session, project.id)
        total = reporting.report(session, Wanted()).total
        session.rollback()
        expect("opened sheets", len(sheets), self.count - 2)
        expect("verdicts", [sheet.verdict for sheet in sheets if sheet.verdict], [])
        expect("receipts", len(self.tender.received), self.count - 2)
        assert self.sitting is not None  # noqa: S101 — held in the play
        self.sitting.check()
        lowest = min(sheet.fields["price_fen"] for sheet in sheets)
        expect("the replaced price counts", lowest, _PRICE)
        expect("saved", total.saved_fen, 1286_4000 * 100 - lowest)
        saved = loads((self.out / "savings.json").read_bytes())
        expect("the report's items", len(saved["items"]), 1)
        receipts = [
            ReceiptFile(path.name, path.read_text("utf-8"))
            for path in sorted((self.out / "receipts").glob("*.tlog-proof"))
        ]
        report = verify(self.out / "opening.zip", Asked(receipts, panel=project.panel_hash))
        expect("bidding verify", [finding.to_json() for finding in report.refusals], [])
        cosigned = [finding.code for finding in report.findings if finding.code.startswith("receipt")]
        expect("receipts with a quorum", cosigned, ["receipt"] * len(receipts))
        expect("sheets decrypted by bidding verify", len(report.sheets), self.count - 2)
        expect("draws replayed by bidding verify", len(report.draws), 1)


def begin(folder: Path, app: Flask, clock: Movable, tenderers: int) -> Centre:
    """A founded centre with so many approved tenderers."""
    centre = Centre(app, clock, folder)
    centre.found()
    licence = papers.licence(centre=app.config["CENTRE_NAME"], issued_at=clock.now())
    centre.register(range(1, tenderers + 1), licence)
    return centre
