from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from bidding.conduct import queries, rules, service
from bidding.conduct.models import Acceptance, ConductText
from bidding.conduct.rules import Rule
from bidding.core.canonical import loads
from bidding.core.errors import Forbidden, NotFound, SamePerson, WrongState
from bidding.db import db
from bidding.ledger.current import log_keys
from bidding.ledger.models import Leaf

#: MONDAY is 2026-11-23.
TOMORROW = date(2026, 11, 24)


@pytest.fixture
def draft(begin, cast):
    def _draft(who="wang", *, zh="新的一条。", en="A new clause.", valid_from=TOMORROW, reason="新的条例"):
        with begin(cast.actor(who)) as tx:
            return service.draft(tx, Rule.TENDERER, zh=zh, en=en, valid_from=valid_from, reason=reason).id

    return _draft


@pytest.fixture
def publish(begin, cast, app):
    def _publish(who="chen"):
        with begin(cast.actor(who)) as tx:
            return service.publish(tx, Rule.TENDERER, keys=log_keys()).n

    return _publish


def accepted(session):
    return session.scalars(select(Acceptance).where(Acceptance.rule == Rule.TENDERER)).all()


# accepting


def test_accepting_twice_is_once(begin, cast):
    with begin() as tx:
        tx.session.execute(delete(Acceptance))
    for _ in range(2):
        with begin(cast.actor("li")) as tx:
            assert service.accept(tx, Rule.TENDERER).n == 1
    (row,) = accepted(db.session)
    (text,) = queries.in_force(db.session, [Rule.TENDERER], row.accepted_at)
    assert (row.account_id, row.sha256) == (cast.li.id, text.sha256)


def test_one_persons_acceptance_is_nobody_elses(begin, cast, clock):
    with begin() as tx:
        tx.session.execute(delete(Acceptance))
    with begin(cast.actor("li")) as tx:
        service.accept(tx, Rule.TENDERER)
    asked = {
        who: queries.outstanding(db.session, cast.actor(who), [Rule.TENDERER], clock.now())
        for who in ("li", "zhao")
    }
    assert [text.rule for text in asked["li"]] == []
    assert [text.rule for text in asked["zhao"]] == [Rule.TENDERER]


def test_nobody_accepts_nothing(begin, cast):
    with begin() as tx, pytest.raises(Forbidden):
        service.accept(tx, Rule.TENDERER)


def test_a_new_version_is_asked_for_from_its_day_on_and_once(begin, cast, clock, draft, publish):
    draft()
    publish()
    li = cast.actor("li")
    clock.set(clock.now().replace(hour=15, minute=59))  # 23:59 in Shanghai
    assert queries.outstanding_of_roles(db.session, li, clock.now()) == []
    clock.advance(timedelta(minutes=1))
    (text,) = queries.outstanding_of_roles(db.session, li, clock.now())
    assert (text.n, text.zh, text.en) == (2, ("新的一条。",), ("A new clause.",))
    with begin(li) as tx, pytest.raises(rules.NewerMeanwhile):
        service.accept(tx, Rule.TENDERER, 1)
    with begin(li) as tx:
        service.accept(tx, Rule.TENDERER, 2)
    assert queries.outstanding_of_roles(db.session, li, clock.now()) == []


# a new version


def test_a_version_is_published_by_a_second_person_with_its_hash_in_the_centres_log(
    draft, publish, begin, cast
):
    draft("wang")
    with begin(cast.actor("wang")) as tx, pytest.raises(SamePerson):
        service.publish(tx, Rule.TENDERER, keys=log_keys())
    assert publish("chen") == 2
    note = loads(db.session.scalars(select(Leaf.event).order_by(Leaf.id.desc())).first())
    text = queries.version(db.session, Rule.TENDERER, 2)
    assert note["kind"] == service.TEXT_NOTE
    assert note["data"] == {"rule": "tenderer", "n": 2, "sha256": text.sha256, "valid_from": "2026-11-24"}


def test_publishing_twice_publishes_once(draft, publish):
    draft()
    publish()
    with pytest.raises(WrongState):
        publish("wang")
    assert [text.n for text in queries.versions(db.session, Rule.TENDERER)] == [1, 2]


def test_the_old_version_stays_as_it_was(draft, publish):
    before = queries.version(db.session, Rule.TENDERER, 1)
    draft()
    publish()
    assert queries.version(db.session, Rule.TENDERER, 1) == before


def test_a_dropped_draft_leaves_no_gap(draft, publish, begin, cast):
    draft()
    with begin(cast.actor("chen")) as tx:
        service.drop(tx, Rule.TENDERER)
    with pytest.raises(WrongState):
        publish()
    draft("chen")
    assert publish("wang") == 2


def test_there_is_one_draft_of_a_rule(draft):
    draft()
    with pytest.raises(rules.DraftWaiting):
        draft("chen", zh="另一条。")


@pytest.mark.parametrize(
    ("changed", "refusal", "field"),
    [
        ({"valid_from": TOMORROW - timedelta(days=1)}, rules.TooSoon, "valid_from"),
        ({"reason": " "}, rules.ReasonMissing, "reason"),
        ({"reason": "改" * (service.MOST_REASON + 1)}, rules.ReasonMissing, "reason"),
        ({"en": "one\ntwo"}, rules.ClausesMissing, "en"),
    ],
    ids=["today", "no-reason", "too-long-a-reason", "not-as-many"],
)
def test_a_draft_says_what_is_wrong_with_it(draft, changed, refusal, field):
    with pytest.raises(refusal) as refused:
        draft(**changed)
    assert refused.value.field == field


def test_the_same_words_are_no_new_version(draft):
    old = queries.version(db.session, Rule.TENDERER, 1)
    with pytest.raises(rules.Unchanged):
        draft(zh="\n".join(old.zh), en="\n".join(old.en))


def test_a_draft_whose_day_has_come_is_not_published(draft, publish, clock):
    draft()
    clock.advance(timedelta(days=1))
    with pytest.raises(rules.TooSoon):
        publish()


@pytest.mark.parametrize("who", ["li", "zhao", "zhou", "sun", "lin", "qian"])
def test_only_administrators_write_versions(draft, who):
    with pytest.raises(NotFound):
        draft(who)


def test_the_database_wants_two_persons(begin, cast, clock):
    both = {"drafted_by_id": cast.wang.id, "published_by_id": cast.wang.id}
    instants = {"drafted_at": clock.now(), "published_at": clock.now()}
    words = {"zh": "一", "en": "one", "reason": "新", "sha256": "0" * 64}
    row = ConductText(rule=Rule.TENDERER, n=2, valid_from=TOMORROW, **words, **both, **instants)
    with pytest.raises(IntegrityError), begin() as tx:
        tx.session.add(row)
