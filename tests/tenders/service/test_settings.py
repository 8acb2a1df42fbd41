"""The rulebook, the figures of the centre's own, and its calendar."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from bidding.core.errors import NotFound, SamePerson
from bidding.db import db
from bidding.ledger.models import Leaf
from bidding.tenders import queries, service
from bidding.tenders.kinds import Family, Method
from bidding.tenders.models import CalendarDay, Project, RuleRow
from bidding.tenders.rulebook import shipped_rules
from bidding.tenders.service.rulebook import ChangedMeanwhile
from bidding.tenders.service.settings import DaysMeanwhile
from tests.tenders.drafting import meanwhile

TODAY, TOMORROW = date(2026, 11, 23), date(2026, 11, 24)
LOCAL = "procurement.entry.goods-services"
LAW = "works.open-tender.preparation"


def propose(begin, cast, value, *, by="wang"):
    with begin(cast.actor(by)) as tx:
        service.propose_rule(tx, LOCAL, value, TOMORROW)


def confirm(begin, cast, keys, value, *, by="chen"):
    with begin(cast.actor(by)) as tx:
        service.confirm_rule(tx, LOCAL, value=value, valid_from=TOMORROW, keys=keys)


def notes():
    found = [json.loads(leaf.event) for leaf in db.session.query(Leaf).order_by(Leaf.id)]
    return [(event["kind"], event["data"]) for event in found if event["type"] == "note"]


def test_the_rulebook_is_loaded_once(rulebook, begin):
    assert rulebook == len(shipped_rules())
    with begin() as tx:
        assert service.load_rulebook(tx) == 0


def test_a_newer_figure_of_the_product_ends_the_older_one_the_day_before_it_begins(rulebook, begin):
    newer = shipped_rules()[-1]
    code, first = newer.figure.code, newer.validity.first
    with begin() as tx:  # the release before had another figure, from a year earlier on
        row = queries.rule_history(tx.session, code)[0]
        row.valid_from, row.value = first.replace(year=first.year - 1), 1
    with begin() as tx:
        assert service.load_rulebook(tx) == 1
    held = [(row.valid_from, row.valid_to, row.value) for row in queries.rule_history(db.session, code)]
    assert held[:2] == [
        (first, newer.validity.last, newer.figure.value),
        (first.replace(year=first.year - 1), first - timedelta(days=1), 1),
    ]


def test_a_figure_of_the_centres_own_changes_from_a_day_on(rulebook, begin, cast, keys):
    before = queries.rule(db.session, LOCAL, TODAY).value
    propose(begin, cast, 50_000_000)
    db.session.rollback()
    assert queries.rule(db.session, LOCAL, TOMORROW).value == before
    assert notes() == []
    confirm(begin, cast, keys, 50_000_000)
    assert queries.rule(db.session, LOCAL, TODAY).value == before
    row = queries.rule(db.session, LOCAL, TOMORROW)
    assert (row.value, row.entered_by_id, row.confirmed_by_id) == (50_000_000, cast.wang.id, cast.chen.id)
    assert notes() == [("rule-set", {"code": LOCAL, "value": 50_000_000, "valid_from": "2026-11-24"})]


def test_a_change_that_has_not_begun_is_corrected(rulebook, begin, cast, keys):
    for value in (50_000_000, 40_000_000):
        propose(begin, cast, value)
        confirm(begin, cast, keys, value)
    assert queries.rule(db.session, LOCAL, TOMORROW).value == 40_000_000
    assert len(queries.rule_history(db.session, LOCAL)) == 2
    assert len(notes()) == 2


@pytest.mark.parametrize(
    ("code", "value", "day", "refusal"),
    [
        (LAW, 10, TOMORROW, service.NotLocal),
        ("works.nothing", 10, TOMORROW, NotFound),
        (LOCAL, 0, TOMORROW, service.BadValue),
        (LOCAL, 10**15 + 1, TOMORROW, service.BadValue),
        (LOCAL, 100, TODAY, service.NotRetroactive),
    ],
)
def test_what_cannot_be_set_is_refused(rulebook, begin, cast, code, value, day, refusal):
    with pytest.raises(refusal), begin(cast.actor("wang")) as tx:
        service.propose_rule(tx, code, value, day)
    assert notes() == []


def test_whoever_drafted_a_change_does_not_confirm_it_and_the_database_agrees(rulebook, begin, cast, keys):
    propose(begin, cast, 50_000_000)
    with pytest.raises(SamePerson):
        confirm(begin, cast, keys, 50_000_000, by="wang")
    change = queries.open_change(db.session(), LOCAL)
    change.confirmed_at, change.confirmed_by_id = change.drafted_at, change.drafted_by_id
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()
    assert notes() == []


def test_one_change_waits_at_a_time_and_its_drafter_may_draft_it_anew(rulebook, begin, cast, keys):
    propose(begin, cast, 50_000_000)
    with pytest.raises(service.ChangeWaiting):
        propose(begin, cast, 60_000_000, by="chen")
    propose(begin, cast, 40_000_000)
    with pytest.raises(ChangedMeanwhile):  # Chen read the one before
        confirm(begin, cast, keys, 50_000_000)
    with begin(cast.actor("chen")) as tx:
        service.drop_rule(tx, LOCAL)
    with pytest.raises(NotFound):
        confirm(begin, cast, keys, 40_000_000)
    assert len(queries.rule_history(db.session, LOCAL)) == 1


def test_a_change_whose_day_has_come_before_it_was_confirmed_is_too_late(rulebook, begin, cast, keys, clock):
    propose(begin, cast, 50_000_000)
    clock.advance(timedelta(days=1))
    with pytest.raises(service.NotRetroactive):
        confirm(begin, cast, keys, 50_000_000)


def test_a_published_project_keeps_the_figures_of_its_day(published, begin, cast, keys, clock):
    uid = published()
    project = db.session.query(Project).filter_by(uid=uid).one()
    before = queries.plan_of(db.session, project, clock.now())
    code = "works.open-tender.preparation"
    with begin() as tx:
        latest = queries.rule_history(tx.session, code)[0]
        latest.valid_to = TODAY
        tx.session.add(
            RuleRow(
                code=code,
                value=30,
                unit="day",
                law="招标投标法",
                article="24",
                mark="certain",
                valid_from=TOMORROW,
            )
        )
    clock.advance(timedelta(days=2))
    assert queries.plan_of(db.session, project, clock.now()) == before
    assert (
        queries.rules_for(db.session, Family.WORKS, Method.OPEN_TENDER, TOMORROW)["preparation"].value == 30
    )


def test_days_are_entered_replaced_and_forgotten(begin, cast, keys):
    with begin(cast.actor("wang")) as tx:
        service.enter_days(tx, date(2027, 2, 5), date(2027, 2, 7), works=False, source="通知", keys=keys)
    with begin(cast.actor("chen")) as tx:
        service.enter_days(tx, date(2027, 2, 7), date(2027, 2, 7), works=True, source="更正", keys=keys)
    days = [(row.day.day, row.works, row.source) for row in queries.calendar_days(db.session, 2027)]
    assert days == [(5, False, "通知"), (6, False, "通知"), (7, True, "更正")]
    assert queries.calendar(db.session).works(date(2027, 2, 7)).works
    with begin(cast.actor("wang")) as tx:
        service.remove_day(tx, date(2027, 2, 7), keys=keys)
    kind = queries.calendar(db.session).works(date(2027, 2, 7))
    assert (kind.works, kind.provisional) == (False, True)
    assert [kind for kind, _ in notes()] == ["calendar-set", "calendar-set", "calendar-removed"]
    assert notes()[0][1] == {"first": "2027-02-05", "last": "2027-02-07", "works": False, "source": "通知"}


def test_days_that_make_no_range_or_have_no_source_are_refused(begin, cast, keys):
    for first, last, source, refusal in (
        (date(2027, 2, 5), date(2027, 2, 4), "通知", service.BadSpan),
        (date(2027, 2, 5), date(2027, 3, 8), "通知", service.BadSpan),
        (date(2027, 2, 5), date(2027, 2, 5), " ", service.SourceMissing),
    ):
        with pytest.raises(refusal), begin(cast.actor("wang")) as tx:
            service.enter_days(tx, first, last, works=False, source=source, keys=keys)
    with pytest.raises(NotFound), begin(cast.actor("wang")) as tx:
        service.remove_day(tx, date(2027, 2, 5), keys=keys)
    assert notes() == []


def test_a_day_that_another_enters_at_the_same_moment_is_told_at_its_field(begin, cast, keys):
    day = date(2027, 2, 5)
    values = {
        "day": day,
        "works": True,
        "source": "另一位写的",
        "entered_at": datetime(2026, 11, 23, tzinfo=UTC),
    }
    meanwhile(CalendarDay, **values, entered_by_id=cast.chen.id)
    with pytest.raises(DaysMeanwhile) as told, begin(cast.actor("wang")) as tx:
        service.enter_days(tx, day, day, works=False, source="国办发明电", keys=keys)
    assert (told.value.field, told.value.status) == ("first", 409)
    assert notes() == []
