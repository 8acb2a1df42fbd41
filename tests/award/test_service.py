"""Two persons, one leaf; corrections beside what they correct; and who is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bidding.award import queries, rules, service
from bidding.award.models import Award
from bidding.award.rules import Basis, Outcome
from bidding.award.service import Decision
from bidding.core.canonical import dumps, loads, sha
from bidding.core.errors import Forbidden, NotFound, SamePerson
from bidding.db import db
from bidding.identity.models import Organisation
from bidding.ledger.models import Leaf
from bidding.opening.models import OpenedEnvelope
from bidding.tenders.models import Family, Method, PriceForm, Project
from tests.award.opened import WAN, bid_uid


def rows():
    db.session.rollback()
    return list(db.session.scalars(select(Award).order_by(Award.id)))


def leaves():
    db.session.rollback()
    found = select(Leaf.event).where(Leaf.type == "award").order_by(Leaf.log_id, Leaf.idx)
    return [loads(text) for text in db.session.scalars(found)]


def test_a_recorded_result_is_not_in_the_log_and_not_public(make, record):
    given = make()
    record(given)
    (award,) = rows()
    assert (award.outcome, award.amount_fen, award.confirmed_at) == (Outcome.AWARDED, 1200 * WAN, None)
    assert leaves() == []
    assert queries.public_results(db.session, number=1).total == 0
    with pytest.raises(NotFound):
        queries.published(db.session, given.uid)


def test_the_second_person_makes_it_final_and_the_log_holds_its_hash(make, record, confirm):
    given = make()
    seen = record(given, notice_number="中标通知〔2026〕1号")
    confirm(given, seen)
    (award,) = rows()
    (leaf,) = leaves()
    assert (leaf["lot"], leaf["sha256"]) == ("1", seen) == ("1", sha(award.record.encode()).hex())
    said = loads(award.record)
    assert dumps(said).decode() == award.record
    assert said["winner"]["bid"] == bid_uid(given, "1", "li")
    assert (said["amount_fen"], said["basis"]) == (1200 * WAN, {"kind": "ceiling", "fen": 1286 * WAN})
    assert (said["revision"], said["corrects"]) == (1, None)
    assert db.session.get(Leaf, 1) is not None
    assert award.leaf_index == db.session.scalar(select(Leaf.idx).where(Leaf.type == "award"))
    assert queries.published_record(db.session, given.uid, seen) == award.record


def test_one_person_is_not_two(make, record, confirm):
    given = make()
    seen = record(given)
    with pytest.raises(SamePerson):
        confirm(given, seen, by="zhou")
    assert leaves() == []


def test_the_table_itself_refuses_one_person_for_two(make, record, begin, cast):
    record(make())
    with begin() as tx:
        award = tx.session.scalar(select(Award))
        award.confirmed_by_id, award.confirmed_at, award.leaf_index = award.recorded_by_id, tx.now, 9
        with pytest.raises(IntegrityError, match="two_persons"):
            tx.session.flush()
        tx.session.rollback()


def test_what_is_confirmed_is_what_was_read(make, record, confirm):
    given = make()
    seen = record(given)
    record(given, "zhao")
    with pytest.raises(rules.Changed):
        confirm(given, seen)


def test_until_it_is_final_it_may_be_put_down_anew(make, record, confirm):
    given = make()
    record(given)
    confirm(given, record(given, "he"))
    (award,) = rows()
    assert (award.amount_fen, award.revision) == (1190 * WAN, 1)


def test_a_final_result_is_corrected_beside_it_never_over_it(make, award, record, confirm):
    given = make()
    award(given, "li")
    with pytest.raises(rules.CorrectionMissing):
        record(given, "zhao")
    seen = record(given, "zhao", correction="中标人放弃，按排名递补")
    assert [a.winner_bid for a in queries.public_results(db.session, number=1).items] == [
        bid_uid(given, "1", "li")
    ]
    confirm(given, seen)
    first, second = rows()
    assert (first.amount_fen, first.superseded_at is not None) == (1200 * WAN, True)
    assert (second.revision, second.corrects) == (2, first.record_sha256)
    assert loads(second.record)["corrects"] == {
        "sha256": first.record_sha256,
        "reason": "中标人放弃，按排名递补",
    }
    assert [leaf["sha256"] for leaf in leaves()] == [first.record_sha256, second.record_sha256]
    _, (lot,) = queries.published(db.session, given.uid)
    assert (lot.final.id, [a.id for a in lot.corrected]) == (second.id, [first.id])


def test_a_correction_that_changes_nothing_is_refused(make, award, record):
    given = make()
    award(given, "li")
    with pytest.raises(rules.NothingChanged):
        record(given, "li", correction="手误")


def test_a_correction_can_be_given_up_and_a_first_result_cannot(make, award, record, begin, cast):
    given = make()
    record(given)
    with pytest.raises(NotFound), begin(cast.actor("zhou")) as tx:
        service.drop_correction(tx, given.uid, "1")
    award(given)
    record(given, "zhao", correction="误登")
    with begin(cast.actor("wu")) as tx:
        service.drop_correction(tx, given.uid, "1")
    (award_row,) = rows()
    assert award_row.superseded_at is None


def test_confirming_twice_says_that_it_is_done(make, record, confirm):
    given = make()
    seen = record(given)
    confirm(given, seen)
    with pytest.raises(rules.AlreadyConfirmed):
        confirm(given, seen)


@pytest.mark.parametrize("who", ["li", "zhao", "sun", "wang", "lin"])
def test_nobody_but_the_agency_records_or_confirms(make, record, confirm, who):
    given = make()
    with pytest.raises(Forbidden):
        record(given, by=who)
    seen = record(given)
    with pytest.raises(Forbidden):
        confirm(given, seen, by=who)


def test_another_agency_finds_nothing(make, record, confirm, begin, cast):
    given = make()
    seen = record(given)
    with begin() as tx:
        project = tx.session.scalar(select(Project))
        project.agency_id = tx.session.scalar(
            select(Organisation.id).where(Organisation.uid == "org-academy")
        )
    with pytest.raises(NotFound):
        record(given)
    with pytest.raises(NotFound):
        confirm(given, seen)


def test_a_lot_without_a_winner_needs_its_reason(make, record, confirm):
    given = make()
    with pytest.raises(rules.ReasonMissing):
        record(given, "")
    confirm(given, record(given, "", reason="全部投标被否决"))
    (award,) = rows()
    assert (award.outcome, award.winner_name, award.amount_fen) == (Outcome.NONE, None, None)
    assert (award.reason, award.basis_fen) == ("全部投标被否决", 1286 * WAN)


def test_nothing_is_recorded_before_the_opening_or_of_a_failed_lot(make, record):
    with pytest.raises(rules.NotOpenedYet):
        record(make(opened=False))
    failed = make(uid="p2", code="T-2026-002", lots=("1", "2"), failed=("1",))
    with pytest.raises(rules.LotFailed):
        record(failed)
    assert record(failed, lot="2")


def test_the_winner_is_one_whose_sheet_was_opened_in_this_lot(make, record, begin, cast, today):
    given = make(lots=("1", "2"))
    with pytest.raises(rules.NotATenderer), begin(cast.actor("zhou")) as tx:
        service.record_award(tx, given.uid, "1", Decision(today, bid_uid(given, "2", "li")))
    with pytest.raises(NotFound):
        record(given, lot="9")


def test_a_sheet_in_anothers_name_wins_nothing(make, record, begin, cast):
    given = make()
    with begin() as tx:
        envelope = tx.session.scalar(select(OpenedEnvelope).order_by(OpenedEnvelope.id))
        said = loads(envelope.sheet)
        other = tx.session.scalar(select(Organisation.uscc).where(Organisation.uid == "org-zhaohe"))
        envelope.sheet = dumps({**said, "tenderer": {"name": "兆禾", "uscc": other}}).decode()
    with pytest.raises(rules.NotItself):
        record(given, "li")


def test_the_limit_itself_is_allowed_and_a_fen_above_is_not(make, record):
    given = make(prices=(1286 * WAN, 1286 * WAN + 1))
    with pytest.raises(rules.AboveLimit) as refused:
        record(given, "zhao")
    assert refused.value.params == {
        "amount": "12,860,000.01",
        "limit": "12,860,000.00",
        "kind": "最高投标限价",
        "rejected": "否决投标",
        "by": "（招标投标法实施条例第51条）",
    }
    assert record(given, "li")


def test_an_asset_goes_for_its_start_or_more(make, record):
    given = make(
        family=Family.PROPERTY,
        method=Method.ASSET_TRANSFER,
        ceiling=None,
        budget=100 * WAN,
        prices=(100 * WAN, 100 * WAN - 1),
    )
    with pytest.raises(rules.BelowStart):
        record(given, "zhao")
    record(given, "li")
    assert rows()[0].basis is Basis.START


def test_another_price_than_the_one_read_out_needs_its_reason(make, record):
    given = make()
    with pytest.raises(rules.PriceDiffers):
        record(given, amount_fen=1199 * WAN)
    record(given, amount_fen=1199 * WAN, price_note="按评标办法修正算术错误，投标人已确认")
    assert (rows()[0].amount_fen, bool(rows()[0].price_note)) == (1199 * WAN, True)
    record(given, amount_fen=1200 * WAN, price_note="没有差别")
    assert rows()[0].price_note == ""


def test_a_rate_is_words_and_no_sum(make, record):
    given = make(form=PriceForm.RATE, ceiling=None, prices=(982_500,))
    record(given)
    assert (rows()[0].amount_fen, rows()[0].price_text) == (None, "98.25%")


@pytest.mark.parametrize("days", [-1, 1])
def test_the_day_lies_between_the_opening_and_today(make, record, today, days):
    given = make()
    with pytest.raises(rules.DateImpossible):
        record(given, awarded_on=today + timedelta(days=days))


@pytest.mark.parametrize(
    ("family", "method", "ceiling", "basis", "fen"),
    [
        (Family.WORKS, Method.OPEN_TENDER, 1286 * WAN, Basis.CEILING, 1286 * WAN),
        (Family.WORKS, Method.OPEN_TENDER, None, Basis.ESTIMATE, 1320 * WAN),
        (Family.PROCUREMENT, Method.OPEN_TENDER, 1286 * WAN, Basis.BUDGET, 1320 * WAN),
        (Family.LOCAL, Method.COMPARISON, None, Basis.BUDGET, 1320 * WAN),
    ],
)
def test_savings_are_counted_from_the_figure_of_the_law(make, record, family, method, ceiling, basis, fen):
    record(make(family=family, method=method, ceiling=ceiling))
    assert (rows()[0].basis, rows()[0].basis_fen) == (basis, fen)
