"""Registering, approving, inviting, signing in and out."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bidding.core.actor import NOBODY, Role
from bidding.core.codes import UsccCheckDigit
from bidding.core.errors import Forbidden, NotFound, WrongState
from bidding.db import db
from bidding.identity import policy, queries, rules, service
from bidding.identity.models import Account, Organisation, SignInSession
from bidding.identity.policy import OrganisationKind
from bidding.identity.rules import Standing, Throttle
from bidding.identity.service import Paper
from tests.people import uscc

MINUTE = timedelta(minutes=1)
THROTTLE = Throttle(15 * MINUTE, pair=5, address=10)
DAY = timedelta(hours=24)
LICENCE = Paper("a" * 64, "执照.pdf")
LETTER = Paper("b" * 64, "授权书.pdf")


@pytest.fixture
def attempt(begin):
    """``attempt("li", "203.0.113.7")``: one wrong password, if it is let through."""

    def _attempt(login, source):
        with begin() as tx:
            return service.admit(tx, login=login, source=source, throttle=THROTTLE)

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


def organisation(uid):
    db.session.rollback()
    return queries.organisation(db.session(), uid)


class TestThrottle:
    def test_five_failures_close_the_door_one_stands_at(self, attempt, clock):
        for _ in range(5):
            attempt("li", "203.0.113.7")
        with pytest.raises(rules.TooManyAttempts) as caught:
            attempt("li", "203.0.113.7")
        assert caught.value.params == {"minutes": 15}
        clock.advance(15 * MINUTE)
        attempt("li", "203.0.113.7")

    def test_a_rival_cannot_lock_anybody_out(self, attempt):
        """The last hour before a deadline: failing on purpose closes only the rival's own door."""
        for _ in range(5):
            attempt("li", "203.0.113.7")
        with pytest.raises(rules.TooManyAttempts):
            attempt("li", "203.0.113.7")
        attempt("li", "198.51.100.1")

    def test_nor_from_behind_the_same_router_where_the_browser_is_known(self, attempt):
        for _ in range(5):
            attempt("li", "203.0.113.7")
        attempt("li", f"{service.KNOWN_BROWSER}abc")

    def test_a_known_browser_has_its_limit_too(self, attempt):
        for _ in range(5):
            attempt("li", f"{service.KNOWN_BROWSER}abc")
        with pytest.raises(rules.TooManyAttempts):
            attempt("li", f"{service.KNOWN_BROWSER}abc")

    def test_one_address_cannot_try_all_accounts(self, attempt):
        for number in range(10):
            attempt(f"login{number}", "203.0.113.7")
        with pytest.raises(rules.TooManyAttempts):
            attempt("another", "203.0.113.7")

    def test_spelling_a_login_otherwise_gives_no_further_attempts(self, attempt):
        for spelling in ("li", "LI", " li", "Li ", "lI"):
            attempt(spelling, "203.0.113.7")
        with pytest.raises(rules.TooManyAttempts):
            attempt("li", "203.0.113.7")

    def test_a_success_takes_back_only_its_own_attempt(self, attempt, signed_in, cast):
        for _ in range(4):
            attempt("li", "203.0.113.7")
        signed_in(cast.li, attempt=attempt("li", "203.0.113.7"))
        attempt("li", "203.0.113.7")
        with pytest.raises(rules.TooManyAttempts):
            attempt("li", "203.0.113.7")

    def test_registrations_are_counted_apart(self, begin, attempt):
        for _ in range(10):
            with begin() as tx:
                service.admit_registration(tx, address="203.0.113.7", throttle=THROTTLE)
        with begin() as tx, pytest.raises(rules.TooManyRegistrations) as caught:
            service.admit_registration(tx, address="203.0.113.7", throttle=THROTTLE)
        assert caught.value.params == {"minutes": 15}
        attempt("li", "203.0.113.7")


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


