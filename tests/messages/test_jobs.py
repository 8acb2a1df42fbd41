"""Sending: what arrives, in which language, and what becomes of what does not."""

import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from bidding.db import db, outbox
from bidding.db.outbox import Channel, Outgoing
from bidding.identity.models import Account
from bidding.messages import jobs, queries, service
from bidding.messages.kinds import Kind
from bidding.messages.models import ChannelCheck


@pytest.fixture
def told(begin, cast, reachable):
    """Tell somebody with both addresses of an approval."""
    reachable(cast.li.id, email="li@example.com", sms="+8613800138000")

    def _told(times=1):
        with begin() as tx:
            for _ in range(times):
                service.tell(
                    tx, [cast.li.id], Kind.REGISTRATION_APPROVED, path="/company", organisation="岚岳建设"
                )

    return _told


def rows(begin):
    with begin() as tx:
        return tx.session.query(Outgoing).order_by(Outgoing.id).all()


def test_a_letter_arrives_by_both_ways(begin, told, deliver, mail_server, gateway):
    told()
    assert deliver() == 2
    (mail,) = mail_server.mails
    assert mail["To"] == "li@example.com"
    assert mail["Subject"] == "单位登记审核通过"
    text = mail.get_content()
    assert "“岚岳建设”的登记已经审核通过" in text
    assert "https://bids.example/messages/" in text
    (sms,) = gateway.asked
    assert sms["body"]["mobile"] == "+8613800138000"
    assert sms["body"]["content"] == "单位登记审核通过"
    assert all(row.sent_at and not row.payload for row in rows(begin))
    assert deliver() == 0


def test_it_is_in_the_readers_language(begin, cast, told, deliver, mail_server):
    with begin() as tx:
        tx.session.get(Account, cast.li.id).language = "en"
    told()
    deliver()
    assert mail_server.mails[0]["Subject"] == "Registration approved"
    assert "has been approved" in mail_server.mails[0].get_content()


def test_a_refused_address_is_given_up_at_once_and_the_others_go(begin, told, deliver, mail_server, cast):
    told(2)
    mail_server.refuse = {"li@example.com": "550 no such box"}
    assert deliver() == 2, "the two SMS"
    emails = [row for row in rows(begin) if row.channel == Channel.EMAIL]
    assert all(row.given_up_at and "550" in row.error for row in emails)
    with begin() as tx:
        assert queries.undelivered(tx.session, "li@example.com") is not None
        assert queries.undelivered(tx.session, "+8613800138000") is None


def test_one_letter_that_cannot_be_composed_keeps_no_other_back(begin, told, deliver, mail_server, caplog):
    told(2)
    with begin() as tx:
        tx.session.query(Outgoing).order_by(Outgoing.id).first().payload = "nonsense"
    assert deliver() == 3
    assert len(mail_server.mails) == 1
    assert "cannot be handed over" in caplog.text


def test_a_channel_that_was_taken_from_the_settings_waits_and_gives_up(begin, told, world, post, clock):
    told()
    bare = replace(post, carriers={}, lasts=timedelta(hours=1))
    assert jobs.send_due(world, bare) == 0
    clock.advance(timedelta(hours=1))
    jobs.send_due(world, bare)
    assert all(row.given_up_at for row in rows(begin))


class Died(BaseException):
    """The process is gone."""


class Dying:
    """A way out whose worker dies right after the other side's yes."""

    def __init__(self, carrier):
        self.carrier = carrier

    @contextmanager
    def open(self):
        with self.carrier.open() as hand:

            def hand_and_die(letter):
                hand(letter)
                raise Died

            yield hand_and_die


def test_a_dead_workers_letter_is_sent_again_under_the_same_id(told, world, post, mail_server, clock):
    """What at least once means: it dies between the server's yes and its own commit."""
    told()
    dying = replace(post, carriers={Channel.EMAIL: Dying(post.carriers[Channel.EMAIL])})
    with pytest.raises(Died):
        jobs.send_due(world, dying)
    assert len(mail_server.mails) == 1
    assert jobs.send_due(world, post) == 1, "the SMS; the mail is under its lease"
    clock.advance(outbox.LEASE)
    assert jobs.send_due(world, post) == 1
    assert len(mail_server.ids) == 2
    assert len(set(mail_server.ids)) == 1


def test_two_workers_at_once_send_each_letter_once(app, told, world, post, mail_server):
    told(15)
    begin = threading.Barrier(2)

    def work():
        with app.app_context():
            begin.wait()
            jobs.send_due(world, post)
            db.session.remove()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(mail_server.ids) == len(set(mail_server.ids)) == 15


def test_the_check_tells_of_the_channel_and_of_no_letter(
    begin, told, world, post, mail_server, gateway, clock
):
    jobs.check_channels(world, post)
    with begin() as tx:
        assert [check.failing_since for check in queries.checks(tx.session)] == [None, None]
    mail_server.down()
    told()
    jobs.send_due(world, post)
    with begin() as tx:
        assert [check.failing_since for check in queries.checks(tx.session)] == [None, None]
    jobs.check_channels(world, post)
    with begin() as tx:
        assert tx.session.get(ChannelCheck, "email").failing_since == clock.now()
    assert len(gateway.asked) == 1, "the letter, and none for the checks"


def test_sending_logs_nothing_of_a_private_letter_that_fails(
    begin, cast, reachable, world, post, mail_server, caplog, clock
):
    reachable(cast.li.id, email="li@example.com")
    with begin() as tx:
        params = {"title": "T", "bid": "b", "deadline": "d", "lot": "1", "reference": "r"}
        service.tell(tx, [cast.li.id], Kind.BID_ACCEPTED, path="/", received_at=clock.now(), **params)
    mail_server.down()
    caplog.set_level("DEBUG", "bidding")
    jobs.send_due(world, post)
    assert [record for record in caplog.records if record.name.startswith("bidding")] == []


def test_the_sweep_forgets_what_was_sent(begin, told, deliver, world, clock):
    told()
    deliver()
    clock.advance(outbox.KEPT)
    jobs.sweep(world)
    assert rows(begin) == []
