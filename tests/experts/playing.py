"""A draw played through the services and the parties' own client, for a published tender of the stage."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

from bidding.core.canonical import dumps, loads
from bidding.db import db
from bidding.experts import client, names_client, pool, queries, service
from bidding.experts.calls import REASONS, Answer
from bidding.experts.columns import pool_vault
from bidding.experts.models import Draw, DrawLeaf, Expert
from bidding.experts.names import Holder, Named, half, open_key, open_leaf, opened_file, seats_of
from bidding.experts.queries import Purpose
from bidding.experts.rules import Conditions, Place
from bidding.experts.service import CallNote, Wish
from bidding.sealing.dealing import trustee_scalar

HEADS = ("姓名", "单位", "统一社会信用代码", "专业", "职称", "年限", "电话", "地区")
MORE = ("职称级别", "身份证号", "出生日期", "年龄", "邮箱", "类别", "聘期至")
SPECIALTIES = (("A0801", "给排水"), ("A0802", "市政道路"), ("A0901", "工程造价"))
#: Four experts of a panel of five, for works.
CONDITIONS = Conditions(
    members=5, max_per_unit=1, places=(Place("A0801", 2, 2), Place("A0802", 1, 1), Place("A0901", 1, 1))
)


def person(number: int, **changes: str) -> dict[str, str]:
    """A row of a list."""
    codes = "；".join(
        code for place, (code, _) in enumerate(SPECIALTIES) if number % 3 == place or number % 20 == 0
    )
    row = {
        "姓名": f"专家{number:03d}",
        "单位": f"第{number % 58:02d}设计院",
        "统一社会信用代码": "",
        "专业": codes,
        "职称": "高级工程师",
        "年限": "12",
        "电话": f"138{number:08d}",
        "地区": "明川县",
    }
    return row | changes


def listing(rows, heads=HEADS + MORE) -> bytes:
    """A CSV as a clerk saves it."""
    out = io.StringIO()
    writer = csv.DictWriter(out, heads, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def fill_pool(act, blobs, keys, count=60, **changes):
    """Specialties and so many experts, brought as a list."""
    with act("wang") as tx:
        for code, name in SPECIALTIES:
            service.add_specialty(tx, code, name)
    with act("wang") as tx:
        uid = bring(tx, listing(person(n, **changes) for n in range(count)), blobs).uid
    with act("wang") as tx:
        take(tx, uid, blobs, keys)
    return uid


def bring(tx, data, blobs, name="专家.csv"):
    """Keep a list, as its page does."""
    return service.bring_list(tx, pool.brought(name, data), blobs, pool_vault())


def take(tx, uid, blobs, keys, **how):
    """Take it in, as its page does."""
    return service.apply_import(tx, uid, blobs, keys, pool_vault(), **how)


class Play:
    """One project's draws. Every step is one of the people's acts."""

    def __init__(self, centre, tender, folder):
        self.centre, self.tender, self.folder = centre, tender, folder
        self.uid = ""
        self.secrets = {}
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def draw(self) -> Draw:
        session = db.session()
        session.rollback()
        session.expire_all()
        return session.query(Draw).filter_by(uid=self.uid).one()

    @property
    def record(self):
        return queries.record_of(db.session(), self.draw)

    def file(self, make, *extra):
        """A file as its page gives it, through JSON as it travels."""
        session = db.session()
        session.rollback()
        session.expire_all()
        found = loads(dumps(make(session, self.draw, *extra)))
        session.rollback()
        return found

    def wish(self, **changes):
        given = {
            "conditions": CONDITIONS,
            "evaluation_at": self.centre.clock.now() + timedelta(days=6),
            "hours": 4,
            "place": "交易中心三楼评标二室",
        }
        return Wish(**(given | changes))

    def request(self, who="zhou", **changes):
        with self.centre.act(who) as tx:
            self.uid = service.request_draw(tx, self.tender.uid, self.wish(**changes)).uid
        return self

    def freeze(self, who="wang"):
        opened = None
        if self.draw.after_id is not None and self.sealed_before():
            opened = self.halves().names(Purpose.FURTHER)
        with self.centre.act(who) as tx:
            service.freeze(tx, self.uid, opened)
        return self

    def sealed_before(self):
        session = db.session()
        return queries.to_open(session, self.draw.project, Purpose.FURTHER, self.draw)

    # Names: the supervisor's halves, the centre's client

    def halves(self, who="sun", key="reform"):
        """The supervisor gives every half that is asked for; where none is, nothing happens."""
        session = db.session()
        if queries.halves_wanted(session, self.draw.project):
            file = names_client.read_names_file(
                self.file(lambda s, draw: queries.halves_file(s, draw.project))
            )
            made = loads(dumps(names_client.make_halves(file, self.centre.trustees[key])))
            with self.centre.act(who) as tx:
                service.give_halves(tx, self.uid, made)
        return self

    def open(self, purpose, who="wang", key="centre") -> list[Named]:
        """Whom the centre's client opens for an act."""
        with self.centre.act(who) as tx:
            file = loads(dumps(service.take_names(tx, self.uid, purpose)))
        return names_client.open_names(names_client.read_names_file(file), self.centre.trustees[key])

    def names(self, purpose, **who):
        """The same as the file that is brought with the act; None where nothing is sealed any more."""
        session = db.session()
        if not queries.to_open(session, self.draw.project, purpose, self.draw):
            return None
        return loads(dumps(opened_file(self.open(purpose, **who))))

    def everybody(self) -> dict[str, Named]:
        """Who stands behind every number of the list, as both keys together know; no act of anybody."""
        draw = self.draw
        panel = queries.panel_of(draw.project)[1]
        keys = []
        for holder, name in ((Holder.CENTRE, "centre"), (Holder.SUPERVISOR, "reform")):
            scalar = trustee_scalar(self.centre.trustees[name].seed)
            seat = seats_of(panel)[holder][0]
            keys.append(
                open_key(loads(draw.names), panel, bytes.fromhex(draw.spec_hash), holder, seat, scalar)
            )
        found = {}
        for leaf in db.session().query(DrawLeaf).filter_by(draw_id=draw.id).order_by(DrawLeaf.h):
            if leaf.sealed is None:
                found[leaf.h] = Named(leaf.h, leaf.salt, leaf.expert, "")
            else:
                halves = [half(key, leaf.h) for key in keys]
                found[leaf.h] = open_leaf(draw.pool_id, leaf.h, leaf.sealed, *halves)
        return found

    def behind(self, h) -> Expert:
        """The pool's person behind one number."""
        uid = loads(self.everybody()[h].expert)["id"]
        return db.session().query(Expert).filter_by(uid=uid).one()

    def countersign(self, who="chen"):
        with self.centre.act(who) as tx:
            service.countersign(tx, self.uid)
        return self

    def release(self, who="wang"):
        """Two persons and the clock let the names into the room; the acts that come before are done if they are due."""
        session = db.session()
        if queries.uncountersigned(session, self.draw):
            self.countersign()
        opened = self.halves().names(Purpose.RELEASE)
        with self.centre.act(who) as tx:
            service.release(tx, self.uid, opened)
        return self

    def publish(self, who="wang"):
        opened = self.halves().names(Purpose.PUBLISH)
        with self.centre.act(who) as tx:
            service.publish(tx, self.uid, opened)
        return self

    def opened_list(self, key="reform"):
        return names_client.open_list(self.file(queries.order_file), self.centre.trustees[key])

    def signed_order(self, parties=(), key="reform"):
        file = client.read_order_file(self.opened_list())
        return client.sign_order(file, self.centre.trustees[key], parties)

    def order(self, who="sun", **changes):
        signed = self.signed_order(**changes)
        with self.centre.act(who) as tx:
            service.order(tx, self.uid, signed)
        return self

    def dealt(self, key=None, party=""):
        file = client.read_deal_file(self.file(queries.deal_file))
        deal, secret = client.make_deal(
            file,
            key=self.centre.trustees[key] if key else None,
            party=party,
            entropy=self.centre.entropy,
        )
        self.secrets[secret.party] = secret
        return deal

    def deal(self, key=None, who="wang", party=""):
        deal = self.dealt(key, party)
        with self.centre.act(who) as tx:
            service.deal(tx, self.uid, deal)
        return self

    def close(self, who="wang", *, witnessed=True):
        with self.centre.act(who) as tx:
            service.close_parties(tx, self.uid)
        self.centre.tick()
        if witnessed:
            self.centre.cosign()
        return self

    def reveal(self, party, who="wang"):
        file = client.read_closed_file(self.file(queries.closed_file))
        opened = client.reveal(file, self.secrets[party])
        with self.centre.act(who) as tx:
            service.reveal(tx, self.uid, opened)
        return self

    def made_share(self, party, key):
        file = client.read_share_file(self.file(queries.share_file, party))
        return client.make_party_share(file, self.centre.trustees[key], self.centre.entropy)

    def share(self, party, key, who="sun"):
        made = self.made_share(party, key)
        with self.centre.act(who) as tx:
            service.share(tx, self.uid, made)
        return self

    def to_ordered(self, **changes):
        return self.request(**changes).freeze().order()

    def to_closed(self, **changes):
        return self.to_ordered(**changes).deal("reform", "sun").deal("renewal", "zhou").deal("centre").close()

    def to_drawn(self, **changes):
        self.to_closed(**changes)
        return self.reveal("reform", "sun").reveal("renewal", "zhou").reveal("centre")

    def close_tender(self):
        """Come to the tender's deadline. The jobs have a session of their own: what this one knows is old."""
        db.session().rollback()
        db.session().expunge_all()
        self.tender.close()

    def show(self, stratum, who="wang"):
        self.halves()
        with self.centre.act(who) as tx:
            return service.show(tx, self.uid, stratum)

    def answer(self, stratum, h, answer=Answer.ACCEPT, who="wang", reason=None):
        note = CallNote(
            answer, "电话", reason if reason is not None else REASONS.get(answer, ("",))[0], "接通一次"
        )
        with self.centre.act(who) as tx:
            return service.answer(tx, self.uid, stratum, h, note).id

    def call(self, stratum, answer=Answer.ACCEPT):
        """Call the next one; None where chance has every reserve that is left drawn elsewhere too."""
        while (turn := self.record.calling.next(stratum)) is not None and turn.skip:
            self.answer(stratum, turn.h, Answer.SKIP)
        if turn is None:
            return None
        h = self.show(stratum)
        self.answer(stratum, h, answer)
        return h

    def call_everybody(self):
        for line in self.record.results:
            while self.record.calling.next(line.id) is not None:
                self.call(line.id)
        return self


def message(play, stratum, who="wang", *, linked=True):
    """Send time and place to whoever is to be called: ``h``, the token of the link or None, and the letter."""
    h, tokens = play.show(stratum, who), []

    def address(token):
        tokens.append(token)
        return f"https://centre.example/r/{token}"

    with play.centre.act(who) as tx:
        letter = service.claim_message(
            tx, play.uid, h, "13800000000", "交易中心", address if linked else None
        )
    return h, next(iter(tokens), None), letter
