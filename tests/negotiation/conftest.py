"""A negotiation whose responses are open, and the acts of a round."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from bidding.db import db
from bidding.negotiation import queries, service
from bidding.story.play import FACTS, WAN, Tender, Told
from bidding.tenders import queries as tenders
from bidding.tenders.kinds import Family, Method
from bidding.tenders.rules import LotFacts
from tests.people import sign_in

NETWORK = replace(
    FACTS,
    title="电子政务外网运维服务",
    family=Family.PROCUREMENT,
    method=Method.NEGOTIATION,
    subject="services",
    trade="",
    owner_name="明川县大数据中心",
    summary="全县政务外网一年运维。",
    qualification="具有独立承担民事责任的能力。",
    award_method="符合要求、最后报价最低的成交。",
    place="明川县",
    term="一年",
)
PACKAGE = LotFacts(name="运维服务", budget_fen=90 * WAN, ceiling_fen=90 * WAN)


@dataclass
class Negotiation:
    """The negotiation, and its rounds as tenders of their own."""

    centre: object
    tender: Tender
    rounds: list[Tender] = field(default_factory=list)

    def findings(self, *left_out):
        """Everybody invited but the tenderers of these numbers."""
        session = db.session()
        project = tenders.notice(session, self.tender.uid)
        named = [each.response for each in queries.candidates(session, project)]
        session.rollback()
        out = {self.tender.received[number] for number in left_out}
        return {bid: "没有实质性响应谈判文件" if bid in out else "" for bid in named}

    def draft(self, *left_out, is_last=True, hours=3, by="zhou", **more):
        with self.centre.act(by) as tx:
            closes_at = (self.centre.clock.now() + timedelta(hours=hours)).replace(second=0, microsecond=0)
            made = service.draft_round(
                tx,
                self.tender.uid,
                closes_at=closes_at,
                is_last=is_last,
                findings=more.pop("findings", None) or self.findings(*left_out),
                **more,
            )
            return made.uid

    def confirm(self, uid, by="wu"):
        with self.centre.act(by) as tx:
            service.confirm_round(tx, uid, keys=self.centre.keys)
        return self.called(uid)

    def called(self, uid):
        """A round that is out, whoever let it out."""
        n = len(self.rounds) + 1
        made = Tender(self.centre, self.tender.folder / f"round-{n}", Told(), facts=NETWORK, lot=PACKAGE)
        made.uid, made.closes_at = uid, tenders.notice(db.session(), uid).closes_at
        db.session.rollback()
        self.rounds.append(made)
        self.centre.tick()
        self.centre.cosign()
        return made

    def call(self, *left_out, **more):
        return self.confirm(self.draft(*left_out, **more))

    def offer(self, made, number, fen):
        return made.submit(number, made.seal(number, [], price_fen=fen))

    def open(self, made):
        made.close()
        made.open(list(self.centre.trustees)[:3])


@pytest.fixture
def method():
    return Method.NEGOTIATION


def responding(folder, attachment, method=Method.NEGOTIATION):
    """Makes, from a founded centre, a negotiation with the open responses of three; that of the first is the dearest."""

    def go_on(centre, _):
        facts = replace(NETWORK, method=method)
        made = Tender(centre, folder, Told(), facts=facts, lot=PACKAGE)
        made.publish()
        centre.wait(made.closes_at - timedelta(days=1))
        centre.cosign()
        for uid, key in zip(centre.trustee_uids, centre.trustees.values(), strict=True):
            centre.drill(uid, key)
        for number in (1, 2, 3):
            sealed = made.seal(number, [attachment, attachment], price_fen=(88 - number) * WAN)
            made.submit(number, sealed)
            centre.wait(timedelta(minutes=1))
        made.close()
        made.open(list(centre.trustees)[:3])
        return made

    return go_on


@pytest.fixture
def further(tmp_path, attachment, method):
    return {"responses": ("centre", responding(tmp_path / "negotiation", attachment, method))}


@pytest.fixture
def responses(laid):
    return laid[1]


@pytest.fixture
def negotiation(centre, responses):
    return Negotiation(centre, responses)


@pytest.fixture
def ask(app):
    """``ask("t1", "/rounds/…")``: the status and text for somebody, a stranger without a login."""

    def _ask(login, url, **form):
        client = sign_in(app, login) if login else app.test_client()  # anew: hours go by in a round
        with client.post(url, data=form) if form else client.get(url) as answer:
            return answer.status_code, answer.get_data().decode("utf-8", "replace")

    return _ask