class TestRegistration:
    def register(self, tx, **other):
        given = {
            "name": "新来工程有限公司",
            "uscc": uscc("91539921MA6KQ7X9F"),
            "contact": "新来",
            "phone": "0000-7654321",
            "login": " NewCo ",
            "password_hash": "hash",
        }
        return service.register_tenderer(tx, **(given | other))

    def test_gives_an_account_that_cannot_bid_yet(self, begin, cast):
        with begin() as tx:
            account = self.register(tx)
            assert account.login == "newco"
            assert account.roles == {Role.TENDERER}
            assert queries.standing(account.organisation) is Standing.UNFILED
            actor = account.as_actor(frozenset(), None)
        with begin(actor) as tx, pytest.raises(policy.NotApproved):
            service.require_approved(tx)

    def test_a_slip_in_the_code_is_refused(self, begin):
        code = uscc("91539921MA6KQ7X9F")
        with begin() as tx, pytest.raises(UsccCheckDigit):
            self.register(tx, uscc=code[:8] + code[9] + code[8] + code[10:])

    def test_a_code_is_registered_once_however_it_is_typed(self, begin, cast):
        code = organisation("org-yueyue").uscc
        with begin() as tx, pytest.raises(service.OrganisationKnown) as caught:
            self.register(tx, uscc=f" {code[:9].lower()}-{code[9:].lower()} ")
        assert caught.value.field == "uscc"

    def test_a_login_belongs_to_one_account(self, begin, cast):
        with begin() as tx, pytest.raises(service.LoginTaken) as caught:
            self.register(tx, login="LI")
        assert caught.value.field == "login"

    def test_a_refused_registration_leaves_nothing(self, begin, cast):
        with pytest.raises(service.LoginTaken), begin() as tx:
            self.register(tx, login="li")
        assert db.session.scalar(select(Organisation).where(Organisation.name == "新来工程有限公司")) is None


