from __future__ import annotations

import pytest

from bidding.core.errors import NotFound
from bidding.sealing import queries, service
from bidding.sealing.rules import State
from tests.sealing.keyring import enrol, enrolment_file, standing_set


@pytest.fixture
def keys(app):
    return app.extensions["log_keys"]


def test_each_list_holds_those_of_its_state_only(begin, cast, keys, clock):
    enrol(begin, cast, keys, "supervisor")
    gone = enrol(begin, cast, keys, "notary")
    with begin(cast.actor("wang")) as tx:
        service.retire_trustee(tx, gone, reason="调离", keys=keys)
        service.propose_trustee(
            tx, file=enrolment_file("finance"), role="finance", holder="方", organisation_uid="org-finance"
        )
    with begin() as tx:
        lists = [
            [(each.trustee.name, each.state) for each in found(tx.session, clock.now())]
            for found in (queries.standing_trustees, queries.proposed_trustees, queries.retired_trustees)
        ]
    assert lists == [
        [("supervisor", State.READY)],
        [("finance", State.PROPOSED)],
        [("notary", State.RETIRED)],
    ]


def test_ones_own_keys_are_found_by_ones_account(begin, cast, keys, clock):
    standing_set(begin, cast, keys)
    with begin() as tx:
        for who, names in (("sun", ["supervisor"]), ("zhou", ["agency"]), ("li", []), ("gu", [])):
            found = queries.own_trustees(tx.session, cast.actor(who), clock.now())
            assert [each.trustee.name for each in found] == names


def test_trustees_come_in_the_order_asked_for_and_once(begin, cast, keys):
    uids = list(standing_set(begin, cast, keys).values())
    with begin() as tx:
        found = queries.trustees(tx.session, [uids[3], uids[0], uids[3]])
        assert [each.uid for each in found] == [uids[3], uids[0]]
        with pytest.raises(NotFound):
            queries.trustees(tx.session, [uids[0], "none"])
        with pytest.raises(NotFound):
            queries.trustee(tx.session, "none")


def test_an_agency_is_offered_its_own_trustee_and_the_centres(begin, cast, keys, clock):
    standing_set(begin, cast, keys)
    with begin() as tx:
        own = queries.eligible(tx.session, cast.zhou.organisation_id, clock.now())
        other = queries.eligible(tx.session, cast.li.organisation_id, clock.now())
    assert [each.trustee.role for each in own] == [
        "supervisor",
        "finance",
        "agency",
        "administrator",
        "notary",
    ]
    assert [each.trustee.role for each in other] == ["supervisor", "finance", "administrator", "notary"]
