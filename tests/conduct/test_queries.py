from datetime import timedelta

import pytest
from sqlalchemy import delete

from bidding.conduct import queries, service
from bidding.conduct.models import Acceptance
from bidding.conduct.rules import Rule
from bidding.core.errors import NotFound
from bidding.db import db


@pytest.mark.parametrize("code", ["", "nothing", "TENDERER"])
def test_an_address_of_no_rule_leads_nowhere(code):
    with pytest.raises(NotFound):
        queries.rule_of(code)


@pytest.mark.parametrize("n", [0, 2])
def test_a_version_that_is_not_there_is_not_found(app, n):
    with pytest.raises(NotFound):
        queries.version(db.session, Rule.ZONE, n)


def test_a_tenderer_is_listed_only_if_it_accepted_before_the_quiet_began(begin, cast, clock):
    """Two worlds: whether somebody gets ready while a tender is open must change nothing that staff see."""
    with begin() as tx:
        tx.session.execute(delete(Acceptance))
    quiet_since = clock.now() + timedelta(hours=1)
    for who, after in (("li", 0), ("zhou", 0), ("zhao", 1), ("wu", 0)):
        clock.advance(timedelta(hours=after))
        with begin(cast.actor(who)) as tx:
            service.accept(tx, Rule.TENDERER)
    shown = [
        [
            row.account.login
            for row in db.session.scalars(queries.acceptances(None, quiet_since, of_tenderers=of))
        ]
        for of in (True, False)
    ]
    assert shown == [["li"], ["wu", "zhou"]]


def test_acceptances_are_listed_by_rule(begin, cast, clock):
    shown = db.session.scalars(queries.acceptances(Rule.ZONE, clock.now(), of_tenderers=False)).all()
    assert [row.account.login for row in shown] == ["lin"]
