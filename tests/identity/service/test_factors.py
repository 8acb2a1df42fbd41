"""Authenticators and printed codes."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bidding.core.errors import Forbidden, NotFound, WrongState
from bidding.db import db
from bidding.identity import codes, policy, queries, rules, service
from bidding.identity.models import Authenticator, FactorsCleared, RecoveryCode

DAYS = timedelta(days=14)
STEP = timedelta(seconds=30)


@pytest.fixture
def vault(app):
    return app.extensions["vault"]


@pytest.fixture
def secret(begin, cast, vault):
    """Li's new authenticator, unconfirmed: its secret."""

    def _secret(login="li"):
        with begin(cast.actor(login)) as tx:
            service.begin_authenticator(tx, vault)
        fresh = queries.authenticator(db.session(), cast[login].id, confirmed=False)
        return vault.open(fresh.sealed_secret, cast[login].uid)

    return _secret


@pytest.fixture
def shown(clock):
    """``shown(secret)``: what the app shows now."""
    return lambda secret: codes.digits(secret, codes.step_of(clock.now()))


@pytest.fixture
def app_of_li(begin, cast, vault, secret, shown):
    found = secret()
    with begin(cast.actor("li")) as tx:
        service.confirm_authenticator(tx, vault, shown(found))
    return found


def held(card):
    db.session.rollback()
    return queries.factors(db.session(), card.id)


class TestAuthenticator:
    def test_counts_only_once_a_first_code_has_confirmed_it(self, begin, cast, vault, secret, shown):
        found = secret()
        assert not held(cast.li).any
        with begin(cast.actor("li")) as tx, pytest.raises(rules.WrongCode):
            service.confirm_authenticator(tx, vault, "000000")
        with begin(cast.actor("li")) as tx:
            service.confirm_authenticator(tx, vault, shown(found))
        assert held(cast.li).authenticator

    def test_the_confirming_code_is_used_up_by_that(self, begin, cast, vault, app_of_li, shown, clock):
        with begin() as tx, pytest.raises(rules.WrongCode):
            service.use_authenticator(tx, vault, cast.li.id, shown(app_of_li))
        clock.advance(STEP)
        with begin() as tx:
            service.use_authenticator(tx, vault, cast.li.id, shown(app_of_li))
        with begin() as tx, pytest.raises(rules.WrongCode):
            service.use_authenticator(tx, vault, cast.li.id, shown(app_of_li))

    def test_the_row_holds_no_secret(self, app_of_li):
        row = db.session.scalars(select(Authenticator)).one()
        assert app_of_li not in row.sealed_secret
        assert len(row.sealed_secret) == 12 + 20 + 16

    def test_a_second_one_replaces_the_first_when_it_is_confirmed(
        self, begin, cast, vault, app_of_li, secret, shown, clock
    ):
        clock.advance(STEP)
        other = secret()
        with begin() as tx:
            service.use_authenticator(tx, vault, cast.li.id, shown(app_of_li))
        with begin(cast.actor("li")) as tx:
            service.confirm_authenticator(tx, vault, shown(other))
        clock.advance(STEP)
        with begin() as tx, pytest.raises(rules.WrongCode):
            service.use_authenticator(tx, vault, cast.li.id, shown(app_of_li))
        assert len(db.session.scalars(select(Authenticator)).all()) == 1

    def test_there_is_nothing_to_confirm_or_remove_of_nothing(self, begin, cast, vault):
        with begin(cast.actor("li")) as tx, pytest.raises(service.NothingToConfirm):
            service.confirm_authenticator(tx, vault, "123456")
        with begin(cast.actor("li")) as tx, pytest.raises(WrongState):
            service.remove_authenticator(tx, within=DAYS)
        with begin() as tx, pytest.raises(rules.WrongCode):
            service.use_authenticator(tx, vault, cast.li.id, "123456")

    def test_a_rivals_code_opens_nothing(self, begin, cast, vault, app_of_li, shown, clock):
        clock.advance(STEP)
        with begin() as tx, pytest.raises(rules.WrongCode):
            service.use_authenticator(tx, vault, cast.zhao.id, shown(app_of_li))

    def test_may_be_removed_by_whoever_needs_none(self, begin, cast, app_of_li):
        with begin(cast.actor("li")) as tx:
            service.remove_authenticator(tx, within=DAYS)
        assert not held(cast.li).any


