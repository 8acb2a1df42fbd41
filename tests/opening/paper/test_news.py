"""Whoever hears of an opening hears of it whole: not before the bags are typed, and again when they are."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from bidding.db import db
from bidding.oversight import jobs
from bidding.oversight.models import Finding
from bidding.oversight.rules import Flag
from bidding.province.facts import Centre
from bidding.province.mapping import plan
from bidding.province.models import ProvinceMessage
from bidding.province.station import Station
from bidding.submissions.paper.models import Bag
from tests.bags import bring, publish, read


@pytest.fixture
def further(tmp_path, attachment):
    def single(centre, _):
        made = publish(centre, tmp_path / "tender")
        made.submit(1, made.seal(1, [attachment], price_fen=1_200_000_000))
        for number in (2, 3):
            bring(made, number)
        made.close()
        return made

    return {"single": ("centre", single)}


@pytest.fixture
def single(app, laid):
    """One sealed bid and two bags; closed. The province is told."""
    centre = Centre("交易中心", "539921", "91350100M000100Y43", "https://bids.example", ("2 GB", "4 GB"), {})
    app.extensions["province"] = Station(plan(json.dumps({"codes": {"trade": {"works": "A01"}}})), centre)
    return laid[1]


@pytest.fixture
def told(app):
    """``told()``: what the province is told of the opening, and what supervisors are shown of it."""

    def _told():
        jobs.examine_due(app.extensions["world"], app.config["REGION"])
        db.session.rollback()
        sets = db.session.scalars(select(ProvinceMessage.data_set).order_by(ProvinceMessage.id)).all()
        flags = set(db.session.scalars(select(Finding.flag).where(Finding.gone_at.is_(None))))
        return [code for code in sets if code in ("506", "507")], Flag.SINGLE in flags

    return _told


def test_before_the_last_bag_is_typed_no_opening_is_told_and_no_bid_called_the_only_one(single, told):
    single.open(["reform", "finance", "notary"])
    uids = db.session.scalars(select(Bag.uid).order_by(Bag.id)).all()
    db.session.rollback()
    for uid in uids:
        assert told() == ([], False)
        read(single, uid, "zhou")
        assert told() == ([], False)
        assert read(single, uid, "wang", price_fen="11900000")
    assert told() == (["506", "507"], False)


def test_bags_that_hold_nothing_leave_the_only_bid_that_can_be_read(single, told):
    single.open(["reform", "finance", "notary"])
    uids = db.session.scalars(select(Bag.uid).order_by(Bag.id)).all()
    db.session.rollback()
    for uid in uids:
        read(single, uid, "zhou", void="empty")
        assert read(single, uid, "wang", void="empty")
    assert told() == (["506", "507"], True)