class TestWindow:
    @pytest.fixture
    def filed(self, begin, cast):
        with begin(cast.actor("qian")) as tx:
            found = service.file_papers(
                tx, licence=LICENCE, authorisation=LETTER, contact="钱路人", phone="0000-1234567"
            )
            return service.fingerprint(found)

    def test_a_filing_needs_both_papers(self, begin, cast):
        with begin(cast.actor("qian")) as tx, pytest.raises(service.PapersMissing) as caught:
            service.file_papers(tx, licence=LICENCE, authorisation=None, contact="钱", phone="0000-1234567")
        assert caught.value.field == "authorisation"

    def test_the_window_lets_a_tenderer_bid(self, begin, cast, filed, clock):
        with begin(cast.actor("wang")) as tx:
            service.approve(tx, "org-qianye", seen=filed)
        found = organisation("org-qianye")
        assert (found.approved_at, found.approved_by_id) == (clock.now(), cast.wang.id)
        with begin(cast.actor("qian")) as tx:
            service.require_approved(tx)

    @pytest.mark.parametrize("who", ["qian", "li", "zhou", "sun", None])
    def test_nobody_else_approves(self, begin, cast, filed, who):
        with begin(cast.actor(who) if who else NOBODY) as tx, pytest.raises(Forbidden):
            service.approve(tx, "org-qianye", seen=filed)

    def test_papers_exchanged_after_the_look_are_not_approved(self, begin, cast, filed):
        with begin(cast.actor("qian")) as tx:
            service.file_papers(
                tx,
                licence=replace(LICENCE, digest="c" * 64),
                authorisation=None,
                contact="钱",
                phone="1234567",
            )
        with begin(cast.actor("wang")) as tx, pytest.raises(service.PapersChanged):
            service.approve(tx, "org-qianye", seen=filed)

    def test_a_return_says_everything_at_once_and_ends_an_approval(self, begin, cast, filed):
        with begin(cast.actor("wang")) as tx:
            service.approve(tx, "org-qianye", seen=filed)
        with begin(cast.actor("wang")) as tx:
            service.send_back(tx, "org-qianye", seen=filed, defects=["看不清", "  没有  盖章 ", ""])
        found = organisation("org-qianye")
        assert found.returned_reason == "看不清\n没有 盖章"
        assert found.approved_at is None
        assert queries.standing(found) is Standing.RETURNED
        with begin(cast.actor("qian")) as tx, pytest.raises(policy.NotApproved):
            service.require_approved(tx)

    def test_a_return_needs_a_reason(self, begin, cast, filed):
        with begin(cast.actor("wang")) as tx, pytest.raises(service.DefectsMissing):
            service.send_back(tx, "org-qianye", seen=filed, defects=["  "])

    def test_a_corrected_filing_waits_again(self, begin, cast, filed):
        with begin(cast.actor("wang")) as tx:
            service.send_back(tx, "org-qianye", seen=filed, defects=["看不清"])
        with begin(cast.actor("qian")) as tx:
            service.file_papers(tx, licence=LICENCE, authorisation=None, contact="钱", phone="1234567")
        assert queries.standing(organisation("org-qianye")) is Standing.WAITING
        assert [each.uid for each in queries.waiting_organisations(db.session())] == ["org-qianye"]

    def test_approved_papers_stand(self, begin, cast, filed):
        with begin(cast.actor("wang")) as tx:
            service.approve(tx, "org-qianye", seen=filed)
        with begin(cast.actor("qian")) as tx, pytest.raises(WrongState):
            service.file_papers(tx, licence=LICENCE, authorisation=LETTER, contact="钱", phone="1234567")

    def test_nothing_filed_is_nothing_to_approve(self, begin, cast):
        seen = service.fingerprint(organisation("org-qianye"))
        with begin(cast.actor("wang")) as tx, pytest.raises(WrongState):
            service.approve(tx, "org-qianye", seen=seen)

    def test_an_agency_is_not_approved_but_entered(self, begin, cast):
        with begin(cast.actor("wang")) as tx:
            found = service.add_organisation(
                tx, kind=OrganisationKind.AGENCY, name="新代理", uscc=uscc("91539921MA6KQ7X9F")
            )
            assert found.approved_by_id == cast.wang.id
        with begin(cast.actor("wang")) as tx, pytest.raises(WrongState):
            service.add_organisation(
                tx, kind=OrganisationKind.TENDERER, name="x", uscc=uscc("91539921MA6KQ7X8E")
            )
        with begin(cast.actor("zhou")) as tx, pytest.raises(Forbidden):
            service.add_organisation(
                tx, kind=OrganisationKind.AGENCY, name="x", uscc=uscc("91539921MA6KQ7X8E")
            )


