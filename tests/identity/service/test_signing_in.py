"""Who is let try, who is in, and for how long."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bidding.core.actor import NOBODY
from bidding.core.errors import Forbidden, NotFound, WrongState
from bidding.db import db
from bidding.identity import queries, rules, service
from bidding.identity.events import SignedInFromNewDevice
from bidding.identity.models import SignInSession, SpentToken
from bidding.identity.rules import Throttle, Turn

MINUTE = timedelta(minutes=1)
WAIT = timedelta(seconds=30)
THROTTLE = Throttle(15 * MINUTE, pair=5, address=10, wait=WAIT)
HERE = "203.0.113.7"


@pytest.fixture
def attempt(begin):
    """``attempt("li", HERE)``: one wrong password, if it is let through."""

    def _attempt(login, source, turn=None):
        with begin() as tx:
            return service.admit(tx, login=login, source=source, throttle=THROTTLE, turn=turn)

    return _attempt


@pytest.fixture
def signed_in(begin):
    """``signed_in(cast.li)``: a token."""

    def _signed_in(card, **more):
        with begin() as tx:
            return service.open_session(tx, card.id, **more)

    return _signed_in


def lives(token):
    db.session.rollback()
    return queries.live_session(db.session(), service.digest_of(token)) is not None


def turn(clock, login="li", source=HERE, number="1"):
    return Turn(service.whose(login, source), clock.now() + WAIT, number)


class TestThrottle:
    @pytest.fixture
    def crowded(self, attempt):
        for _ in range(5):
            attempt("li", HERE)

    def test_after_five_failures_the_next_has_to_wait_half_a_minute(self, attempt, crowded, clock):
        with pytest.raises(rules.TooManyAttempts) as caught:
            attempt("li", HERE)
        assert caught.value.params == {"seconds": 30}
        clock.advance(15 * MINUTE)
        attempt("li", HERE)

    def test_whoever_has_waited_is_let_through_whatever_others_did_meanwhile(self, attempt, crowded, clock):
        mine = turn(clock)
        clock.advance(WAIT - timedelta(seconds=1))
        for number in range(20):
            with pytest.raises(rules.TooManyAttempts):
                attempt("li", HERE, turn(clock, number=f"rival {number}"))
        with pytest.raises(rules.TooManyAttempts) as caught:
            attempt("li", HERE, mine)
        assert caught.value.params == {"seconds": 1}
        clock.advance(timedelta(seconds=1))
        attempt("li", HERE, mine)

    def test_a_turn_is_good_once(self, attempt, crowded, clock):
        mine = turn(clock)
        clock.advance(WAIT)
        attempt("li", HERE, mine)
        with pytest.raises(rules.TooManyAttempts):
            attempt("li", HERE, mine)

    @pytest.mark.parametrize(("login", "source"), [("zhao", HERE), ("li", "198.51.100.1")])
    def test_and_only_for_the_account_and_the_place_it_was_drawn_for(
        self, attempt, crowded, clock, login, source
    ):
        others = turn(clock, login, source)
        clock.advance(WAIT)
        with pytest.raises(rules.TooManyAttempts):
            attempt("li", HERE, others)

    def test_and_not_for_ever(self, attempt, crowded, clock):
        old = turn(clock)
        clock.advance(WAIT + 15 * MINUTE)
        for _ in range(5):
            attempt("li", HERE)
        with pytest.raises(rules.TooManyAttempts):
            attempt("li", HERE, old)

    def test_what_is_spent_is_forgotten_once_it_has_expired(self, begin, attempt, crowded, clock):
        mine = turn(clock)
        clock.advance(WAIT)
        attempt("li", HERE, mine)
        clock.advance(16 * MINUTE)
        with begin() as tx:
            assert service.spend(tx, "another", until=tx.now + MINUTE)
        assert len(db.session.scalars(select(SpentToken)).all()) == 1

    def test_failing_elsewhere_slows_nobody(self, attempt, crowded):
        """The last hour before a deadline: failing on purpose crowds only the rival's own door."""
        attempt("li", "198.51.100.1")

    @pytest.mark.parametrize("source", [f"{service.KNOWN_BROWSER}abc", "session:7"])
    def test_nor_behind_the_same_router_where_browser_or_session_is_known(self, attempt, crowded, source):
        attempt("li", source)

    def test_a_known_browser_has_its_limit_too(self, attempt):
        for _ in range(5):
            attempt("li", f"{service.KNOWN_BROWSER}abc")
        with pytest.raises(rules.TooManyAttempts):
            attempt("li", f"{service.KNOWN_BROWSER}abc")

    def test_one_address_cannot_try_all_accounts(self, attempt):
        for number in range(10):
            attempt(f"login{number}", HERE)
        with pytest.raises(rules.TooManyAttempts):
            attempt("another", HERE)

    def test_spelling_a_login_otherwise_gives_no_further_attempts(self, attempt):
        for spelling in ("li", "LI", " li", "Li ", "lI"):
            attempt(spelling, HERE)
        with pytest.raises(rules.TooManyAttempts):
            attempt("li", HERE)

    def test_a_success_takes_back_only_its_own_attempt(self, attempt, begin, cast):
        for _ in range(4):
            attempt("li", HERE)
        right = attempt("li", HERE)
        with begin() as tx:
            assert service.password_was_right(tx, cast.li.id, attempt=right) is False
        attempt("li", HERE)
        with pytest.raises(rules.TooManyAttempts):
            attempt("li", HERE)

    def test_registrations_are_counted_apart(self, begin, attempt):
        for _ in range(10):
            with begin() as tx:
                service.admit_registration(tx, address=HERE, throttle=THROTTLE)
        with begin() as tx, pytest.raises(rules.TooManyRegistrations) as caught:
            service.admit_registration(tx, address=HERE, throttle=THROTTLE)
        assert caught.value.params == {"minutes": 15}
        attempt("li", HERE)


