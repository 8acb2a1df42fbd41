"""One tender from the notice to the report, played through the services and clients that people use.

Nothing is canned: the files are real, the packages are sealed by the tenderers' client, the shares made by the
trustees' client, and what the story leaves behind is checked by the verifier that anybody would use.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from bidding.announcements import service as announcements
from bidding.announcements.rules import Said, over_at
from bidding.award import queries as award_queries
from bidding.award import service as awards
from bidding.candidates import service as candidates
from bidding.candidates.service import Recommended
from bidding.core.clock import SHANGHAI
from bidding.core.errors import DomainError
from bidding.db import db
from bidding.db.uow import Tx
from bidding.opening import queries as opening_queries
from bidding.opening import service as opening
from bidding.opening.client import open_package
from bidding.rooms import queries as room_queries
from bidding.rooms import service as rooms
from bidding.rooms.rules import Purpose, Span, for_opening
from bidding.rooms.service import Want
from bidding.sealing.client import Sealed, seal, withdraw
from bidding.sealing.offer import parse_tender
from bidding.story import papers
from bidding.story.cast import EVALUATION_ROOM, OPENING_ROOM, tenderer
from bidding.story.centre import Centre
from bidding.story.window import accept, desk_of
from bidding.submissions import queries as submission_queries
from bidding.submissions import reception
from bidding.tenders import bookings
from bidding.tenders import queries as tender_queries
from bidding.tenders import service as tenders
from bidding.tenders.kinds import Envelopes, Evaluation, Family, Method, Reserved, SecurityForm
from bidding.tenders.models import Project
from bidding.tenders.rules import (
    LotFacts,
    LotTerms,
    ProjectFacts,
    Qualification,
    RequirementFacts,
    Scoring,
    starting_tables,
)

_CHUNK = 1 << 20
#: How long the notice stands: more than the law's twenty days.
NOTICE = timedelta(days=24)
#: From the technical opening to that of the prices, where a tender has two.
BETWEEN = timedelta(days=2)
WAN = 10_000 * 100

FACTS = ProjectFacts(
    title="城南片区老旧小区排水管网改造工程施工",
    family=Family.WORKS,
    method=Method.OPEN_TENDER,
    subject="construction",
    owner_name="明川县城市更新中心",
    owner_address="明川县滨河路 18 号",
    owner_contact="吴科长 0000-7654321",
    agency_address="明川县建设路 6 号三楼",
    approval="明川发改审〔2026〕87 号",
    policies="促进中小企业发展；节约能源、保护环境；支持监狱企业和残疾人就业。",
    media="中国招标投标公共服务平台、本中心网站",
    trade="A02",
    summary="新建雨水、污水管道 6.8 公里，改造检查井 412 座，恢复路面 2.1 万平方米。",
    contact="周经办",
    phone="0000-1234567",
    place="明川县城南片区",
    funding="县级财政资金，已落实",
    term="165 日历天",
    qualification="市政公用工程施工总承包三级及以上资质，安全生产许可证有效。",
    award_method="综合评估法，评分标准见招标文件第三章。",
)
LOT = LotFacts(
    name="雨污分流主干管", budget_fen=1320 * WAN, ceiling_fen=1286_4000 * 100, security_fen=25 * WAN
)

#: What the publicity of candidates says besides them.
_PUBLICITY = Said(
    summary="投标全部通过初步评审；评标委员会按招标文件的标准和方法评审，推荐以下候选人。",
    days=3,
    finance_name="明川县住房和城乡建设局",
    finance_address="明川县滨河路 20 号",
    finance_contact="康科长 0000-7654350",
    owner_name=FACTS.owner_name,
    owner_address=FACTS.owner_address,
    owner_contact=FACTS.owner_contact,
    agency_address=FACTS.agency_address,
    contact=FACTS.contact,
    phone=FACTS.phone,
    media=FACTS.media,
)


class Wrong(Exception):
    """Something in the story did not come out as it has to."""


def expect(what: str, found: object, wanted: object) -> None:
    """Stop the story with a sentence where two things that must agree do not."""
    if found != wanted:
        raise Wrong(f"{what}: {found!r}, not {wanted!r}")


@dataclass
class Told:
    """What the story has to say: the acts with their seconds, and remarks."""

    acts: list[tuple[str, float]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @contextmanager
    def act(self, name: str) -> Iterator[None]:
        """Time an act."""
        start = time.perf_counter()
        yield
        self.acts.append((name, time.perf_counter() - start))


#: What each family's tenderers must have in the story, and how they show it.
_CONDITIONS = {
    Family.WORKS: (
        RequirementFacts("市政公用工程施工总承包三级及以上资质", "资质证书副本"),
        RequirementFacts("安全生产许可证有效", "安全生产许可证副本"),
    ),
    Family.PROCUREMENT: (RequirementFacts("符合政府采购法第二十二条", "资格承诺函"),),
    Family.LOCAL: (RequirementFacts("食品经营许可证有效", "许可证副本"),),
}


def weigh(tx: Tx, project: Project) -> None:
    """Say by the usual table how bids are weighed, who may bid, and how security is given."""
    switches, works = project.preset, project.subject == "construction"
    if switches.procures:
        deduction, reserved = (30 if works else 100), Reserved.PART
    else:
        deduction, reserved = None, None
    evaluation = switches.evaluations[0]
    tables = starting_tables(switches, project.subject) if evaluation is Evaluation.COMPREHENSIVE else ()
    rows = next((rows for _, _, rows in tables), ())
    if rows or deduction is not None:
        tenders.set_scoring(tx, project.uid, Scoring(evaluation, sme_permille=deduction, rows=rows))
    tenders.set_qualification(
        tx,
        project.uid,
        Qualification(
            _CONDITIONS.get(project.family, ()),
            reserved=reserved,
            reserved_permille=400 if reserved else None,
        ),
    )
    forms = (SecurityForm.TRANSFER, SecurityForm.GUARANTEE, SecurityForm.E_GUARANTEE)
    tenders.set_lot_terms(tx, project.uid, LotTerms(security_forms=forms))


class Tender:
    """One tender of a centre, from the notice to the opened sheets."""

    def __init__(
        self, centre: Centre, folder: Path, told: Told, *, facts: ProjectFacts = FACTS, lot: LotFacts = LOT
    ) -> None:
        self.centre = centre
        self.folder = folder
        self.told = told
        self.facts = facts
        self.lot = lot
        self.uid = ""
        self.closes_at = centre.clock.now()
        self.bids: dict[int, Sealed] = {}
        self._sealings = 0
        self.received: dict[int, str] = {}
        folder.mkdir(parents=True, exist_ok=True)

    # The notice --------------------------------------------------------------------------------------------------

    def publish(
        self,
        documents: list[Path] | None = None,
        *,
        notice: timedelta = NOTICE,
        closes_at: datetime | None = None,
        in_rooms: bool = False,
    ) -> str:
        """Draft, hand over, and let the second person publish; the project's uid.

        Without ``documents`` it is published with a tender document made from its facts; without ``closes_at`` it
        closes in the working hours after ``notice``; ``in_rooms`` it is opened and judged in the centre's rooms.
        """
        centre = self.centre
        self.write(documents, notice=notice, closes_at=closes_at, in_rooms=in_rooms)
        accepted = bool(centre.app.config["ACCEPTANCE"])
        with centre.act("zhou") as tx:
            tenders.submit_for_review(tx, self.uid, window=desk_of(centre) if accepted else None)
        if accepted:
            accept(centre, self.uid)
        with centre.act("wu") as tx:
            tenders.publish(tx, self.uid, seats=centre.trustee_uids, k=3, keys=centre.keys, accepted=accepted)
        centre.tick()
        centre.cosign()
        return self.uid

    def write(
        self,
        documents: list[Path] | None = None,
        *,
        notice: timedelta = NOTICE,
        closes_at: datetime | None = None,
        in_rooms: bool = False,
    ) -> str:
        """Draft it, with everything that a notice needs; the project's uid."""
        centre = self.centre
        self.closes_at = closes_at or closing(centre.clock.now() + notice)
        with centre.act("zhou") as tx:
            project = tenders.create_project(tx, self.facts, region="539921")
            self.uid = project.uid
            tenders.add_lot(tx, self.uid, self.lot)
            weigh(tx, project)
            for path in documents or [self._document()]:
                data = path.read_bytes()
                tenders.add_document(tx, self.uid, path.name, centre.blobs.put(data), len(data))
            two = self.facts.envelopes is Envelopes.TWO
            tenders.set_dates(
                tx,
                self.uid,
                closes_at=self.closes_at,
                prices_open_at=self.closes_at + BETWEEN if two else None,
            )
            if in_rooms:
                self._book(tx, project)
        return self.uid

    def _book(self, tx: Tx, project: Project) -> None:
        """The room of the opening for two hours, and then that of the evaluation for as long."""
        opening = for_opening(self.closes_at, timedelta(hours=2))
        after = Span(opening.ends_at, opening.ends_at + timedelta(hours=2))
        rooms.arrange(
            tx,
            bookings.named_of(project),
            [
                Want(Purpose.OPENING, self.centre.rooms[OPENING_ROOM], opening, "opening_room"),
                Want(Purpose.EVALUATION, self.centre.rooms[EVALUATION_ROOM], after, "evaluation_room"),
            ],
            calendar=tender_queries.calendar(tx.session),
        )

    def keep_the_room_longer(self) -> None:
        """The evaluation may take another hour: of a published project that stands in its log."""
        session = db.session()
        project = bookings.named_of(tender_queries.notice(session, self.uid))
        booked = room_queries.of_project(session, project.id)[Purpose.EVALUATION]
        uid, room, span = booked.uid, booked.room.uid, booked.span
        longer = Span(span.starts_at, span.ends_at + timedelta(hours=1))
        session.rollback()
        with self.centre.act("zhou") as tx:
            days = tender_queries.calendar(tx.session)
            rooms.move(tx, uid, room, longer, project=project, calendar=days)

    def _document(self) -> Path:
        centre = self.centre.app.config["CENTRE_NAME"]
        path = self.folder / papers.document_name(self.facts)
        path.write_bytes(
            papers.tender_document(self.facts, self.lot, centre=centre, issued_at=self.centre.clock.now())
        )
        return path

    def tender_file(self) -> dict[str, object]:
        """What the notice page serves to sealing clients."""
        session = db.session()
        found = tender_queries.tender_file(tender_queries.notice(session, self.uid))
        session.rollback()
        return found

    # Bids --------------------------------------------------------------------------------------------------------

    def seal(
        self, number: int, files: list[Path], *, price_fen: int, replaces: Sealed | None = None
    ) -> Sealed:
        """Seal a bid with the tenderer's own client."""
        unit, _ = tenderer(number)
        self._sealings += 1
        asked = {field.name for field in parse_tender(self.tender_file()).lot("1").fields}
        offer = {
            "price_fen": price_fen,
            "days": 150 + number,
            "quality": "合格",
            "lead": f"{unit.name[:2]}项目经理 川1512020{number:06d}",
            "security": "电子保函",
            "validity_days": 90,
        }
        return seal(
            self.tender_file(),
            lot="1",
            tenderer=(unit.name, unit.uscc),
            offer={name: value for name, value in offer.items() if name in asked},
            files=self._placed(files),
            out=self.folder / f"t{number}-{self._sealings}.bidseal",
            entropy=self.centre.entropy,
            replaces=replaces.key if replaces else None,
        )

    def _placed(self, files: list[Path]) -> list[tuple[str, Path]]:
        """The files, one slot after the other; those left over go where anything is taken."""
        slots = [slot.code for slot in parse_tender(self.tender_file()).lot("1").slots]
        return list(zip([*slots, *["other"] * len(files)], files, strict=False))

    def submit(self, number: int, sealed: Sealed) -> str:
        """Hand a package in; the bid's uid."""
        actor = self.centre.actor(f"t{number}")
        with sealed.package.open("rb") as file:
            uid = reception.receive(
                self._desk, actor, self.uid, f"story-{sealed.bid}", iter(lambda: file.read(_CHUNK), b"")
            )
        self.bids[number], self.received[number] = sealed, uid
        return uid

    def refused(self, number: int, data: bytes, wanted: type[DomainError], key: str) -> None:
        """Hand in what must be refused, and see that it is, with a number to ask by."""
        try:
            reception.receive(self._desk, self.centre.actor(f"t{number}"), self.uid, key, iter([data]))
        except wanted as error:
            if not error.reference:
                raise Wrong(f"{error.code}: refused without a number") from error
            self.told.remarks.append(f"t{number} refused ({error.code}), number {error.reference}")
            return
        raise Wrong(f"t{number}: {wanted.code} was taken")

    def withdraw(self, number: int) -> None:
        """Withdraw with the bid's own key."""
        reception.withdraw(
            self._desk,
            self.centre.actor(f"t{number}"),
            self.received.pop(number),
            withdraw(self.bids[number].key),
        )
        del self.bids[number]

    def receipt(self, number: int, *, witnessed: bool = False) -> str:
        """The tenderer's tlog-proof, as the receipt page serves it: at once, or once it is cosigned."""
        session = db.session()
        bid = submission_queries.own_bid(session, self.centre.actor(f"t{number}"), self.received[number])
        text = reception.receipt(bid, witnessed=witnessed)
        session.rollback()
        return text

    @property
    def _desk(self) -> reception.Desk:
        desk = self.centre.app.extensions["desk"]
        assert isinstance(desk, reception.Desk)  # noqa: S101 — wiring put it there
        return desk

    # Closing and opening -----------------------------------------------------------------------------------------

    def close(self) -> None:
        """Come to the deadline; the gate closes by itself, and the witness cosigns within its minute."""
        centre = self.centre
        centre.wait(self.closes_at)
        centre.wait(timedelta(seconds=2))
        session = db.session()
        closed = submission_queries.is_closed(session, tender_queries.notice(session, self.uid).id)
        session.rollback()
        expect("the gate closed by itself", closed, True)
        centre.cosign()

    def review(self, sealed: dict[int, str]) -> None:
        """Let the agency say which tenderers did not pass the technical review, each with the reason."""
        with self.centre.act("zhou") as tx:
            opening.record_review(
                tx, self.uid, {self.received[number]: reason for number, reason in sealed.items()}
            )
        self.centre.tick()
        self.centre.cosign()

    def open(self, trustees: list[str], *, stage: int = 1) -> None:
        """Let trustees fetch the package, check it and hand their shares of a stage in."""
        centre = self.centre
        for name in trustees:
            self.bring(name, stage=stage)
            centre.wait(timedelta(seconds=20))
            centre.cosign()

    def bring(self, name: str, *, stage: int = 1) -> None:
        """Let one trustee check the package and hand its shares of a stage in; the box opens with the last that it takes."""
        centre = self.centre
        with centre.act("sun") as tx:
            package = opening.fetch_package(tx, self.uid)
        batches = open_package(
            package,
            seed=centre.trustees[name].seed,
            stage=stage,
            now=centre.clock.now(),
            entropy=centre.entropy,
        )
        for batch in batches:
            with centre.act("sun") as tx:
                opening.hand_in(tx, self.uid, batch.value)
        with centre.act("sun") as tx:
            opening.open_stage(tx, self.uid, centre.sealed)

    # The result --------------------------------------------------------------------------------------------------

    def publicise(self) -> None:
        """Let the three lowest sheets stand as candidates until their publicity is over, where the law wants that."""
        centre, session = self.centre, db.session()
        project = tender_queries.notice(session, self.uid)
        if award_queries.standstill(session, project, centre.clock.now()) is None:
            return
        sheets = sorted(opening_queries.sheets(session, project), key=lambda sheet: sheet.fields["price_fen"])
        ranks = [
            Recommended(
                sheet.bid_uid, f"{95 - place}.40 分", "资质、业绩和项目负责人执业资格符合招标文件要求。"
            )
            for place, sheet in enumerate(sheets[:3])
        ]
        session.rollback()
        said = replace(_PUBLICITY, reported_on=tender_queries.local_day(centre.clock.now()))
        with centre.act("zhou") as tx:
            uid = candidates.write(tx, self.uid, "1", said, ranks).uid
            announcements.submit(tx, uid)
        with centre.act("wu") as tx:
            last = announcements.publish(tx, uid, keys=centre.keys).ends_on
        if last is None:
            raise Wrong("candidates stand published for good")
        centre.wait(over_at(last))
        centre.cosign()

    def award(self) -> str:
        """Award to the lowest sheet, or of a sale to the highest: one person records, another confirms; the winner's name.

        Where candidates have to be publicised first, they are, and some days pass.
        """
        self.publicise()
        centre = self.centre
        session = db.session()
        project = tender_queries.notice(session, self.uid)
        choose = max if project.preset.sells else min
        best = choose(opening_queries.sheets(session, project), key=lambda sheet: sheet.fields["price_fen"])
        session.rollback()
        today = tender_queries.local_day(centre.clock.now())
        with centre.act("zhou") as tx:
            decision = awards.Decision(awarded_on=today, winner_bid=best.bid_uid)
            seen = awards.record_award(tx, self.uid, "1", decision).record_sha256
        with centre.act("wu") as tx:
            awards.confirm_award(tx, self.uid, "1", seen)
        centre.tick()
        centre.cosign()
        return best.tenderer_name


def closing(after: datetime) -> datetime:
    """A working hour on the first weekday at or after an instant: 14:30 in Shanghai."""
    local = after.astimezone(SHANGHAI).replace(hour=14, minute=30, second=0, microsecond=0)
    while local.weekday() > 4:
        local += timedelta(days=1)
    return local.astimezone(after.tzinfo)
