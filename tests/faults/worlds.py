"""Worlds that differ in nothing but who bid, and a crawler that reads in each all that a role may read.

Every world has the same people, the same clock and the same server's randomness, drawn anew for every act and every
request: whatever differs between two answers comes from the bids.
"""

from __future__ import annotations

import contextvars
import itertools
import os
import re
import sys
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from operator import length_hint
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urljoin, urlsplit

from sqlalchemy import event, select, update
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter

from bidding import create_app
from bidding.api import service as api
from bidding.api.rules import Scope
from bidding.clarifications import queries as questions
from bidding.clarifications import service as clarifications
from bidding.clarifications.rules import About
from bidding.core.clock import FakeClock, Steady
from bidding.core.entropy import ReplayEntropy
from bidding.db import db
from bidding.db.outbox import Channel, Outgoing
from bidding.db.schema import migrate
from bidding.documents.signing import PaperKey
from bidding.identity.models import Account
from bidding.ledger.models import Log
from bidding.messages.models import ContactPoint
from bidding.opening.sitting import service as sittings
from bidding.outages import jobs as outages
from bidding.oversight import jobs as oversight
from bidding.sealing.package import PackageTruncated
from bidding.story.centre import Centre
from bidding.story.play import FACTS, Tender, Told, weigh
from bidding.submissions.paper.models import Bag
from bidding.submissions.paper.rules import Sealing
from bidding.submissions.paper.service import give_back
from bidding.tenders import queries
from bidding.tenders import service as tenders
from tests.bags import bring
from tests.conftest import MONDAY
from tests.people import sign_in
from tests.prequalification.playing import announce, apply, prepare

ROOT = Path(__file__).parents[2]
MINUTE = timedelta(minutes=1)
#: As many register in every world; the last one watches and never bids.
TENDERERS, MOST = 11, 10
#: Who looks: the public, the agency, supervisor, administrator, and a rival who has not bid.
ROLES = (None, "zhou", "sun", "wang", f"t{TENDERERS}")
#: Tokens against forged forms, drawn from the system's randomness for every session.
_NOISE = re.compile(
    rb'(?<=name="csrf_token" value=")[^"]+|(?<= data-token=")[^"]+|(?<=&#34;csrf&#34;: &#34;)[^&]+|(?<=^sunlit-form=)[^;]+'
)
#: Where a paper ends and the centre's signature begins: that is random, in its bytes and in their number.
_SIGNED = b"%%EOF"
#: Headers that werkzeug fills from the machine's clock.
_CLOCKS = frozenset({"Date", "Expires"})
#: Pages of one kind that are read at most, beside those of the tender itself.
_OF_A_KIND = 2
#: Links that lead round in circles, or to hundreds of pages that are all of a kind.
_ENDLESS = re.compile(
    r"/static/|.*[?&]next=|/rules/|/(?:calendar|notices|savings|savings/items|savings/by/[a-z]+)\?"
)
_LINK = re.compile(r'(?:href|src|action|data-clock)="([^"#]+)')


class Randomness:
    """Replayed, and begun anew by the name of what is done: what bids have drawn changes nothing afterwards."""

    def __init__(self) -> None:
        self.anew("founding")

    def anew(self, name: str) -> None:
        self._from = ReplayEntropy(name.encode())

    def bytes(self, count: int) -> bytes:
        return self._from.bytes(count)


@cache
def _pair() -> bytes:
    """The centre's pair for papers, the same in every world: the system's randomness made it."""
    with TemporaryDirectory() as folder:
        key = PaperKey(Path(folder), "一个中心")
        key.pair(MONDAY)
        return key.path.read_bytes()


