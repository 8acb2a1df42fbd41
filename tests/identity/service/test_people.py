"""Registering, approving, inviting; who is whose."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bidding.core.actor import NOBODY, Role
from bidding.core.codes import UsccCheckDigit
from bidding.core.errors import Forbidden, NotFound, WrongState
from bidding.db import db
from bidding.identity import policy, queries, service
from bidding.identity.models import Account, Organisation
from bidding.identity.policy import OrganisationKind
from bidding.identity.rules import Standing
from bidding.identity.service import Paper
from tests.people import uscc

MINUTE = timedelta(minutes=1)
DAY = timedelta(hours=24)
LICENCE = Paper("a" * 64, "执照.pdf")
LETTER = Paper("b" * 64, "授权书.pdf")


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
            service.require_approved(tx.session, tx.actor)

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
            service.require_approved(tx.session, tx.actor)

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
            service.require_approved(tx.session, tx.actor)

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
