from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bidding.db import db
from bidding.story.cast import tenderer
from bidding.submissions import jobs
from bidding.submissions.models import Gate
from bidding.submissions.paper.models import Bag
from bidding.submissions.paper.rules import BagState
from bidding.submissions.rules import GateState
from bidding.submissions.underway import Underway
from tests.bags import publish
from tests.people import sign_in


@pytest.fixture
def window(centre, tmp_path):
    return publish(centre, tmp_path / "tender")


def bag(window, **changes):
    unit, _ = tenderer(1)
    typed = {"lot": "1", "uscc": unit.uscc, "deliverer": "送件人", "copies": "2", "sealing": "whole"}
    return sign_in(window.centre.app, changes.pop("login", "wang")).post(
        f"/notices/{window.uid}/bags", data=typed | changes
    )


def test_the_window_enters_prints_sends_away_and_hands_back_and_others_see_none_of_it(window, app):
    assert "登记纸质投标" in sign_in(app, "wang").get(f"/notices/{window.uid}").text
    assert bag(window, uscc="").status_code == 422
    assert bag(window).status_code == 303
    assert bag(window, sealing="torn").status_code == 303
    db.session.rollback()
    taken = db.session.scalar(select(Bag))
    uid, reference = taken.uid, taken.reference
    db.session.rollback()
    client = sign_in(app, "wang")
    page = client.get(f"/notices/{window.uid}/bags").text
    assert reference in page
    assert client.get(f"/bags/{uid}/receipt.pdf").data.count(b"/ByteRange") == 1  # signed by the centre
    assert client.get(f"/bags/{uid}/receipt.tlog-proof").text.startswith("c2sp.org/tlog-proof@v1")
    slip = page.partition("/bags/slips/")[2].partition(".pdf")[0]
    assert client.get(f"/bags/slips/{slip}.pdf").data.count(b"/ByteRange") == 1
    colleague = sign_in(app, "chen")
    assert reference not in colleague.get(f"/notices/{window.uid}/bags").text
    for path in (f"{uid}/receipt.pdf", f"{uid}/receipt.tlog-proof", f"slips/{slip}.pdf"):
        assert colleague.get(f"/bags/{path}").status_code == 404
    assert colleague.post(f"/bags/{uid}/back").status_code == 404
    for login in ("zhou", "sun", "t1", "t2"):
        assert sign_in(app, login).get(f"/notices/{window.uid}/bags").status_code == 403
    receipt = {"reference": reference.lower(), "holder": tenderer(1)[0].uscc}
    back = f"/notices/{window.uid}/bags/back"
    assert sign_in(app, "zhou").post(back, data=receipt).status_code == 403
    assert colleague.post(back, data=receipt | {"holder": tenderer(2)[0].uscc}).status_code == 409
    assert colleague.post(back, data={}).status_code == 422
    assert colleague.post(back, data=receipt).status_code == 303  # who took it in is off duty
    assert client.post(f"/bags/{uid}/back").status_code == 409
    assert "取回" in client.get(f"/notices/{window.uid}/bags").text
    assert bag(window).status_code == 303
    db.session.rollback()
    again = db.session.scalar(select(Bag.uid).where(Bag.state == BagState.HELD))
    assert client.post(f"/bags/{again}/back").status_code == 303


def test_the_gate_does_not_close_over_a_bag_that_came_in_time_and_waits_for_its_turn(window, app):
    clock, desk = window.centre.clock, app.extensions["desk"]
    seen = []

    class Crowded(Underway):
        @contextmanager
        def since(self, project_uid, arrived_at):
            with super().since(project_uid, arrived_at):
                for second in (0, 2, 4):
                    clock.set(window.closes_at + timedelta(seconds=second))
                    jobs.close_due(desk)
                seen.append(db.session.scalar(select(Gate.state)))
                db.session.rollback()
                yield

    clock.set(window.closes_at - timedelta(microseconds=1))
    desk = app.extensions["desk"] = replace(desk, underway=Crowded())
    assert bag(window).status_code == 303
    assert seen == [GateState.CLOSING]
    assert db.session.scalar(select(Bag.state)) is BagState.HELD
    db.session.rollback()
    jobs.close_due(desk)
    assert db.session.scalar(select(Gate.state)) is GateState.CLOSED


def test_a_tender_that_takes_no_paper_has_no_window(tender, app):
    assert sign_in(app, "wang").get(f"/notices/{tender.uid}/bags").status_code == 409
