from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from bidding.api import queries, rules, service
from bidding.api.models import ApiKey
from bidding.api.rules import NameTwice, Scope, TooManyKeys
from bidding.core.canonical import loads
from bidding.core.errors import Invalid, NotFound, WrongState
from bidding.db import db
from bidding.identity.service import digest_of
from bidding.ledger import service as ledger
from bidding.ledger.models import Leaf
from bidding.tenders.service import ChangedMeanwhile, Draft
from tests.tenders.drafting import LOT, SMALL

DRAFT = Draft(1, SMALL, (replace(LOT, name="屋面", budget_fen=10_000_000, ceiling_fen=None, security_fen=0),))


def notes():
    rows = db.session.scalars(select(Leaf.event).where(Leaf.type == "note").order_by(Leaf.idx))
    return [(event["kind"], event["data"]) for event in map(loads, rows)]


class TestKeys:
    def test_a_key_is_kept_by_its_digest_and_its_making_stands_in_the_centres_log(
        self, begin, cast, keys, clock
    ):
        with begin(cast.actor("zhou")) as tx:
            key, token = service.make_key(tx, "  业务 系统 ", Scope.READ, 30, keys=keys)
        assert key.digest == digest_of(token)
        assert (key.name, key.expires_at) == ("业务 系统", clock.now() + timedelta(days=30))
        assert token.startswith(f"sunlit_{key.hint}")
        (kind, data) = notes()[-1]
        assert kind == "api-key"
        assert (data["key"], data["scope"], data["sha256"]) == (key.uid, "read", key.digest)
        assert token not in str(notes())
        with begin() as tx:
            assert ledger.centre_log(tx, keys).size >= 1

    def test_a_key_ends_once_and_by_its_own_agency_only(self, begin, cast, rival, keys, clock):
        with begin(cast.actor("zhou")) as tx:
            uid = service.make_key(tx, "系统", Scope.READ, 30, keys=keys)[0].uid
        with begin(cast.actor("feng")) as tx, pytest.raises(NotFound):
            service.revoke_key(tx, uid, keys=keys)
        with begin(cast.actor("wu")) as tx:
            key = service.revoke_key(tx, uid, keys=keys)
            assert (key.revoked_at, key.revoked_by_id) == (clock.now(), cast.wu.id)
        with begin(cast.actor("zhou")) as tx, pytest.raises(WrongState):
            service.revoke_key(tx, uid, keys=keys)
        assert [kind for kind, _ in notes()] == ["api-key", "api-key-revoked"]

    def test_two_keys_in_force_have_different_names_and_a_revoked_one_gives_its_name_back(
        self, begin, cast, keys
    ):
        with begin(cast.actor("zhou")) as tx:
            uid = service.make_key(tx, "系统", Scope.READ, 30, keys=keys)[0].uid
        with begin(cast.actor("zhou")) as tx, pytest.raises(NameTwice):
            service.make_key(tx, "系统", Scope.READ, 30, keys=keys)
        with begin(cast.actor("zhou")) as tx:
            service.revoke_key(tx, uid, keys=keys)
            service.make_key(tx, "系统", Scope.READ, 30, keys=keys)

    def test_an_agency_has_ten_keys_and_an_expired_one_does_not_count(self, begin, cast, keys, clock):
        with begin(cast.actor("zhou")) as tx:
            for number in range(rules.MAX_KEYS):
                service.make_key(tx, f"系统{number}", Scope.READ, 1, keys=keys)
        with begin(cast.actor("zhou")) as tx, pytest.raises(TooManyKeys):
            service.make_key(tx, "又一个", Scope.READ, 1, keys=keys)
        clock.advance(timedelta(days=1))
        with begin(cast.actor("zhou")) as tx:
            service.make_key(tx, "又一个", Scope.READ, 1, keys=keys)

    def test_a_key_without_a_name_is_made_for_nobody(self, begin, cast, keys):
        with begin(cast.actor("zhou")) as tx, pytest.raises(Invalid):
            service.make_key(tx, " ", Scope.READ, 1, keys=keys)
        with begin() as tx, pytest.raises(NotFound):
            service.make_key(tx, "系统", Scope.READ, 1, keys=keys)

    @pytest.mark.parametrize("changed", [{"expires_at": ApiKey.made_at}, {"revoked_at": ApiKey.made_at}])
    def test_the_database_refuses_a_key_that_ends_before_it_begins_or_by_nobody(
        self, begin, cast, keys, changed
    ):
        with begin(cast.actor("zhou")) as tx:
            service.make_key(tx, "系统", Scope.READ, 1, keys=keys)
        with begin() as tx, pytest.raises(IntegrityError):
            tx.session.execute(update(ApiKey).values(changed))


