"""The draw of the story: a pool brought as a list, three parties, one of whom does not reveal."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.core.canonical import dumps, loads
from bidding.core.clock import SHANGHAI
from bidding.db import db
from bidding.experts import client, names_client, pool, queries, service
from bidding.experts.calls import REASONS, Answer, Turn
from bidding.experts.client import DrawSecret
from bidding.experts.columns import pool_vault
from bidding.experts.models import Draw
from bidding.experts.names import opened_file
from bidding.experts.queries import Purpose
from bidding.experts.rules import Conditions, Place
from bidding.experts.service import CallNote, Wish
from bidding.story.centre import Centre

SPECIALTIES = (("A0801", "给排水"), ("A0802", "市政道路"), ("A0901", "工程造价"))
#: Four experts and one representative of the agency: a panel of five. The first to be called declines, so the first
#: specialty has reserves enough that chance cannot have every one of them passed over.
CONDITIONS = Conditions(
    members=5, max_per_unit=1, places=(Place("A0801", 2, 4), Place("A0802", 1, 1), Place("A0901", 1, 1))
)
#: The seats whose holders contribute, with who brings their files.
PARTIES = (("reform", "sun"), ("renewal", "zhou"), ("centre", "wang"))
_HEADS = ("姓名", "单位", "统一社会信用代码", "专业", "职称", "年限", "电话", "地区")


def pool_list(path: Path, count: int) -> Path:
    """A list of experts as a clerk saves it: CSV for a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_HEADS)
    for n in range(count):
        codes = [code for place, (code, _) in enumerate(SPECIALTIES) if n % 3 == place or n % 7 == 0]
        unit = f"明川第{n % 40 + 1}设计院"
        writer.writerow(
            [
                f"专家{n + 1:03d}",
                unit,
                "",
                "；".join(codes),
                "高级工程师",
                8 + n % 25,
                f"138{n:08d}",
                "明川县",
            ]
        )
    path.write_bytes(out.getvalue().encode("utf-8-sig"))
    return path


def fill_pool(centre: Centre, path: Path) -> None:
    """Bring a list into the pool, whole."""
    with centre.act("wang") as tx:
        for code, name in SPECIALTIES:
            service.add_specialty(tx, code, name)
    with centre.act("wang") as tx:
        brought = pool.brought(path.name, path.read_bytes())
        uid = service.bring_list(tx, brought, centre.blobs, pool_vault()).uid
    with centre.act("wang") as tx:
        service.apply_import(tx, uid, centre.blobs, centre.keys, pool_vault())