class TestCodes:
    def guess(self, begin, card, source):
        with begin() as tx:
            return service.admit_code(tx, card.id, source=source, throttle=THROTTLE)

    def test_six_digits_are_guessed_five_times_from_wherever(self, begin, cast, clock):
        for number in range(5):
            self.guess(begin, cast.li, f"203.0.113.{number}")
        with pytest.raises(rules.TooManyCodes) as caught:
            self.guess(begin, cast.li, "198.51.100.1")
        assert caught.value.params == {"minutes": 15}
        self.guess(begin, cast.zhao, "198.51.100.1")
        clock.advance(15 * MINUTE)
        self.guess(begin, cast.li, "198.51.100.1")

    def test_a_known_browser_has_its_own_five(self, begin, cast):
        for number in range(5):
            self.guess(begin, cast.li, f"203.0.113.{number}")
        self.guess(begin, cast.li, f"{service.KNOWN_BROWSER}abc")


class TestNewDevices:
    @pytest.fixture
    def news(self, world):
        heard = []
        world.bus.subscribe(SignedInFromNewDevice, lambda tx, event: heard.append(event))
        return heard

    def test_the_first_sign_in_of_all_is_no_news(self, signed_in, cast, news):
        signed_in(cast.li, is_known=False)
        assert news == []

    def test_a_browser_that_was_there_before_neither(self, signed_in, cast, news):
        signed_in(cast.li)
        signed_in(cast.li, is_known=True)
        assert news == []

    def test_any_other_is_told_of_in_the_same_transaction(self, signed_in, cast, news, clock):
        signed_in(cast.li)
        signed_in(cast.li, is_known=False, address=HERE, client="Chrome · Windows")
        row = db.session.scalars(select(SignInSession).order_by(SignInSession.id.desc())).first()
        assert news == [SignedInFromNewDevice(cast.li.id, row.id, "Chrome · Windows", HERE, clock.now())]
        assert row.is_new_device

    def test_the_person_says_once_that_it_was_they(self, begin, signed_in, cast):
        signed_in(cast.li)
        signed_in(cast.li, is_known=False)
        row = db.session.scalars(select(SignInSession).order_by(SignInSession.id.desc())).first().id
        for who in ("zhao", "wang"):
            with begin(cast.actor(who)) as tx, pytest.raises(NotFound):
                service.acknowledge(tx, row)
        with begin(cast.actor("li")) as tx:
            service.acknowledge(tx, row)
        with begin(cast.actor("li")) as tx, pytest.raises(WrongState):
            service.acknowledge(tx, row)


