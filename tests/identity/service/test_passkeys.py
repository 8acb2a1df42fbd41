"""Keys of one's own."""

import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from bidding.core.errors import NotFound
from bidding.db import db
from bidding.identity import queries, service
from bidding.identity.passkeys import Added, PasskeyRefused, Used

DAYS = timedelta(days=14)
KEY = Added("a2V5", b"public", 5, is_multi_device=True, is_backed_up=False, aaguid="0")
USED = Used("a2V5", 6, is_multi_device=True, is_backed_up=True)


@pytest.fixture
def add(begin, cast):
    def _add(login="li", key=KEY):
        with begin(cast.actor(login)) as tx:
            return service.add_passkey(tx, key, rp_id="localhost", name=" 办公室电脑 ").id

    return _add


def test_a_key_is_kept_under_its_name(add, cast):
    add()
    found = queries.passkeys(db.session(), cast.li.id)
    assert [each.name for each in found] == ["办公室电脑"]
    assert queries.passkeys(db.session(), cast.li.id, "elsewhere.example") == []
    assert queries.factors(db.session(), cast.li.id).passkeys == 1


@pytest.mark.parametrize("login", ["li", "zhao"])
def test_a_key_is_one_persons_once(add, login):
    add()
    with pytest.raises(service.PasskeyKnown):
        add(login)


def test_nobody_keeps_more_than_twenty(add):
    for number in range(20):
        add(key=replace(KEY, credential_id=str(number)))
    with pytest.raises(service.TooManyPasskeys):
        add()


def test_using_it_notes_what_it_told(begin, add, cast, clock):
    add()
    with begin() as tx:
        assert service.use_passkey(tx, USED).id == cast.li.id
    found = queries.passkey(db.session(), "a2V5")
    assert (found.sign_count, found.is_backed_up, found.used_at) == (6, True, clock.now())


@pytest.mark.parametrize("count", [0, 4, 5])
def test_a_key_that_counts_backwards_has_a_twin(begin, add, count, caplog):
    add()
    with caplog.at_level(logging.WARNING), begin() as tx, pytest.raises(PasskeyRefused):
        service.use_passkey(tx, replace(USED, sign_count=count))
    assert "may have been copied" in caplog.text
    assert queries.passkey(db.session(), "a2V5").sign_count == 5


def test_a_key_that_never_counts_is_taken(begin, add):
    add(key=replace(KEY, sign_count=0))
    for _ in range(2):
        with begin() as tx:
            service.use_passkey(tx, replace(USED, sign_count=0))


def test_a_disabled_accounts_key_is_nobodys(begin, add, cast):
    add("zhou")
    with begin(cast.actor("wang")) as tx:
        service.disable(tx, cast.zhou.uid)
    with begin() as tx, pytest.raises(service.PasskeyUnknown):
        service.use_passkey(tx, USED)
    with begin() as tx, pytest.raises(service.PasskeyUnknown):
        service.use_passkey(tx, replace(USED, credential_id="bm8"))


@pytest.mark.parametrize("who", ["zhao", "wang"])
def test_nobody_elses_can_be_named_or_removed(begin, add, cast, who):
    mine = add()
    with begin(cast.actor(who)) as tx, pytest.raises(NotFound):
        service.rename_passkey(tx, mine, "我的")
    with begin(cast.actor(who)) as tx, pytest.raises(NotFound):
        service.remove_passkey(tx, mine, within=DAYS)


def test_ones_own_can(begin, add, cast):
    mine = add()
    with begin(cast.actor("li")) as tx:
        service.rename_passkey(tx, mine, "家里的")
    assert queries.passkey(db.session(), "a2V5").name == "家里的"
    with begin(cast.actor("li")) as tx:
        service.remove_passkey(tx, mine, within=DAYS)
    assert queries.passkey(db.session(), "a2V5") is None


def test_a_supervisor_keeps_the_last_of_all(begin, add, cast):
    first, second = add("sun"), add("sun", replace(KEY, credential_id="b3RoZXI"))
    with begin(cast.actor("sun")) as tx:
        service.remove_passkey(tx, first, within=DAYS)
    with begin(cast.actor("sun")) as tx, pytest.raises(service.LastFactor):
        service.remove_passkey(tx, second, within=DAYS)
