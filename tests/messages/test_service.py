"""Telling, reading, addresses and wishes."""

from datetime import timedelta

import pytest

from bidding.core.canonical import loads
from bidding.core.errors import DomainError, NotFound
from bidding.db.outbox import Channel, Outgoing
from bidding.identity.models import Account
from bidding.messages import queries, rules, service
from bidding.messages.kinds import Group, Kind
from bidding.messages.models import ContactPoint, Message
from bidding.messages.queries import Wants

TENDER = {"title": "管网改造", "bid": "投标文件", "deadline": "投标截止"}
APPROVED = {"organisation": "岚岳建设"}


@pytest.fixture
def tell(begin, clock):
    def _tell(accounts, kind=Kind.REGISTRATION_APPROVED, path="/company", leaves=True, **params):
        with begin() as tx:
            service.tell(tx, accounts, kind, path=path, leaves=leaves, **(params or APPROVED))

    return _tell


@pytest.fixture
def letters(begin):
    """(channel, address, private) of all that is to leave."""

    def _letters():
        with begin() as tx:
            rows = tx.session.query(Outgoing).order_by(Outgoing.id)
            return [(row.channel, row.address, row.is_private) for row in rows]

    return _letters


def messages(begin):
    with begin() as tx:
        return tx.session.query(Message).order_by(Message.id).all()


def test_everybody_is_told_once_and_the_disabled_are_not(begin, cast, tell):
    with begin() as tx:
        tx.session.get(Account, cast.zhao.id).disabled_at = tx.now
    tell([cast.li.id, cast.zhao.id, cast.li.id])
    assert [each.account_id for each in messages(begin)] == [cast.li.id]


def test_it_leaves_to_confirmed_addresses_by_the_ways_that_are_wanted(cast, tell, letters, reachable, begin):
    reachable(cast.li.id, email="li@example.com", sms="13800138000")
    tell([cast.li.id])
    assert letters() == [("email", "li@example.com", False), ("sms", "13800138000", False)]
    with begin(cast.actor("li")) as tx:
        service.set_wishes(tx, "en", {Group.REGISTRATION: Wants(email=False, sms=True)})
    tell([cast.li.id])
    assert letters()[2:] == [("sms", "13800138000", False)]


def test_who_wants_none_of_it_gets_it_on_the_site_and_no_call(cast, tell, letters, reachable, begin):
    reachable(cast.li.id, email="li@example.com")
    with begin(cast.actor("li")) as tx:
        service.set_wishes(tx, "en", {Group.REGISTRATION: Wants(email=False, sms=False)})
    tell([cast.li.id])
    assert len(messages(begin)) == 1
    assert letters() == []


def test_without_any_address_what_calls_for_a_person_waits_for_one(cast, tell, letters):
    tell([cast.li.id])
    assert letters() == [("hand", "", False)]


def test_who_passes_letters_on_is_not_on_their_own_list(cast, begin, letters, clock):
    with begin() as tx:
        people = [cast.wang.id, cast.sun.id]
        service.tell(tx, people, Kind.DRILL_DUE, path="/trustees", name="t", valid_until_at=clock.now())
    assert letters() == [("hand", "", False)]
    with begin() as tx:
        (row,) = tx.session.execute(queries.by_hand())
        assert row[1].account_id == cast.sun.id


@pytest.mark.parametrize("kind", [Kind.BID_ACCEPTED, Kind.DEADLINE_MOVED, Kind.OPENING_HELD, Kind.OPENED])
def test_nothing_about_a_tender_waits_for_a_person_to_tell_a_tenderer(cast, begin, letters, clock, kind):
    params = TENDER | {"reference": "1", "lot": "1", "reason": "r"}
    instants = dict.fromkeys(("received_at", "closes_at", "was_closes_at"), clock.now())
    with begin() as tx:
        service.tell(tx, [cast.li.id], kind, path="/", **params, **instants)
    assert letters() == []
    with begin() as tx:
        service.tell(tx, [cast.zhou.id], Kind.DEADLINE_MOVED, path="/", **params, **instants)
    assert letters() == [("hand", "", False)]


def test_what_may_not_leave_stays_on_the_site(cast, tell, letters, reachable, begin):
    reachable(cast.li.id, email="li@example.com")
    tell([cast.li.id], Kind.OPENED, leaves=False, **TENDER)
    assert letters() == []
    assert len(messages(begin)) == 1


def test_a_message_keeps_facts_and_no_words(cast, tell, begin, clock):
    tell([cast.li.id], Kind.DEADLINE_NEAR, path="/notices/x", closes_at=clock.now(), **TENDER)
    (message,) = messages(begin)
    assert loads(message.params) == TENDER | {"closes_at": "2026-11-23T01:00:00+00:00"}


def test_one_reads_ones_own_and_nobody_elses(cast, tell, begin, clock):
    tell([cast.li.id, cast.zhao.id])
    mine, theirs = messages(begin)
    with pytest.raises(NotFound), begin(cast.actor("li")) as tx:
        service.read(tx, theirs.uid)
    with begin(cast.actor("li")) as tx:
        service.read(tx, mine.uid)
        assert queries.unread(tx.session, cast.actor("li")) == 0
        assert queries.unread(tx.session, cast.actor("zhao")) == 1
    clock.advance(timedelta(hours=1))
    with begin(cast.actor("li")) as tx:
        assert service.read(tx, mine.uid).read_at == clock.now() - timedelta(hours=1), "the first time counts"
    with begin(cast.actor("zhao")) as tx:
        service.read_all(tx)
        assert queries.unread(tx.session, cast.actor("zhao")) == 0