class TestStaff:
    @pytest.fixture
    def invited(self, begin, cast):
        with begin(cast.actor("wang")) as tx:
            account, token = service.invite(
                tx, "org-centre", login="Xu", name="许新", phone="1", roles={Role.AGENCY}, lasts=DAY
            )
            return account.uid, token

    def accept(self, begin, token):
        with begin() as tx:
            return service.accept(tx, token, password_hash="chosen").id

    def test_an_invitation_works_once(self, begin, invited):
        _, token = invited
        self.accept(begin, token)
        with pytest.raises(NotFound):
            self.accept(begin, token)

    def test_and_for_a_day(self, begin, invited, clock):
        _, token = invited
        clock.advance(DAY)
        with pytest.raises(NotFound):
            self.accept(begin, token)

    def test_until_then_nobody_knows_a_password(self, invited):
        uid, _ = invited
        assert queries.account(db.session(), uid).password_hash == ""

    def test_a_newer_link_ends_the_older(self, begin, cast, invited):
        uid, token = invited
        with begin(cast.actor("chen")) as tx:
            _, newer = service.invite_again(tx, uid, lasts=DAY)
        with pytest.raises(NotFound):
            self.accept(begin, token)
        self.accept(begin, newer)

    def test_taking_it_up_ends_every_sign_in(self, begin, cast, signed_in):
        token = signed_in(cast.zhou)
        with begin(cast.actor("wang")) as tx:
            _, link = service.invite_again(tx, cast.zhou.uid, lasts=DAY)
        assert lives(token)
        self.accept(begin, link)
        assert not lives(token)

    def test_a_disabled_account_gets_no_link_and_opens_none(self, begin, cast, invited):
        uid, token = invited
        with begin(cast.actor("wang")) as tx:
            service.disable(tx, uid)
        with pytest.raises(NotFound):
            self.accept(begin, token)
        with begin(cast.actor("wang")) as tx, pytest.raises(WrongState):
            service.invite_again(tx, uid, lasts=DAY)

    @pytest.mark.parametrize("who", ["zhou", "sun", "li", None])
    def test_only_an_administrator_invites(self, begin, cast, who):
        with begin(cast.actor(who) if who else NOBODY) as tx, pytest.raises(Forbidden):
            service.invite(tx, "org-centre", login="xu", name="许", phone="1", roles={Role.AGENCY}, lasts=DAY)

    def test_roles_that_clash_are_refused(self, begin, cast):
        with begin(cast.actor("wang")) as tx, pytest.raises(policy.RolesClash):
            service.set_roles(tx, cast.chen.uid, {Role.ADMINISTRATOR, Role.SUPERVISOR})
        with begin(cast.actor("wang")) as tx, pytest.raises(policy.RoleNotOfOrganisation):
            service.set_roles(tx, cast.li.uid, {Role.AGENCY})

    def test_what_stays_keeps_its_date_and_what_comes_names_its_giver(self, begin, cast, clock):
        first = clock.now()
        clock.advance(DAY)
        with begin(cast.actor("wang")) as tx:
            account = service.set_roles(tx, cast.chen.uid, {Role.ADMINISTRATOR, Role.AGENCY})
            grants = {grant.role: grant for grant in account.grants}
            assert grants[Role.ADMINISTRATOR].granted_at == first
            assert grants[Role.AGENCY].granted_at == tx.now
            assert grants[Role.AGENCY].granted_by_id == cast.wang.id
        with begin(cast.actor("wang")) as tx:
            assert service.set_roles(tx, cast.chen.uid, ()).roles == frozenset()

    @pytest.mark.parametrize("act", ["set_roles", "disable", "invite_again"])
    def test_nobody_acts_on_their_own_account(self, begin, cast, act):
        given = {"set_roles": ({Role.ADMINISTRATOR, Role.AGENCY},)}.get(act, ())
        more = {"lasts": DAY} if act == "invite_again" else {}
        with begin(cast.actor("wang")) as tx, pytest.raises(policy.NotOneself):
            getattr(service, act)(tx, cast.wang.uid, *given, **more)

    def test_a_role_that_was_taken_is_gone_with_the_next_page(self, cast, begin, signed_in):
        token = signed_in(cast.zhou)
        with begin(cast.actor("wang")) as tx:
            service.set_roles(tx, cast.zhou.uid, ())
        db.session.rollback()
        found = queries.live_session(db.session(), service.digest_of(token))
        assert found.account.roles == frozenset()

    def test_a_centre_is_founded_once(self, begin):
        found = {"name": "中心", "uscc": uscc("12539921MB1A00009"), "login": "admin", "person": "甲"}
        with begin() as tx:
            account, token = service.found_centre(tx, **found, lasts=DAY)
            assert account.roles == {Role.ADMINISTRATOR}
        self.accept(begin, token)
        with begin() as tx, pytest.raises(service.CentreExists):
            service.found_centre(tx, **(found | {"login": "other"}), lasts=DAY)
        assert db.session.scalar(select(Account).where(Account.login == "other")) is None
