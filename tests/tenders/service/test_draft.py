"""Writing a project: who may, what is refused with which words, and what a refusal leaves untouched."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from bidding.core.actor import NOBODY
from bidding.core.errors import Invalid, NotFound, WrongState
from bidding.db import db
from bidding.tenders import queries, service
from bidding.tenders.kinds import Envelopes, Family, Method, PriceForm, Stage
from bidding.tenders.models import Project
from bidding.tenders.rules import (
    BudgetBelowCeiling,
    BudgetMissing,
    Defects,
    LotFacts,
    NoPriceOpening,
    OneEnvelopeOnly,
    OpensApart,
    ProvisionalCalendar,
    TooShort,
    TooShortInWorkingDays,
)
from bidding.tenders.service.draft import MAX_LOTS
from tests.tenders.drafting import CLOSES, DIGEST, EARLIEST, FILE, GOODS, LOT, SMALL, WAN, WORKS
from tests.tenders.figures import shanghai

STRANGERS = ("feng", "li", "sun", "lin", "wang")


def project_of(uid):
    db.session.rollback()
    return db.session.query(Project).filter_by(uid=uid).one()


def test_projects_are_numbered_by_trade_region_and_year(begun, begin, cast):
    first, second, third = begun(), begun(GOODS), begun(SMALL)
    assert project_of(first).code == "A0253992120260001001"
    assert project_of(second).code == "Z9953992120260002001"
    assert project_of(third).code == "Z9953992120260003001"
    assert project_of(first).stage is Stage.DRAFT
    assert project_of(first).min_bids == 3


def test_numbers_begin_again_with_the_year(begun, clock):
    begun()
    clock.advance(timedelta(days=60))
    assert project_of(begun()).code == "A0253992120270001001"


def test_only_somebody_who_writes_for_an_organisation_creates(begin, rulebook):
    with pytest.raises(NotFound), begin(NOBODY) as tx:
        service.create_project(tx, WORKS, region="539921")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": "  "}, "title"),
        ({"owner_name": ""}, "owner_name"),
        ({"subject": "land"}, "family"),
        ({"method": Method.COMPARISON}, "family"),
        ({"family": Family.PROPERTY}, "family"),
    ],
)
def test_what_cannot_be_a_project_is_refused_at_its_field(begun, change, field):
    with pytest.raises((Invalid, service.NotOffered)) as refused:
        begun(replace(WORKS, **change))
    assert refused.value.field == field


def test_an_edit_keeps_what_it_does_not_change(begun, begin, cast):
    uid = begun()
    seen = project_of(uid).version
    with begin(cast.actor("wu")) as tx:  # a colleague may go on writing
        service.edit_project(tx, uid, replace(WORKS, title=" 新名称 "), version=seen)
    project = project_of(uid)
    assert (project.title, project.owner_name, project.trade) == ("新名称", WORKS.owner_name, "A02")


def test_an_edit_over_an_old_version_is_refused(begun, begin, cast):
    uid = begun()
    seen = project_of(uid).version
    with begin(cast.actor("wu")) as tx:
        service.edit_project(tx, uid, replace(WORKS, title="甲"), version=seen)
    with pytest.raises(service.ChangedMeanwhile), begin(cast.actor("zhou")) as tx:
        service.edit_project(tx, uid, replace(WORKS, title="乙"), version=seen)
    assert project_of(uid).title == "甲"


def test_law_and_method_stay(begun, begin, cast):
    uid = begun()
    with pytest.raises(service.NotOffered), begin(cast.actor("zhou")) as tx:
        service.edit_project(tx, uid, GOODS)


@pytest.mark.parametrize("who", STRANGERS)
def test_nobody_else_touches_a_draft(begun, begin, cast, rival, who):
    uid = begun()
    acts = [
        lambda tx: service.edit_project(tx, uid, replace(WORKS, title="他人")),
        lambda tx: service.add_lot(tx, uid, LOT),
        lambda tx: service.set_dates(tx, uid, closes_at=CLOSES),
        lambda tx: service.add_document(tx, uid, "a.pdf", DIGEST, 1),
        lambda tx: service.submit_for_review(tx, uid),
    ]
    for act in acts:
        with pytest.raises(NotFound), begin(cast.actor(who)) as tx:
            act(tx)
    assert project_of(uid).title == WORKS.title


def test_lots_are_numbered_and_move_up(begun, begin, cast):
    uid = begun()
    with begin(cast.actor("zhou")) as tx:
        for name in ("一", "二", "三"):
            service.add_lot(tx, uid, replace(LOT, name=name))
    with begin(cast.actor("zhou")) as tx:
        service.remove_lot(tx, uid, "1")
    assert [(lot.code, lot.name) for lot in project_of(uid).lots] == [("1", "二"), ("2", "三")]
    with pytest.raises(NotFound), begin(cast.actor("zhou")) as tx:
        service.remove_lot(tx, uid, "3")


def test_a_budget_below_the_ceiling_is_refused_with_both_amounts(begun, begin, cast):
    uid = begun()
    with pytest.raises(BudgetBelowCeiling) as refused, begin(cast.actor("zhou")) as tx:
        service.add_lot(tx, uid, LotFacts("主干管", 100 * WAN, ceiling_fen=100 * WAN + 1))
    assert refused.value.field == "ceiling"
    assert "1,000,000.01" in str(refused.value)
    assert "1,000,000.00" in str(refused.value)
    with begin(cast.actor("zhou")) as tx:
        service.add_lot(tx, uid, LotFacts("主干管", 100 * WAN, ceiling_fen=100 * WAN))


def test_the_database_itself_refuses_a_ceiling_above_the_budget(written):
    project = project_of(written())
    project.lots[0].ceiling_fen = project.lots[0].budget_fen + 1
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_a_lot_wants_a_name_and_money_and_has_a_form_of_price_of_its_own(begun, begin, cast):
    uid = begun()
    with pytest.raises(Invalid) as refused, begin(cast.actor("zhou")) as tx:
        service.add_lot(tx, uid, replace(LOT, name=" "))
    assert refused.value.field == "name"
    with pytest.raises(BudgetMissing), begin(cast.actor("zhou")) as tx:
        service.add_lot(tx, uid, LotFacts("主干管", 0))
    with begin(cast.actor("zhou")) as tx:
        service.add_lot(tx, uid, LOT)
    rate = replace(LOT, price_form=PriceForm.RATE)
    with begin(cast.actor("zhou")) as tx:
        service.add_lot(tx, uid, rate)
    assert [lot.price_form for lot in project_of(uid).lots] == [PriceForm.AMOUNT, PriceForm.RATE]


def test_a_project_has_no_more_lots_than_its_numbers(begun, begin, cast):
    uid = begun()
    with begin(cast.actor("zhou")) as tx:
        for number in range(MAX_LOTS):
            service.add_lot(tx, uid, replace(LOT, name=f"{number}"))
        with pytest.raises(service.TooManyLots):
            service.add_lot(tx, uid, LOT)


def test_a_document_is_kept_by_its_digest_and_never_twice(begun, begin, cast, blobs):
    uid = begun()
    digest = blobs.put(FILE)
    with begin(cast.actor("zhou")) as tx:
        service.add_document(tx, uid, "C:\\文件\\招标文件.pdf", digest, len(FILE))
    (document,) = project_of(uid).documents
    assert (document.name, document.sha256, document.size) == ("招标文件.pdf", DIGEST, len(FILE))
    with pytest.raises(service.DocumentTwice) as refused, begin(cast.actor("zhou")) as tx:
        service.add_document(tx, uid, "另一个名字.pdf", digest, len(FILE))
    assert "招标文件.pdf" in str(refused.value)
    with begin(cast.actor("zhou")) as tx:
        service.remove_document(tx, uid, digest)
    assert project_of(uid).documents == []
    assert blobs.size(digest) == len(FILE)


@pytest.mark.parametrize(("name", "size"), [("", 5), ("a.pdf", 0), ("../..", 5), ("\u202e\u200b", 5)])
def test_a_file_without_bytes_or_name_is_refused(begun, begin, cast, name, size):
    uid = begun()
    with pytest.raises(service.DocumentEmpty), begin(cast.actor("zhou")) as tx:
        service.add_document(tx, uid, name, DIGEST, size)


def test_a_long_file_name_keeps_its_ending(begun, begin, cast):
    uid = begun()
    with begin(cast.actor("zhou")) as tx:
        service.add_document(tx, uid, "长" * 300 + ".pdf", DIGEST, 5)
    (document,) = project_of(uid).documents
    assert len(document.name) == 200
    assert document.name.endswith("长.pdf")


# dates


def test_a_deadline_earlier_than_the_law_allows_names_article_and_earliest_day(begun, begin, cast):
    uid = begun()
    with pytest.raises(TooShort) as refused, begin(cast.actor("zhou")) as tx:
        service.set_dates(tx, uid, closes_at=shanghai(EARLIEST - timedelta(days=1)))
    assert refused.value.field == "closes_at"
    assert "招标投标法第24条" in str(refused.value)
    assert "至少 20 日" in str(refused.value)
    assert EARLIEST.isoformat() in str(refused.value)
    assert project_of(uid).closes_at is None
    with begin(cast.actor("zhou")) as tx:
        service.set_dates(tx, uid, closes_at=shanghai(EARLIEST))
    project = project_of(uid)
    assert project.closes_at == project.opens_at == shanghai(EARLIEST)


def test_a_refused_deadline_leaves_the_one_before(written, begin, cast):
    uid = written()
    with pytest.raises(TooShort), begin(cast.actor("zhou")) as tx:
        service.set_dates(tx, uid, closes_at=shanghai(date(2026, 12, 1)))
    assert project_of(uid).closes_at == CLOSES


def test_a_period_in_working_days_says_so(begun, begin, cast):
    uid = begun(SMALL)
    figures = queries.rules_for(db.session, Family.LOCAL, Method.COMPARISON, date(2026, 11, 23))
    assert {figure.unit for figure in figures.values()} >= {"working-day"}
    uid = begun(GOODS)
    with pytest.raises(TooShort) as refused, begin(cast.actor("zhou")) as tx:
        service.set_dates(tx, uid, closes_at=shanghai(date(2026, 11, 27)))
    assert isinstance(refused.value, TooShortInWorkingDays)
    assert "个工作日" in str(refused.value)
    assert "最早合法日期是 2026-11-30" in str(refused.value)  # five working days


def test_the_opening_is_at_the_deadline(begun, begin, cast):
    uid = begun()
    with pytest.raises(OpensApart) as refused, begin(cast.actor("zhou")) as tx:
        service.set_dates(tx, uid, closes_at=CLOSES, opens_at=CLOSES + timedelta(hours=1))
    assert refused.value.field == "opens_at"
    assert "第34条" in str(refused.value)


def test_a_deadline_in_2027_is_flagged_but_allowed(written):
    project = project_of(written(closes_at=shanghai(date(2027, 1, 12))))
    problems = queries.review(db.session, project, CLOSES - timedelta(days=22))
    flagged = [each for each in problems if isinstance(each.refusal, ProvisionalCalendar)]
    assert [each.blocks for each in flagged] == [False]
    assert queries.plan_of(db.session, project, CLOSES - timedelta(days=22)).provisional


def test_the_administrators_days_take_the_flag_away(written, begin, cast, keys):
    uid = written(closes_at=shanghai(date(2027, 1, 4)))
    with begin(cast.actor("wang")) as tx:
        service.enter_days(
            tx, date(2027, 1, 1), date(2027, 1, 3), works=False, source="国办发明电〔2026〕7号", keys=keys
        )
        service.enter_days(
            tx, date(2027, 1, 4), date(2027, 1, 4), works=True, source="国办发明电〔2026〕7号", keys=keys
        )
    project = project_of(uid)
    assert not queries.plan_of(db.session, project, CLOSES - timedelta(days=22)).provisional


# handing over


def test_everything_that_is_missing_is_told_at_once(begun, begin, cast):
    uid = begun(replace(WORKS, contact="", funding=""))
    with pytest.raises(Defects) as refused, begin(cast.actor("zhou")) as tx:
        service.submit_for_review(tx, uid)
    codes = [(problem.refusal.code, problem.refusal.field) for problem in refused.value.problems]
    assert codes == [
        ("tenders.missing", "funding"),
        ("tenders.missing", "contact"),
        ("tenders.no_lots", None),
        ("tenders.no_documents", None),
        ("tenders.no_deadline", "closes_at"),
        ("tenders.evaluation_missing", "evaluation"),
    ]
    assert project_of(uid).stage is Stage.DRAFT


def test_a_small_comparison_needs_less(written, begin, cast):
    uid = written(SMALL, lots=(LotFacts("屋面", 8 * WAN),))
    with begin(cast.actor("zhou")) as tx:
        service.submit_for_review(tx, uid)
    assert project_of(uid).stage is Stage.SUBMITTED


def test_too_much_security_stands_against_handing_over(written, begin, cast):
    uid = written(lots=(replace(LOT, security_fen=LOT.budget_fen // 50 + 100),))
    with pytest.raises(Defects) as refused, begin(cast.actor("zhou")) as tx:
        service.submit_for_review(tx, uid)
    assert "条例第26条" in str(refused.value.problems[0].refusal)


def test_what_is_handed_over_is_not_written_on(submitted, begin, cast):
    uid = submitted()
    for act in (
        lambda tx: service.edit_project(tx, uid, WORKS),
        lambda tx: service.remove_document(tx, uid, DIGEST),
        lambda tx: service.submit_for_review(tx, uid),
    ):
        with pytest.raises(WrongState), begin(cast.actor("zhou")) as tx:
            act(tx)


def test_the_second_person_sends_it_back_with_the_reason(submitted, begin, cast):
    uid = submitted()
    with pytest.raises(service.ReasonMissing), begin(cast.actor("wu")) as tx:
        service.return_to_draft(tx, uid, "  ")
    with begin(cast.actor("wu")) as tx:
        service.return_to_draft(tx, uid, "限价与清单不一致，请核对。")
    project = project_of(uid)
    assert (project.stage, project.returned_reason) == (Stage.DRAFT, "限价与清单不一致，请核对。")
    with begin(cast.actor("zhou")) as tx:
        service.submit_for_review(tx, uid)
    assert project_of(uid).returned_reason is None


@pytest.mark.parametrize("who", ["feng", "li", "sun"])
def test_nobody_else_sends_it_back(submitted, begin, cast, rival, who):
    uid = submitted()
    with pytest.raises(NotFound), begin(cast.actor(who)) as tx:
        service.return_to_draft(tx, uid, "不行")
    assert project_of(uid).stage is Stage.SUBMITTED


TWO = replace(WORKS, envelopes=Envelopes.TWO)


def test_two_envelopes_are_refused_where_the_rulebook_has_nothing_of_them(begun):
    assert project_of(begun(TWO)).envelopes is Envelopes.TWO
    with pytest.raises(OneEnvelopeOnly):
        begun(replace(GOODS, envelopes=Envelopes.TWO))


def test_the_second_opening_has_an_instant_of_its_own_and_one_envelope_has_none(begun, begin, cast):
    uid = begun(TWO)
    with pytest.raises(NoPriceOpening), begin(cast.actor("zhou")) as tx:
        service.set_dates(tx, uid, closes_at=CLOSES)
    later = CLOSES + timedelta(days=3)
    with begin(cast.actor("zhou")) as tx:
        service.set_dates(tx, uid, closes_at=CLOSES, prices_open_at=later)
    assert project_of(uid).prices_open_at == later
    with begin(cast.actor("zhou")) as tx:
        service.edit_project(tx, uid, WORKS)
    assert project_of(uid).prices_open_at is None


def test_the_database_itself_refuses_a_price_that_is_opened_with_the_rest(begun, begin, cast):
    uid = begun(TWO)
    with begin(cast.actor("zhou")) as tx:
        service.set_dates(tx, uid, closes_at=CLOSES, prices_open_at=CLOSES + timedelta(days=3))
    project = project_of(uid)
    project.prices_open_at = CLOSES
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()
