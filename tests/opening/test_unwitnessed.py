"""No witness at the deadline: six words on paper let the opening go on, and everybody can check that afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bidding.core.errors import Forbidden, Invalid, WrongState
from bidding.db import db
from bidding.opening import queries, rules, service
from bidding.opening.client import open_package
from bidding.opening.unwitnessed import WitnessHasItsMinute
from bidding.tenders import queries as tenders
from bidding.verification.verify import Asked, verify
from tests.people import sign_in


@pytest.fixture
def further(attachment):
    def alone(centre, tender):
        for number in (1, 2, 3):
            tender.submit(number, tender.seal(number, [attachment], price_fen=1_200_000_000 + number))
        centre.wait(tender.closes_at)
        centre.wait(timedelta(seconds=2))
        return tender

    return {"alone": ("tender", alone)}


@pytest.fixture
def alone(laid):
    """Three bids behind a closed gate, and no witness came."""
    return laid[1]


def words_of(tender):
    found = queries.hall(db.session(), tender.uid).close.words
    db.session.rollback()
    return found


def declare(tender, words, who="sun"):
    with tender.centre.act(who) as tx:
        service.declare_unwitnessed(tx, tender.uid, words)
    with tender.centre.act(who) as tx:
        service.sign(tx, tender.uid, tender.centre.keys)


def fetch(tender):
    with tender.centre.act("sun") as tx:
        return service.fetch_package(tx, tender.uid)


def test_the_words_on_paper_stand_in_for_the_witness_up_to_the_verifier(alone, tmp_path):
    centre = alone.centre
    centre.wait(timedelta(seconds=60))
    words = words_of(alone)
    with pytest.raises(rules.NotWitnessed):
        fetch(alone)
    declare(alone, f"  {words} ")
    package = fetch(alone)
    for name in ("reform", "finance", "notary"):
        own = {
            "seed": centre.trustees[name].seed,
            "stage": 1,
            "now": centre.clock.now(),
            "entropy": centre.entropy,
        }
        with pytest.raises(Exception, match="quorum"):
            open_package(package, **own)
        for batch in open_package(package, words=words, **own):
            with centre.act("sun") as tx:
                service.hand_in(tx, alone.uid, batch.value)
    with centre.act("sun") as tx:
        assert service.open_stage(tx, alone.uid, centre.sealed)
    centre.wait(timedelta(seconds=2))
    path = tmp_path / "opening.zip"
    with path.open("wb") as target:
        service.write_opening(db.session(), tenders.notice(db.session(), alone.uid), centre.sealed, target)
    seen = queries.close_witnesses(db.session(), queries.hall(db.session(), alone.uid))
    db.session.rollback()
    assert seen.on_paper
    assert seen.cosigned == []
    found = verify(path, Asked(words=words))
    assert found.accepted, found.refusals
    assert any(finding.code == "close.words" for finding in found.findings)
    assert not verify(path, Asked()).accepted


def test_a_witness_that_comes_late_is_better_than_paper(alone):
    """The note is in the log; what the witness cosigns afterwards needs no words."""
    centre = alone.centre
    centre.wait(timedelta(seconds=61))
    declare(alone, words_of(alone))
    centre.cosign()
    package = fetch(alone)
    assert b"unwitnessed" in package
    with pytest.raises(WrongState):
        declare(alone, words_of(alone))


def test_the_witness_has_its_minute(alone):
    with pytest.raises(WitnessHasItsMinute):
        declare(alone, words_of(alone))


def test_where_a_witness_cosigned_there_is_no_need(alone):
    alone.centre.cosign()
    alone.centre.wait(timedelta(seconds=61))
    with pytest.raises(WrongState):
        declare(alone, words_of(alone))


def test_only_the_supervisor_may_say_so_and_only_with_the_right_words(alone):
    alone.centre.wait(timedelta(seconds=61))
    for who in ("zhou", "wang"):
        with pytest.raises(Forbidden):
            declare(alone, words_of(alone), who)
    for wrong in ("0000 0000 0000 0000 0000 0000", "1234", ""):
        with pytest.raises(Invalid):
            declare(alone, wrong)
    with pytest.raises(rules.NotWitnessed):
        fetch(alone)


def test_nobody_says_so_before_the_close(tender):
    with pytest.raises(rules.NotClosed):
        declare(tender, "0000 0000 0000 0000 0000 0000")


def test_the_page_leads_the_supervisor_through(app, alone):
    alone.centre.wait(timedelta(seconds=61))
    page = f"/opening/{alone.uid}/unwitnessed"
    sun = sign_in(app, "sun")
    assert page in sun.get(f"/hall/{alone.uid}").text
    assert page not in sign_in(app, "zhou").get(f"/hall/{alone.uid}").text
    assert "一位一位地念" in sun.get(page).text
    refused = sun.post(page, data={"words": "1111 2222"})
    assert refused.status_code == 422
    assert "1111 2222" in refused.text
    assert sun.post(page, data={"words": words_of(alone)}).status_code == 303
    assert sun.post(f"/opening/{alone.uid}/package").status_code == 200
    assert app.test_client().get(page).status_code == 302
    assert sign_in(app, "t1").get(page).status_code == 403


def test_before_the_close_the_page_has_no_words(app, tender):
    assert "还没有截止" in sign_in(app, "sun").get(f"/opening/{tender.uid}/unwitnessed").text