class ExpertDraw:
    """One draw for a project; every step is one of the people's acts."""

    def __init__(self, centre: Centre, project_uid: str) -> None:
        self.centre = centre
        self.project_uid = project_uid
        self.uid = ""
        self._secrets: dict[str, DrawSecret] = {}

    def order(self) -> None:
        """Request, freeze and order: three persons of three kinds."""
        centre = self.centre
        tomorrow = (centre.clock.now() + timedelta(days=1)).astimezone(SHANGHAI)
        wish = Wish(
            conditions=CONDITIONS,
            evaluation_at=tomorrow.replace(hour=9, minute=0, second=0, microsecond=0),
            hours=4,
            place="交易中心三楼评标二室",
        )
        with centre.act("zhou") as tx:
            self.uid = service.request_draw(tx, self.project_uid, wish).uid
        with centre.act("wang") as tx:
            service.freeze(tx, self.uid)
        supervisor = centre.trustees["reform"]
        listed = names_client.open_list(self._file(queries.order_file), supervisor)
        signed = client.sign_order(client.read_order_file(listed), supervisor)
        with centre.act("sun") as tx:
            service.order(tx, self.uid, signed)

    def contribute(self, *, silent: str) -> None:
        """Every party deals; all but ``silent`` reveal, whose number the trustees open instead."""
        centre = self.centre
        for party, who in PARTIES:
            file = client.read_deal_file(self._file(queries.deal_file))
            deal, secret = client.make_deal(file, key=centre.trustees[party], entropy=centre.entropy)
            self._secrets[party] = secret
            with centre.act(who) as tx:
                service.deal(tx, self.uid, deal)
        with centre.act("wang") as tx:
            service.close_parties(tx, self.uid)
        centre.tick()
        centre.cosign()
        for party, who in PARTIES:
            if party != silent:
                closed = client.read_closed_file(self._file(queries.closed_file))
                with centre.act(who) as tx:
                    service.reveal(tx, self.uid, client.reveal(closed, self._secrets[party]))
        for trustee in ("reform", "finance", "notary"):
            asked = client.read_share_file(self._file(queries.share_file, silent))
            share = client.make_party_share(asked, centre.trustees[trustee], centre.entropy)
            with centre.act("sun") as tx:
                service.share(tx, self.uid, share)

    def call(self) -> None:
        """Call one after the other; the first declines, so that the next in the ranking is asked.

        A reserve whom the draw puts in another place too, or over their unit's cap, is passed over: that is chance.
        """
        declined = False
        for stratum in [place.specialty for place in CONDITIONS.places]:
            while (turn := self._turn(stratum)) is not None:
                if turn.skip:
                    self._answer(turn, Answer.SKIP)
                    continue
                self._give_halves()
                with self.centre.act("wang") as tx:
                    service.show(tx, self.uid, stratum)
                self._answer(turn, Answer.ACCEPT if declined else Answer.DECLINE)
                declined = True
        self.centre.tick()
        self.centre.cosign()

    def release(self) -> None:
        """Somebody else countersigns the calls; the evaluation begins: the names go into the room."""
        with self.centre.act("chen") as tx:
            service.countersign(tx, self.uid)
        session = db.session()
        begins = self._draw(session).evaluation_at
        session.rollback()
        self.centre.wait(begins)
        opened = self._names(Purpose.RELEASE)
        with self.centre.act("wang") as tx:
            service.release(tx, self.uid, opened)

    def publish(self) -> None:
        """After the results: the names of those called join the bundle."""
        opened = self._names(Purpose.PUBLISH)
        with self.centre.act("wang") as tx:
            service.publish(tx, self.uid, opened)

    def _give_halves(self) -> None:
        """The supervisor's halves, where any are asked for: the picks' all at once, a reserve's when it is their turn."""
        session = db.session()
        asked = queries.halves_wanted(session, self._draw(session).project)
        session.rollback()
        if asked:
            file = names_client.read_names_file(
                self._file(lambda s, draw: queries.halves_file(s, draw.project))
            )
            given = names_client.make_halves(file, self.centre.trustees["reform"])
            with self.centre.act("sun") as tx:
                service.give_halves(tx, self.uid, given)

    def _names(self, purpose: Purpose) -> Any:
        """The people an act needs, opened with the centre's key as its client brings them."""
        with self.centre.act("wang") as tx:
            file = service.take_names(tx, self.uid, purpose)
        opened = names_client.open_names(names_client.read_names_file(file), self.centre.trustees["centre"])
        return opened_file(opened)

    def _turn(self, stratum: str) -> Turn | None:
        """Whose turn it is in a specialty, if anybody's."""
        session = db.session()
        record = queries.record_of(session, self._draw(session))
        turn = record.calling.next(stratum) if record is not None and record.calling is not None else None
        session.rollback()
        return turn

    def _answer(self, turn: Turn, given: Answer) -> None:
        note = CallNote(given, "电话", REASONS.get(given, ("",))[0], "接通一次")
        with self.centre.act("wang") as tx:
            service.answer(tx, self.uid, turn.stratum, turn.h, note)

    def _draw(self, session: Session) -> Draw:
        return session.scalars(select(Draw).where(Draw.uid == self.uid)).one()

    def _file(self, make: Callable[..., dict[str, Any]], *extra: str) -> Any:
        """A file as its page gives it, through JSON as it travels."""
        session = db.session()
        found = loads(dumps(make(session, self._draw(session), *extra)))
        session.rollback()
        return found
