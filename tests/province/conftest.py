from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bidding.province.facts import Centre
from bidding.province.mapping import plan
from bidding.province.station import Station
from bidding.tenders.models import Project
from tests.award.conftest import *  # noqa: F403 — an opened project, and the two persons who decide about it

PLATFORM = "91350100M000100Y43"
#: What a province would have told: every code list, and its numbers for this centre.
PROFILE = {
    "centre": {
        "trade_system": "A00000000001",
        "trade_plat": "E0000000001",
        "public_plat": "E0000000002",
        "fee": "0",
        "supervisor": "明川县发展和改革局",
        "approver": "明川县行政审批局",
    },
    "codes": {
        "trade": {"procurement": "D01", "property": "E01"},
        "project-type": {"construction": "A02", "goods": "D03", "property": "C01", "realty": "C02"},
        "classification": {"construction": "A02"},
        "asset-type": {"construction": "01", "realty": "02"},
        "code-type": {"uscc": "1"},
        "role": {"owner": "01", "agency": "02", "tenderer": "03", "seller": "04", "buyer": "05"},
        "organized": {"agency": "2", "self": "1"},
        "purchase-organized": {"agency": "2", "self": "1"},
        "relation": {"works": "1", "procurement": "2", "property": "3"},
        "purchase-method": {"open-tender": "1", "consultation": "5"},
        "sale-method": {"asset-transfer": "01", "disposal": "01", "lease": "02"},
        "notice-nature": {"first": "1", "correction": "2"},
        "notice-type": {"tender": "1", "invitation": "2", "result": "3"},
        "examination": {"after": "2", "before": "1"},
        "security-form": {"transfer": "1", "guarantee": "2"},
        "auto-extension": {"false": "0"},
    },
}


@pytest.fixture
def station(app):
    """The province's platform is known; packages are carried over."""
    found = plan(json.dumps(PROFILE))
    centre = Centre("交易中心", "539921", PLATFORM, "https://bids.example", ("2 GB", "4 GB"), found.centre)
    app.extensions["province"] = Station(found, centre)
    return app.extensions["province"]


@pytest.fixture
def with_receiver(app, station):
    """``with_receiver(receiver)``: the same centre, with a way out."""

    def _with(receiver):
        app.extensions["province"] = replace(station, receiver=receiver)
        return app.extensions["province"]

    return _with


@pytest.fixture
def project_of(begin):
    """``project_of(given)``: the row's id."""

    def _project(given):
        with begin() as tx:
            return tx.session.query(Project).filter_by(uid=given.uid).one().id

    return _project