class TestLast:
    @pytest.fixture
    def supervisor(self, begin, cast, vault, secret, shown):
        found = secret("sun")
        with begin(cast.actor("sun")) as tx:
            service.confirm_authenticator(tx, vault, shown(found))
        return cast.actor("sun")

    def test_a_supervisor_keeps_the_last_one(self, begin, supervisor):
        with begin(supervisor) as tx, pytest.raises(service.LastFactor):
            service.remove_authenticator(tx, within=DAYS)

    def test_but_may_exchange_it_for_printed_codes(self, begin, cast, vault, supervisor):
        with begin(supervisor) as tx:
            service.new_codes(tx, vault)
            service.remove_authenticator(tx, within=DAYS)
        assert held(cast.sun).codes == 10

    def test_where_nobody_must_have_one_it_may_go(self, begin, supervisor):
        with begin(supervisor) as tx:
            service.remove_authenticator(tx, within=timedelta())


class TestPrintedCodes:
    @pytest.fixture
    def sheet(self, begin, cast, vault):
        with begin(cast.actor("li")) as tx:
            return service.new_codes(tx, vault)

    def test_each_is_good_once_however_it_is_typed(self, begin, cast, vault, sheet):
        with begin() as tx:
            service.use_code(tx, vault, cast.li.id, f" {sheet[3].upper()} ")
        assert held(cast.li).codes == 9
        with begin() as tx, pytest.raises(rules.WrongCode):
            service.use_code(tx, vault, cast.li.id, sheet[3])

    def test_for_its_owner_only(self, begin, cast, vault, sheet):
        with begin() as tx, pytest.raises(rules.WrongCode):
            service.use_code(tx, vault, cast.zhao.id, sheet[0])

    def test_the_rows_hold_none_of_them(self, sheet):
        kept = " ".join(db.session.scalars(select(RecoveryCode.mark)))
        assert not [code for code in sheet if code in kept or code.replace("-", "") in kept]

    def test_a_new_sheet_ends_the_old(self, begin, cast, vault, sheet):
        with begin(cast.actor("li")) as tx:
            fresh = service.new_codes(tx, vault)
        assert not set(fresh) & set(sheet)
        with begin() as tx, pytest.raises(rules.WrongCode):
            service.use_code(tx, vault, cast.li.id, sheet[0])

    def test_an_unused_one_can_be_asked_for_by_its_mark(self, begin, cast, vault, sheet):
        mark = vault.mark(codes.normal(sheet[0]))
        assert queries.has_code(db.session(), " LI", mark)
        assert not queries.has_code(db.session(), "zhao", mark)
        with begin() as tx:
            service.use_code(tx, vault, cast.li.id, sheet[0])
        assert not queries.has_code(db.session(), "li", mark)


class TestClearing:
    def test_takes_all_of_them_and_every_sign_in(self, begin, cast, vault, app_of_li):
        with begin(cast.actor("li")) as tx:
            service.new_codes(tx, vault)
            token = service.open_session(tx, cast.li.id)
        with begin(cast.actor("wang")) as tx:
            service.clear_factors(tx, cast.li.uid)
        assert not held(cast.li).any
        assert queries.live_session(db.session(), service.digest_of(token)) is None
        cleared = db.session.scalars(select(FactorsCleared)).one()
        assert (cleared.account_id, cleared.cleared_by_id) == (cast.li.id, cast.wang.id)

    @pytest.mark.parametrize("who", ["zhou", "sun", "zhao", "li"])
    def test_is_an_administrators(self, begin, cast, who):
        with begin(cast.actor(who)) as tx, pytest.raises(Forbidden):
            service.clear_factors(tx, cast.li.uid)

    def test_and_never_of_oneself_or_of_nobody(self, begin, cast):
        with begin(cast.actor("wang")) as tx, pytest.raises(policy.NotOneself):
            service.clear_factors(tx, cast.wang.uid)
        with begin(cast.actor("wang")) as tx, pytest.raises(NotFound):
            service.clear_factors(tx, "acc-nobody")
