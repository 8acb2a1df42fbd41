"""Who acts."""

from bidding.core.actor import NOBODY, Actor, system_actor


def test_nobody_may_do_anything():
    assert not NOBODY.may("project:edit")
    assert NOBODY.account_id is None


def test_an_actor_may_what_was_granted_and_nothing_else():
    actor = Actor(1, 2, permissions=frozenset({"bid:submit"}))
    assert actor.may("bid:submit")
    assert not actor.may("bid:submit:all")


def test_jobs_have_a_name_and_no_person():
    assert (system_actor("ledger").name, system_actor("ledger").account_id) == ("ledger", None)
