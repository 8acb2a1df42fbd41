"""Fault 27, mail and SMS down for two hours: drains once. Fault 23, two worlds: staff see no difference between 0 bids and 3."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bidding.core.clock import SystemClock
from bidding.core.errors import DomainError
from bidding.db import db
from bidding.db.outbox import Channel, Outgoing
from bidding.identity import queries as people
from bidding.identity.models import Account
from bidding.messages import jobs, service
from bidding.messages.kinds import Kind
from bidding.messages.models import ContactPoint
from bidding.story.cast import tenderer
from bidding.telling import jobs as telling_jobs
from bidding.tenders import service as tenders
from bidding.wiring import ways_out
from tests.people import sign_in
from tests.post import MailServer, SmsGateway
from tests.real import until

TICK = timedelta(minutes=5)


@pytest.fixture
def servers(app):
    mail, sms = MailServer(), SmsGateway()
    app.config.update(
        SMTP_HOST="127.0.0.1",
        SMTP_PORT=mail.port,
        SMTP_SECURITY="plain",
        MAIL_FROM="notices@centre.example",
        SMS_URL=f"{sms.url}/?to={{to}}&text={{text}}&id={{id}}",
        CHANNEL_SECONDS=2,
    )
    app.extensions["post"] = ways_out(app)
    yield mail, sms
    mail.down()
    sms.down()


def reach(tx, account_id, name):
    tx.session.add_all(
        ContactPoint(
            account_id=account_id,
            channel=channel,
            address=address,
            confirmed_at=tx.now,
            tries_left=0,
            codes_sent=0,
        )
        for channel, address in ((Channel.EMAIL, f"{name}@example.com"), (Channel.SMS, "13800138000"))
    )


def test_two_hours_without_mail_and_sms_drain_once_and_lose_nothing(app, world, clock, begin, cast, servers):
    mail, sms = servers
    people = [cast.li, cast.zhao, cast.he]
    with begin() as tx:
        for person in people:
            reach(tx, person.id, person.login)
    post = app.extensions["post"]
    written = 0
    for tick in range(24):
        if tick % 4 == 0:
            with begin() as tx:
                service.tell(
                    tx,
                    [person.id for person in people],
                    Kind.REGISTRATION_APPROVED,
                    path="/company",
                    organisation=f"{tick}",
                )
            written += len(people)
        assert jobs.send_due(world, post) == 0
        clock.advance(TICK)
    with begin() as tx:
        assert tx.session.query(Outgoing).filter(Outgoing.given_up_at.is_not(None)).count() == 0
    mail.up()
    sms.up()
    for _ in range(3):
        jobs.send_due(world, post)
        clock.advance(TICK)
    assert len(mail.ids) == len(set(mail.ids)) == written
    asked = [re.search(r"id=(\w+)", each["path"])[1] for each in sms.asked]
    assert len(asked) == len(set(asked)) == written
    texts = [each.get_content() for each in mail.to("li@example.com")]
    assert len(set(texts)) == len(texts) == 6, "each of the six, in words"


def test_a_letter_comes_again_under_its_own_id_when_the_server_dies_after_the_yes(real):
    """kill −9 between the mail server's yes and the row that says so: twice is allowed, lost is not."""
    mail = MailServer()
    mail.port = int(real.settings["BIDDING_SMTP_PORT"])
    own = Outgoing.address == "t40@example.com"
    real.kill()
    with real.app.app_context():
        real.clock.set(SystemClock().now())
        with real.tender.centre.act() as tx:
            account = people.account_by_login(tx.session, "t40")
            point = ContactPoint(channel=Channel.EMAIL, address="t40@example.com", confirmed_at=tx.now)
            point.account_id, point.tries_left, point.codes_sent = account.id, 0, 0
            tx.session.add(point)
            tx.session.flush()
            service.tell(tx, [account.id], Kind.REGISTRATION_APPROVED, path="/company", organisation="某公司")
        db.session.remove()

    mail.after_data = real.kill
    mail.up()
    real.process = real.launch(real.port)
    until(lambda: real.process.poll() is not None, 60)
    assert len(mail.mails) == 1
    mail.after_data = None

    def as_if_the_lease_were_over(session):
        session.execute(update(Outgoing).where(own).values(lease_until=SystemClock().now()))
        session.commit()

    real.ask(as_if_the_lease_were_over)
    real.start()
    said = select(Outgoing.sent_at).where(own)
    until(lambda: real.ask(lambda session: session.scalar(said)) is not None, 60)
    assert len(mail.ids) == 2
    assert len(set(mail.ids)) == 1
    mail.down()