class TestDrafts:
    @pytest.fixture
    def made(self, begin, cast, keys, rulebook):
        """``made(again)``: Zhou's program sends the draft; (uid, whether it is new)."""
        with begin(cast.actor("zhou")) as tx:
            self.key_id = service.make_key(tx, "系统", Scope.DRAFT, 1, keys=keys)[0].id

        def _made(again="draft-0001", body="a" * 64, by="zhou"):
            with begin(cast.actor(by)) as tx:
                project, is_new = service.create_draft(
                    tx, DRAFT, key_id=self.key_id, idempotency_key=again, body_sha256=body, region="539921"
                )
                return project.uid, is_new

        return _made

    def test_the_same_content_under_the_same_key_is_one_draft(self, made):
        first, second, third = made(), made(), made("draft-0002")
        assert first == (second[0], True)
        assert not second[1]
        assert third[0] != first[0]

    def test_other_content_under_it_is_refused(self, made):
        made()
        with pytest.raises(rules.SentBefore):
            made(body="b" * 64)

    def test_anothers_key_of_the_same_words_is_another(self, made, cast, rival):
        assert made()[0] != made(by="feng")[0]

    def test_a_draft_is_rewritten_whole_and_only_over_the_version_that_was_seen(self, made, begin, cast):
        uid, _ = made()
        two = replace(
            DRAFT, facts=replace(SMALL, title="改名"), lots=(DRAFT.lots[0], replace(DRAFT.lots[0], name="二"))
        )
        with begin(cast.actor("zhou")) as tx:
            first = queries.own_projects(tx.session, tx.actor, before=None, size=1)[0][0].version
            seen = service.update_draft(tx, uid, two, version=first).version
        with pytest.raises(ChangedMeanwhile), begin(cast.actor("zhou")) as tx:
            service.update_draft(tx, uid, DRAFT, version=first)
        with begin(cast.actor("zhou")) as tx:
            project = service.update_draft(tx, uid, replace(DRAFT, lots=two.lots[1:]), version=seen)
            assert (project.title, [(lot.code, lot.name) for lot in project.lots]) == (
                SMALL.title,
                [("1", "二")],
            )

    def test_a_draft_that_people_write_is_not_a_programs_to_change(self, begin, cast, rulebook):
        with begin(cast.actor("zhou")) as tx:
            uid = service.tenders.create_project(tx, SMALL, region="539921").uid
        for act in (
            lambda tx: service.update_draft(tx, uid, DRAFT, version=1),
            lambda tx: service.attach(tx, uid, "a.pdf", "0" * 64, 1),
            lambda tx: service.detach(tx, uid, "0" * 64),
        ):
            with begin(cast.actor("zhou")) as tx, pytest.raises(rules.NotByKey):
                act(tx)

    def test_what_is_handed_over_is_no_longer_a_programs(self, made, begin, cast):
        uid, _ = made()
        with begin() as tx:
            project = tx.session.scalar(select(service.Project).where(service.Project.uid == uid))
            project.stage = type(project.stage).SUBMITTED
        with begin(cast.actor("zhou")) as tx, pytest.raises(WrongState):
            service.attach(tx, uid, "a.pdf", "0" * 64, 1)

    def test_a_rivals_draft_looks_like_none(self, made, begin, cast, rival):
        uid, _ = made()
        with begin(cast.actor("feng")) as tx, pytest.raises(NotFound):
            service.update_draft(tx, uid, DRAFT, version=1)
        with begin(cast.actor("feng")) as tx:
            assert queries.own_projects(tx.session, tx.actor, before=None, size=9) == ([], None)
