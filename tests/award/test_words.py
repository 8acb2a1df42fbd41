"""Inside one purchase or sale, from the hall to the award, every page says its own law's words and no tender's."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from bidding.award import service as awarding
from bidding.award.service import Decision
from bidding.opening.sitting import service as halls
from bidding.story.demo import BUSES, CATERING, MEALS, VEHICLES
from bidding.story.play import Tender, Told
from bidding.story.sitting import HallSitting
from bidding.tenders import queries as tenders
from bidding.tenders.rules import LotFacts, ProjectFacts
from tests.negotiation.conftest import NETWORK, PACKAGE, Negotiation
from tests.people import sign_in

EVERYBODY = (None, "zhou", "t1")
#: What only a tender says; not the name of the centre, nor that of a law.
TENDER = "投标|招标|中标|开标一览表|评标"


@dataclass(frozen=True)
class Kind:
    """A method, and the words that none of its pages may say."""

    facts: ProjectFacts
    lot: LotFacts
    never: re.Pattern[str]
    says: tuple[str, ...]


SALE = Kind(
    VEHICLES,
    BUSES,
    re.compile(f"{TENDER}|供应商|采购|标段|评审"),
    ("意向受让方名单", "各家的报价一览表", "受让方", "成交价"),
)
COMPARISON = Kind(
    replace(CATERING, media="本中心网站"),
    MEALS,
    re.compile(f"{TENDER}|供应商|采购"),
    ("比选申请人名单", "各家的报价一览表", "中选人"),
)
NEGOTIATION = Kind(
    replace(NETWORK, media="本中心网站"),
    PACKAGE,
    re.compile(f"{TENDER}|开标|标段"),
    ("响应文件开启", "成交供应商", "最后报价"),
)


class Reader:
    """Reads pages as everybody, and keeps what no page should have said."""

    def __init__(self, app, kind):
        self.app, self.kind = app, kind
        self.found, self.said = [], ""

    def look(self, *paths, who=EVERYBODY, data=None):
        for login in who:
            client = sign_in(self.app, login) if login else self.app.test_client()
            for path in paths:
                answer = client.post(path, data=data) if data is not None else client.get(path)
                if answer.status_code in (302, 403, 404) and data is None:
                    continue
                # What is no part of one tender: who the reader is, the rules of conduct, names of centre and program.
                text = re.sub(r"<details class=\"sl-role.*?</details>", "", answer.text, flags=re.S)
                text = re.sub(r"<meta.*?>|<ol class=\"?sl-discipline.*?</ol>", "", text, flags=re.S)
                text = text.replace("招投标交易中心", "").replace("开标包", "").replace("开标室", "")
                self.said += text
                self.found += [
                    (line.strip()[:400], path, login)
                    for line in text.splitlines()
                    if self.kind.never.search(line)
                ]


def founded(centre, folder, kind):
    made = Tender(centre, folder, Told(), facts=kind.facts, lot=kind.lot)
    made.publish()
    return made


def respond(made, attachment):
    """Three hand in, the second what is cheapest, and the gate closes."""
    centre = made.centre
    centre.wait(made.closes_at - timedelta(minutes=50))
    centre.cosign()
    for uid, key in zip(centre.trustee_uids, centre.trustees.values(), strict=True):
        centre.drill(uid, key)
    for number, over in ((1, 2), (2, 1), (3, 3)):
        fen = (
            made.lot.budget_fen * (100 + over) // 100
            if made.facts.family.value == "property"
            else made.lot.budget_fen * (90 + over) // 100
        )
        made.submit(number, made.seal(number, [attachment, attachment], price_fen=fen))


def award(made, bid, look):
    centre, url = made.centre, f"/projects/{made.uid}/award"
    day = tenders.local_day(centre.clock.now())
    look(url, f"{url}/1", who=("zhou",))
    refused = {"awarded_on": "2020-01-01", "winner": bid}
    look(f"{url}/1", who=("zhou",), data=refused)
    look(f"{url}/1", who=("zhou",), data={"awarded_on": day.isoformat(), "winner": "none"})
    look(f"{url}/1", who=("zhou",), data={"awarded_on": day.isoformat(), "winner": "0" * 32})
    with centre.act("zhou") as tx:
        seen = awarding.record_award(tx, made.uid, "1", Decision(day, bid)).record_sha256
    look(url, f"{url}/1/confirm", who=("wu",))
    with centre.act("wu") as tx:
        awarding.confirm_award(tx, made.uid, "1", seen)
    look(url, f"{url}/1", f"/notices/{made.uid}/award", f"/notices/{made.uid}")


@pytest.mark.parametrize("kind", [SALE, COMPARISON], ids=["sale", "comparison"])
def test_what_is_read_out_in_the_hall_of_another_law_is_called_by_that_laws_words(
    app, centre, tmp_path, attachment, kind
):
    made = founded(centre, tmp_path / "one", kind)
    reader, uid = Reader(app, kind), made.uid
    hall = (f"/hall/{uid}", f"/hall/{uid}/screen")
    respond(made, attachment)
    mine = f"/bids/{made.received[1]}"
    sitting = HallSitting(made)
    reader.look(*hall, mine, f"{mine}/withdraw", f"/notices/{uid}/lots/1/bid")
    reader.look(f"/projects/{uid}/award", f"/projects/{uid}/award/1")
    sitting.sign_in()
    reader.look(*hall)
    made.close()
    reader.look(*hall)
    sitting.list()
    reader.look(*hall, f"/opening/{uid}/offline", f"/opening/{uid}/unwitnessed")
    made.open(list(centre.trustees)[:3])
    reader.look(*hall, mine)
    centre.clock.advance(timedelta(seconds=40))
    sitting.read()
    reader.look(*hall)
    with centre.act("t1") as tx:
        raised = halls.raise_objection(tx, uid, "请核对一览表里的数字。").id
    reader.look(*hall)
    with centre.act("zhou") as tx:
        halls.answer(tx, uid, raised, "已当场核对，一致。")
    sitting.sign()
    record = (f"/hall/{uid}/record", f"/hall/{uid}/papers/witness", f"/opening/{uid}/files")
    reader.look(*hall)
    reader.look(*record, who=(None, "zhou", "sun"))
    best = 3 if kind is SALE else 2
    award(made, made.received[best], reader.look)
    assert not reader.found, "\n".join(map(str, {found[0]: found for found in reader.found}.values()))
    for words in kind.says:
        assert words in reader.said, words


def test_a_negotiation_is_called_by_its_own_words_from_the_hall_to_the_award(
    app, centre, tmp_path, attachment
):
    made = founded(centre, tmp_path / "one", NEGOTIATION)
    reader, uid = Reader(app, NEGOTIATION), made.uid
    respond(made, attachment)
    reader.look(f"/hall/{uid}", f"/bids/{made.received[1]}", f"/bids/{made.received[1]}/withdraw")
    made.close()
    reader.look(f"/hall/{uid}", f"/opening/{uid}/unwitnessed")
    made.open(list(centre.trustees)[:3])
    reader.look(f"/hall/{uid}", f"/hall/{uid}/record", f"/opening/{uid}/files")
    rounds = Negotiation(centre, made)
    called = rounds.call()
    for number in (1, 2, 3):
        rounds.offer(called, number, (70 + number) * 10**6)
    rounds.open(called)
    reader.look(f"/projects/{uid}/rounds", f"/hall/{called.uid}", f"/hall/{called.uid}/record")
    award(made, called.received[1], reader.look)
    for each in (uid, called.uid):
        reader.look(f"/hall/{each}", f"/hall/{each}/record", f"/hall/{each}/screen")
    assert not reader.found, "\n".join(map(str, {found[0]: found for found in reader.found}.values()))
    for words in NEGOTIATION.says:
        assert words in reader.said, words