# two worlds

PAGES = (
    "/",
    "/messages",
    "/messages/by-hand",
    "/status",
    "/notices",
    "/notices/{uid}",
    "/notices/{uid}.ics",
    "/log/",
)
OFFICIALS = ("wang", "chen", "zhou", "wu", "sun", "fang")
#: The form's token is the only thing on a page that hangs on the machine's own clock.
_TOKEN = re.compile(r'(name="csrf_token"[^>]*value=)"[^"]*"')


def seen(clients, tender):
    """Everything that staff get, ETags and all; of a page that is not theirs (it bears a fresh number) the status."""
    found = {}
    for login, client in clients.items():
        for page in PAGES:
            answer = client.get(page.format(uid=tender.uid))
            body = _TOKEN.sub("", answer.get_data(as_text=True)) if answer.status_code == 200 else ""
            found[login, page] = answer.status_code, answer.headers.get("ETag"), body
    return found


def test_before_the_deadline_no_letter_tells_staff_that_anybody_bids(
    app, world, centre, tender, attachment, servers, caplog
):
    """Three bids, one replaced, one withdrawn, one upload refused, two followers; and every letter of theirs fails."""
    with centre.act() as tx:
        for account in tx.session.query(Account).filter(Account.login.in_(["t1", "t2", "t3"])):
            reach(tx, account.id, account.login)
    clients = {login: sign_in(app, login) for login in OFFICIALS}
    at_once = replace(app.extensions["post"], lasts=timedelta())
    jobs.check_channels(world, at_once)
    nobody_bids = seen(clients, tender)
    assert {status for status, _, _ in nobody_bids.values()} == {200, 403}
    assert "登记已经审核通过" in nobody_bids["wang", "/messages/by-hand"][2]
    caplog.clear()
    caplog.set_level("DEBUG", "bidding.messages")

    for number in (1, 2):
        with centre.act(f"t{number}") as tx:
            tenders.follow(tx, tender.uid)
    for number in (1, 2, 3):
        tender.submit(number, tender.seal(number, [attachment], price_fen=1_200_000_000 + number))
    first = tender.bids[1]
    tender.submit(1, tender.seal(1, [attachment], price_fen=1_100_000_000, replaces=first))
    tender.withdraw(3)
    tender.refused(2, b"nonsense", DomainError, "again")
    with centre.act() as tx:
        written = tx.session.query(Outgoing).filter_by(is_private=True).count()
    assert written == 6, "three receipts, a replacement, a withdrawal, a refusal"
    assert seen(clients, tender) == nobody_bids

    jobs.send_due(world, at_once)
    with centre.act() as tx:
        tx.session.execute(
            update(Outgoing).where(Outgoing.sent_at.is_(None)).values(given_up_at=tx.now, next_due_at=None)
        )
    assert seen(clients, tender) == nobody_bids
    jobs.check_channels(world, at_once)
    assert seen(clients, tender) == nobody_bids
    told = [record.getMessage() for record in caplog.records if record.name.startswith("bidding.messages")]
    assert all("does not answer" in words for words in told), told


def test_a_letter_to_a_rival_or_an_official_names_no_price_and_no_tenderer(
    app, world, centre, tender, attachment, servers
):
    mail, _ = servers
    mail.up()
    with centre.act() as tx:
        for account in tx.session.query(Account):
            reach(tx, account.id, account.login)
    with centre.act("t2") as tx:
        tenders.follow(tx, tender.uid)
    tender.submit(1, tender.seal(1, [attachment], price_fen=1_234_567_89))
    tender.refused(1, b"nonsense", DomainError, "again")
    centre.clock.set(tender.closes_at - timedelta(hours=1))
    telling_jobs.remind(world, leaves=True)
    jobs.send_due(world, app.extensions["post"])
    name = tenderer(1)[0].name
    own = mail.to("t1@example.com")
    assert {each["Subject"] for each in own} == {f"关于“{tender.facts.title}”的新消息"}
    others = [each for each in mail.mails if each["To"] != "t1@example.com"]
    assert {str(each["To"]) for each in others} >= {"t2@example.com"}
    for each in others:
        assert not re.search(
            rf"{name}|1234567|回执|已收下|没有收下", f"{each['Subject']} {each.get_content()}"
        )
    assert all("1234567" not in each.get_content() for each in own)
    assert all(list(each.iter_attachments()) == [] for each in mail.mails)