class TestSessions:
    def test_the_row_holds_no_token(self, signed_in, cast):
        token = signed_in(cast.li)
        rows = db.session.scalars(select(SignInSession)).all()
        assert [row.token_sha256 for row in rows] == [service.digest_of(token)]
        assert token not in rows[0].token_sha256

    def test_signing_in_ends_what_the_browser_brought(self, signed_in, cast):
        planted = signed_in(cast.zhao)
        token = signed_in(cast.li, replaces=planted)
        assert token != planted
        assert not lives(planted)
        assert lives(token)

    def test_signing_out_ends_it_on_the_server(self, begin, signed_in, cast):
        token = signed_in(cast.li)
        with begin() as tx:
            service.close_session(tx, token)
        assert not lives(token)

    def test_one_of_ones_own_browsers_can_be_signed_out(self, begin, signed_in, cast):
        here, there = signed_in(cast.li), signed_in(cast.li)
        row = queries.live_session(db.session(), service.digest_of(there))
        with begin(cast.actor("li")) as tx:
            service.revoke_session(tx, row.id)
        assert lives(here)
        assert not lives(there)

    @pytest.mark.parametrize("who", ["zhao", "wang", None], ids=["rival", "administrator", "stranger"])
    def test_but_nobody_elses(self, begin, signed_in, cast, who):
        token = signed_in(cast.li)
        row = queries.live_session(db.session(), service.digest_of(token))
        actor = cast.actor(who) if who else NOBODY
        with begin(actor) as tx, pytest.raises(NotFound):
            service.revoke_session(tx, row.id)
        assert lives(token)

    def test_a_new_password_signs_all_other_browsers_out(self, begin, signed_in, cast):
        here, there, rival = signed_in(cast.li), signed_in(cast.li), signed_in(cast.zhao)
        with begin(cast.actor("li")) as tx:
            service.change_password(tx, password_hash="new", token=here)
        assert (lives(here), lives(there), lives(rival)) == (True, False, True)

    def test_a_disabled_account_is_out_at_once_and_cannot_come_back(self, begin, signed_in, cast):
        token = signed_in(cast.zhou)
        with begin(cast.actor("wang")) as tx:
            service.disable(tx, cast.zhou.uid)
        assert not lives(token)
        with begin() as tx, pytest.raises(rules.WrongPassword):
            service.open_session(tx, cast.zhou.id)
        with begin(cast.actor("wang")) as tx:
            service.enable(tx, cast.zhou.uid)
        assert not lives(token)
        assert lives(signed_in(cast.zhou))

    def test_a_step_up_renews_the_token(self, begin, signed_in, cast, clock):
        token = signed_in(cast.li)
        clock.advance(10 * MINUTE)
        with begin(cast.actor("li")) as tx:
            attempt = service.admit(tx, login="li", source="203.0.113.7", throttle=THROTTLE)
            fresh = service.step_up(tx, token, attempt=attempt)
            assert queries.live_session(tx.session, service.digest_of(fresh)).step_up_at == tx.now
        assert not lives(token)
        assert lives(fresh)

    def test_a_step_up_needs_ones_own_session(self, begin, signed_in, cast):
        token = signed_in(cast.li)
        with begin(cast.actor("zhao")) as tx, pytest.raises(Forbidden):
            service.step_up(tx, token, attempt=0)

    def test_the_list_shows_what_lives_the_last_used_first(self, begin, signed_in, cast, clock):
        lifetime = rules.Lifetime(30 * MINUTE, timedelta(hours=12))
        signed_in(cast.li)
        clock.advance(20 * MINUTE)
        signed_in(cast.li, address="203.0.113.7", client="Firefox · Linux")
        signed_in(cast.zhao)
        clock.advance(5 * MINUTE)
        rows = queries.live_sessions(db.session(), cast.li.id, lifetime, clock.now())
        assert [row.client for row in rows] == ["Firefox · Linux", ""]
        clock.advance(5 * MINUTE)
        assert len(queries.live_sessions(db.session(), cast.li.id, lifetime, clock.now())) == 1

    def test_all_others_are_signed_out_at_once(self, begin, signed_in, cast):
        here, there, rivals = signed_in(cast.li), signed_in(cast.li), signed_in(cast.zhao)
        with begin(cast.actor("li")) as tx:
            service.close_other_sessions(tx, here)
        assert lives(here)
        assert not lives(there)
        assert lives(rivals)
