"""The window's terms are figures of the rulebook, and what the window saw of a project is known again."""

from datetime import date, timedelta

import pytest

from bidding.casework.checklists import checklist
from bidding.casework.rules import Limit, Step
from bidding.core.errors import NotFound
from bidding.tenders import acceptance, service
from bidding.tenders.methods import OFFERED
from bidding.tenders.models import Project
from tests.tenders.drafting import CLOSES, LOT

TOMORROW = date(2026, 11, 24)


def terms(begin, cast):
    with begin(cast.actor("wang")) as tx:
        return acceptance.terms(tx.session, tx.now)


def test_the_terms_are_the_figures_in_force(begin, cast, rulebook, keys, clock):
    assert terms(begin, cast).limits[Step.EXAMINATION] == Limit(15, 5)
    assert not terms(begin, cast).silence_agrees
    with begin(cast.actor("wang")) as tx:
        service.propose_rule(tx, "centre.case.examine-promise", 3, TOMORROW)
        service.propose_rule(tx, "centre.case.silence", 2, TOMORROW)
    with begin(cast.actor("chen")) as tx:
        service.confirm_rule(tx, "centre.case.examine-promise", value=3, valid_from=TOMORROW, keys=keys)
        service.confirm_rule(tx, "centre.case.silence", value=2, valid_from=TOMORROW, keys=keys)
    assert terms(begin, cast).limits[Step.EXAMINATION] == Limit(15, 5)
    clock.advance(timedelta(days=1))
    assert terms(begin, cast).limits[Step.EXAMINATION] == Limit(15, 3)
    assert terms(begin, cast).silence_agrees


@pytest.mark.parametrize(
    ("code", "value", "refused"),
    [
        ("centre.case.accept-promise", 5, False),
        ("centre.case.accept-promise", 6, True),
        ("centre.case.accept-limit", 2, False),
        ("centre.case.accept-limit", 1, True),
    ],
)
def test_a_promise_is_never_set_beyond_the_statutory_limit(begin, cast, rulebook, keys, code, value, refused):
    with begin(cast.actor("wang")) as tx:
        if refused:
            with pytest.raises(service.PromiseBeyondLaw):
                service.propose_rule(tx, code, value, TOMORROW)
        else:
            service.propose_rule(tx, code, value, TOMORROW)


def test_every_kind_on_offer_has_a_checklist():
    assert [each.key for each in acceptance.offered()] == [
        f"{family.value}.{method.value}" for family, method in OFFERED
    ]
    assert all(checklist(each.key).lines for each in acceptance.offered())


def test_a_case_is_told_what_the_draft_says_and_nothing_of_its_dates(begin, cast, written):
    uid = written()
    with begin(cast.actor("zhou")) as tx:
        before = acceptance.subject(tx.session, uid)
        service.set_dates(tx, uid, closes_at=CLOSES + timedelta(days=1))
        assert acceptance.subject(tx.session, uid).digest == before.digest
        service.edit_lot(tx, uid, "1", LOT.__class__(name="另一个名字", budget_fen=LOT.budget_fen))
        assert acceptance.subject(tx.session, uid).digest != before.digest
        assert before.applicant_id == tx.session.query(Project).filter_by(uid=uid).one().agency_id
    assert [each.name for each in before.files] == ["招标文件.pdf"]


def test_no_project_is_no_subject(begin, cast, rulebook):
    with begin(cast.actor("zhou")) as tx, pytest.raises(NotFound):
        acceptance.subject(tx.session, "nobodysname")