# addresses


def propose(begin, cast, address="li@example.com", channel=Channel.EMAIL, who="li"):
    """The code that went out."""
    with begin(cast.actor(who)) as tx:
        service.propose(tx, channel, address)
    with begin() as tx:
        newest = tx.session.query(Outgoing).order_by(Outgoing.id.desc()).first()
        assert newest.address == address
        assert newest.is_private
        return loads(loads(newest.payload)["params"])["code"]


def try_code(begin, cast, code, channel=Channel.EMAIL, who="li"):
    with begin(cast.actor(who)) as tx:
        return service.try_code(tx, channel, code)


def point(begin, cast, who="li"):
    with begin() as tx:
        return tx.session.query(ContactPoint).filter_by(account_id=cast[who].id).one()


def test_an_address_counts_once_its_code_came_back(begin, cast):
    code = propose(begin, cast)
    assert point(begin, cast).address is None
    assert try_code(begin, cast, code)
    found = point(begin, cast)
    assert (found.address, found.pending, found.code_sha256) == ("li@example.com", None, None)
    assert not try_code(begin, cast, code), "once"


def test_the_address_before_goes_on_until_the_new_one_is_confirmed(begin, cast, reachable):
    reachable(cast.li.id, email="old@example.com")
    code = propose(begin, cast, "new@example.com")
    assert point(begin, cast).address == "old@example.com"
    try_code(begin, cast, code)
    assert point(begin, cast).address == "new@example.com"


def test_a_code_of_somebody_else_or_another_address_is_worth_nothing(begin, cast):
    theirs = propose(begin, cast, "zhao@example.com", who="zhao")
    first = propose(begin, cast, "a@example.com")
    propose(begin, cast, "b@example.com")
    assert not try_code(begin, cast, theirs)
    assert not try_code(begin, cast, first)


def test_a_code_is_good_for_half_an_hour_and_five_tries(begin, cast, clock):
    code = propose(begin, cast)
    clock.advance(rules.CODE_LASTS)
    assert not try_code(begin, cast, code)
    code = propose(begin, cast)
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(rules.CODE_TRIES):
        assert not try_code(begin, cast, wrong)
    assert not try_code(begin, cast, code)


def test_nobody_fills_a_strangers_box_with_codes(begin, cast, clock):
    for number in range(rules.CODES_A_DAY):
        propose(begin, cast, f"a{number}@example.com")
    with begin(cast.actor("li")) as tx:
        service.remove(tx, Channel.EMAIL)
    with pytest.raises(rules.TooManyCodes):
        propose(begin, cast, "b@example.com")
    propose(begin, cast, "13800138000", Channel.SMS)
    clock.advance(rules.DAY)
    assert try_code(begin, cast, propose(begin, cast, "b@example.com"))


# by hand


def test_a_person_tells_and_says_so_once(cast, tell, begin):
    tell([cast.li.id])
    with begin() as tx:
        uid = tx.session.query(Outgoing).one().uid
    for login in ("li", "zhou", "sun"):
        with pytest.raises(DomainError), begin(cast.actor(login)) as tx:
            service.done_by_hand(tx, uid)
    with begin(cast.actor("wang")) as tx:
        letter = service.done_by_hand(tx, uid)
        assert (letter.done_by_id, letter.done_at) == (cast.wang.id, tx.now)
    with pytest.raises(NotFound), begin(cast.actor("chen")) as tx:
        service.done_by_hand(tx, uid)


def test_what_was_read_or_sent_another_way_waits_for_nobody(cast, tell, begin, reachable, clock):
    tell([cast.li.id])
    reachable(cast.zhao.id, email="zhao@example.com", sms="13900139000")
    tell([cast.zhao.id])
    with begin() as tx:
        email, sms = tx.session.query(Outgoing).filter(Outgoing.channel != Channel.HAND).order_by(Outgoing.id)
        email.given_up_at, email.next_due_at = clock.now(), None
        tx.session.flush()
        assert queries.waiting_by_hand(tx.session) == 1, "the SMS may still arrive"
        sms.given_up_at, sms.next_due_at = clock.now(), None
        tx.session.flush()
        assert queries.waiting_by_hand(tx.session) == 2, "two letters, one person to be called"
    with begin(cast.actor("li")) as tx:
        service.read_all(tx)
        assert queries.waiting_by_hand(tx.session) == 1


def test_a_channel_that_answers_again_is_no_longer_failing(begin, clock):
    with begin() as tx:
        service.note_check(tx, Channel.EMAIL, "refused")
    began = clock.now()
    clock.advance(timedelta(minutes=5))
    with begin() as tx:
        service.note_check(tx, Channel.EMAIL, "refused")
        (check,) = queries.checks(tx.session)
        assert check.failing_since == began
    with begin() as tx:
        service.note_check(tx, Channel.EMAIL, None)
        (check,) = queries.checks(tx.session)
        assert (check.failing_since, check.error) == (None, "")