@dataclass
class Answer:
    """Everything about an answer that somebody could see or measure."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    statements: tuple[str, ...]
    steps: int  # of SQLite's virtual machine: the rows that were read, and the work done with them


@dataclass
class World:
    """A centre ten minutes before a deadline for which ``bids`` have come in."""

    home: Path
    bids: int
    uid: str = ""
    values: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.entropy, self.clock = Randomness(), FakeClock(MONDAY)
        config = {
            "INSTANCE": str(self.home),
            "SECRET_KEY": "test",
            "TESTING": True,
            "WTF_CSRF_ENABLED": False,
            "PASSWORD_MEMORY_KIB": 8,
            "PASSWORD_ROUNDS": 1,
            "HALL_SECONDS": 0,
            "LIST_SECONDS": 0,
            "API_PUBLIC_A_MINUTE": 0,  # how many requests are left counts those of the crawler
            "API_KEY_A_MINUTE": 0,
        }
        keys = self.home / "keys"
        keys.mkdir(mode=0o700, parents=True)
        (keys / "log.seed").touch(0o600)
        (keys / "log.seed").write_text("5e" * 32, "ascii")
        (keys / "second-factors.key").touch(0o600)
        (keys / "second-factors.key").write_text("5e" * 32, "ascii")
        (keys / "papers.pem").touch(0o600)
        (keys / "papers.pem").write_bytes(_pair())
        self.app = create_app(config, clock=self.clock, entropy=self.entropy)
        self._statements: list[str] = []
        self._ahead, self._counting = itertools.repeat(0, sys.maxsize), False
        self._begun = length_hint(self._ahead)
        with self.app.app_context():
            event.listen(db.engine, "do_connect", self._connecting)
            event.listen(db.engine, "connect", self._connected)
            event.listen(db.engine, "before_cursor_execute", self._asked)
            migrate(db.engine)
            self._play()
            db.session.remove()
            db.engine.dispose()
        self._counting = True
        for path in self.home.rglob("*"):
            os.utime(path, (0, 0))  # the machine's own clock, which shows as the age of documents

    @staticmethod
    def _connecting(_dialect, _record, _arguments, parameters) -> None:
        parameters["cached_statements"] = 0  # a statement that was kept goes on counting where it stopped

    def _connected(self, connection, _record) -> None:
        connection.execute("PRAGMA synchronous=OFF")
        if self._counting:
            # Each step takes one nought, and goes on; a function of ours would take as long as the step.
            connection.set_progress_handler(self._ahead.__next__, 1)

    def _asked(self, _connection, _cursor, statement, _parameters, _context, _many) -> None:
        if not self._statements:
            self._begun = length_hint(self._ahead)  # what opening a connection takes is no part of the answer
        self._statements.append(statement)

    # What happened before ----------------------------------------------------------------------------------------

    def _play(self) -> None:
        self.centre = Centre(self.app, self.clock, self.home / "people")
        self.centre.found()
        self.centre.register(range(1, TENDERERS + 1), b"%PDF-1.4 a licence")
        self.tender = tender = Tender(
            self.centre, self.home / "tender", Told(), facts=replace(FACTS, paper_bids=True)
        )
        tender.publish([ROOT / "pyproject.toml"])
        self.uid = tender.uid
        with (
            self.centre.act() as tx
        ):  # covers are noise by intention, and would be drawn between everything else
            for log in tx.session.query(Log):
                log.next_cover_at = None
        self._reachable()
        self.entropy.anew("a key")
        with self.centre.act("zhou") as tx:
            keys = self.app.extensions["log_keys"]
            self.key = api.make_key(tx, "业务系统", Scope.READ, 60, keys=keys)[1]
        self._prequalify()
        self.entropy.anew("a question")
        with self.centre.act(f"t{TENDERERS}") as tx:
            clarifications.ask(tx, self.uid, "工期包含春节停工吗？", vault=self.app.extensions["vault"])
        self.clock.set(tender.closes_at - 60 * MINUTE)
        self.entropy.anew("reminders")
        self.centre.tick()
        self._bid()
        self.clock.set(tender.closes_at - 20 * MINUTE)
        self._afterwards()
        self.clock.set(tender.closes_at - 10 * MINUTE)
        self.beat()
        self.centre.tick()
        self.examine()

    def _prequalify(self) -> None:
        """Another project, whose applications are due after everything that happens here."""
        self.entropy.anew("a prequalification")
        with self.centre.act("zhou") as tx:
            made = tenders.create_project(tx, replace(FACTS, title="城北片区管网改造施工"), region="539921")
            tenders.add_lot(tx, made.uid, self.tender.lot)
            weigh(tx, made)
            self.prequalified = made.uid
        closes_at = self.tender.closes_at + timedelta(days=20)
        prepare(
            self.centre, made.uid, "zhou", until=closes_at.date() - timedelta(days=15), closes_at=closes_at
        )
        announce(self.centre, made.uid)

    def _reachable(self) -> None:
        """Tenderers have addresses, so that letters are written of what they do."""
        with self.centre.act() as tx:
            for account in tx.session.scalars(select(Account).where(Account.login.like("t%"))):
                tx.session.add(
                    ContactPoint(
                        account_id=account.id,
                        channel=Channel.EMAIL,
                        address=f"{account.login}@example.com",
                        confirmed_at=tx.now,
                        tries_left=0,
                        codes_sent=0,
                    )
                )

    def _letters(self) -> None:
        """None of them gets through: every other one is given up, the rest are tried again."""
        with self.centre.act() as tx:
            tx.session.execute(
                update(Outgoing)
                .where(Outgoing.is_private.is_(True), Outgoing.id % 2 == 0)
                .values(given_up_at=tx.now, next_due_at=None, error="550 no such box")
            )

    def beat(self) -> None:
        reading = Steady("boot", round(self.clock.now().timestamp() * 1_000_000))
        outages.heartbeat(self.centre.world, self.centre.sealed, 0, lambda: reading)

    def examine(self) -> None:
        """What the serving process does beside the clockwork: red flags, which may tell of no bid either."""
        self.entropy.anew("red flags")
        oversight.examine_due(self.centre.world, self.app.config["REGION"])

    def _bid(self) -> None:
        """The bids, a refusal, a replacement and a withdrawal among them, at the same times in every world."""
        first = self.clock.now()
        for number in range(1, MOST + 1):
            self.clock.set(first + number * MINUTE)
            if number <= self.bids:
                sealed = self.tender.seal(number, [], price_fen=1_200_000_000 + number)
                if number == 4:
                    half = sealed.package.read_bytes()[: sealed.size // 2]
                    self.tender.refused(number, half, PackageTruncated, "half")
                self.tender.submit(number, sealed)
                apply(self.centre, self.prequalified, f"t{number}")
                with self.centre.act(f"t{number}") as tx:
                    tenders.follow(tx, self.uid)
                    sittings.sign_in(tx, self.uid, person="代表", acknowledged=True)
            self.entropy.anew(f"minute {number}")
            self.centre.tick()
        if self.bids > 2:
            self._bags()
            again = self.tender.seal(1, [], price_fen=1_100_000_000, replaces=self.tender.bids[1])
            self.tender.submit(1, again)
            self.tender.withdraw(2)
        self._letters()

    def _bags(self) -> None:
        """At another clerk's window: bags of those who bid on line and of one who does not, one back, one sent away."""
        for number, sealing in ((1, Sealing.WHOLE), (3, Sealing.WHOLE), (5, Sealing.TORN)):
            taken = bring(self.tender, number, login="chen", sealing=sealing)
        with self.centre.act("chen") as tx:
            bag = tx.session.scalar(select(Bag).order_by(Bag.id))
            give_back(tx, bag.uid, tx.now)
        assert taken.code == "paper.seal"

    def _afterwards(self) -> None:
        """What staff do while bids are in: the numbers of what they make must not count the bids."""
        centre = self.centre
        self.entropy.anew("a drill")
        centre.drill(centre.trustee_uids[0], next(iter(centre.trustees.values())))
        self.entropy.anew("another tender")
        other = Tender(centre, self.home / "other", Told())
        other.publish([ROOT / "Makefile"])
        self.entropy.anew("a draft")
        with centre.act("zhou") as tx:
            drafted = tenders.create_project(tx, other.facts, region="539921")
            tenders.add_lot(tx, drafted.uid, other.lot)
        centre.tick()
        self._correct()

    def _correct(self) -> None:
        """Something is answered and corrected, and something heavier waits for its second person."""
        later = self.tender.closes_at + timedelta(days=28)
        affects = {"affects": True, "reason": "设计变更"}
        slight = {"affects": False, "harmless_because": "只改电话", "reason": "号码停用"}
        for facts, said in (({"phone": "0000-7654321"}, slight), ({"term": "180 日历天"}, affects)):
            self.entropy.anew(f"a correction of {facts}")
            with self.centre.act("zhou") as tx:
                project_id = queries.notice(tx.session, self.uid).id
                asked = [each.uid for each in questions.waiting(tx.session, project_id, tx.now)]
                draft = clarifications.start(tx, self.uid, asked).uid
                closes_at = later if said is affects else None
                written = clarifications.Written(answer="包含。", facts=facts, closes_at=closes_at, **said)
                clarifications.save(tx, draft, written)
                clarifications.submit(tx, draft)
            if said is slight:
                self.entropy.anew("its second person")
                with self.centre.act("wu") as tx:
                    clarifications.publish(tx, draft, keys=self.app.extensions["log_keys"])
        self._announce_correction()
        self._letters()

    def _announce_correction(self) -> None:
        """The other project's prequalification is extended, while some have applied for it; the next one is a draft."""
        about, later = About.PREQUALIFICATION, self.tender.closes_at + timedelta(days=28)
        for closes_at, note in ((later, "胶装。"), (None, "分册装订。")):
            self.entropy.anew(f"a prequalification's correction: {note}")
            with self.centre.act("zhou") as tx:
                draft = clarifications.start(tx, self.prequalified, about=about)
                facts = {**questions.stands(tx.session, draft).says, "note": note}
                affects = {"affects": True, "reason": "装订要求漏写"}
                written = clarifications.Written(facts=facts, closes_at=closes_at, **affects)
                clarifications.save(tx, draft.uid, written)
                if closes_at is not None:
                    clarifications.submit(tx, draft.uid)
            if closes_at is not None:
                self.entropy.anew("the second person of a prequalification's correction")
                with self.centre.act("wu") as tx:
                    clarifications.publish(tx, draft.uid, keys=self.app.extensions["log_keys"])

    # Reading -----------------------------------------------------------------------------------------------------

    def crawl(self, role: str | None, start: list[str] | None = None) -> dict[str, Answer]:
        """Every answer to a GET that this role can come by: all addresses there are, and every link in them."""
        client = self._client(role)
        waiting = start if start is not None else self.addresses()
        found: dict[str, Answer] = {}
        kinds: Counter[str] = Counter()
        while waiting:
            url = waiting.pop(0)
            if url in found:
                continue
            found[url] = answer = self._get(client, url)
            if start is None and "text/html" in dict(answer.headers).get("Content-Type", ""):
                for link in self._links(url, answer):
                    kind = self._kind(link)
                    if link not in found and link not in waiting and kinds[kind] < _OF_A_KIND:
                        kinds[kind] += 1
                        waiting.append(link)
        return found

    def ask_as_program(self) -> dict[str, Answer]:
        """Every answer that the agency's own system can come by with its key."""
        client = self.app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {self.key}"
        return {url: self._get(client, url) for url in self.addresses() if url.startswith("/api/v1/")}

    def _kind(self, url: str) -> str:
        """The page an address leads to, whatever it is of."""
        try:
            return str(self.app.url_map.bind("localhost").match(urlsplit(url).path)[0])
        except HTTPException:
            return "none"

    def _client(self, role):
        self.entropy.anew(f"sign-in of {role}")
        if role is None:
            return self.app.test_client()
        return contextvars.Context().run(sign_in, self.app, role)

    def _get(self, client, url: str) -> Answer:
        self.entropy.anew(url)
        self._statements, self._begun = [], length_hint(self._ahead)
        with contextvars.Context().run(client.get, url) as response:
            data = response.data
        random = _CLOCKS
        if response.mimetype == "application/pdf":
            data, _, signature = data.partition(_SIGNED)
            random = random | {"Content-Length"} if signature.strip() else random
        headers = sorted(
            (name, _NOISE.sub(b"", value.encode()).decode())
            for name, value in response.headers
            if name not in random
        )
        body = _NOISE.sub(b"", data)
        return Answer(
            response.status_code,
            headers,
            body,
            tuple(self._statements),
            self._begun - length_hint(self._ahead),
        )

    @staticmethod
    def _links(url: str, answer: Answer):
        for found in _LINK.findall(answer.body.decode()):
            target = urlsplit(urljoin(url, found.replace("&amp;", "&")))
            if not target.netloc and not _ENDLESS.match(f"{target.path}?{target.query}"):
                yield target.path + (f"?{target.query}" if target.query else "")

    def addresses(self) -> list[str]:
        """Every GET address of the app; what stands for a thing is this tender's, where it has one."""
        with self.app.test_request_context():
            adapter = self.app.url_map.bind("localhost")
            found = []
            for rule in sorted(self.app.url_map.iter_rules(), key=str):
                if "GET" in rule.methods and rule.endpoint != "static":
                    for values in self._values(rule):
                        with suppress(ValueError):  # not one of the words that stand there
                            found.append(adapter.build(rule.endpoint, values, method="GET"))
        return list(dict.fromkeys(found))

    def _values(self, rule):
        known = self.known()
        if rule.endpoint.startswith(("prequalification.", "clarifications.announced")):
            known = known | {"uid": [self.prequalified]}
        choices = [known.get(name, ["1"]) for name in sorted(rule.arguments)]
        for values in itertools.product(*choices):
            chosen = dict(zip(sorted(rule.arguments), values, strict=True))
            with suppress(ValueError):  # no number
                yield {
                    name: int(value) if isinstance(rule._converters[name], IntegerConverter) else value
                    for name, value in chosen.items()
                }

    def known(self) -> dict[str, list[str]]:
        """Values of the parts of addresses that belong to the tender under way."""
        if not self.values:
            with self.app.app_context():
                project = queries.notice(db.session(), self.uid)
                self.values = {
                    "uid": [project.uid],
                    "project": [project.code],
                    "code": [project.code, "centre"],
                    "origin": [project.code],
                    "lot": ["1"],
                    "sha256": [project.documents[0].sha256],
                    "ocid": [f"ocds-000000-{project.code}"],
                    "month": [f"{project.published_at:%Y-%m}"],
                    "table": ["notices", "results"],
                    "year": [f"{project.published_at:%Y}"],
                }
                db.session.remove()
        return self.values

    def of_the_tender(self) -> list[str]:
        """The addresses that name the tender or its log, or the prequalification."""
        named = (self.uid, self.prequalified, self.known()["project"][0])
        return [url for url in self.addresses() if any(name in url for name in named)]

    def come_after_the_deadline(self) -> None:
        """Nobody beats; ten minutes after the deadline the clockwork ticks: closed, and on hold."""
        with self.app.app_context():
            self.entropy.anew("the close")
            self.clock.set(self.tender.closes_at + 10 * MINUTE)
            for _ in range(3):
                self.centre.wait(timedelta(seconds=1))
            self.examine()
            db.session.remove()

    def rows(self) -> dict[str, list[tuple]]:
        """Every table's rows as text, in order of their keys."""
        with self.app.app_context():
            found = {
                table.name: [
                    tuple(map(str, row))
                    for row in db.session.execute(table.select().order_by(*table.primary_key))
                ]
                for table in db.metadata.sorted_tables
            }
            db.session.remove()
        return found

    def end(self) -> None:
        with self.app.app_context():
            db.engine.dispose()
