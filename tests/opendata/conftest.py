"""Tenders that are played through the services, and what everybody's programs fetch of them."""

from __future__ import annotations

import json

import pytest

from bidding.db import db
from bidding.opendata import jobs
from bidding.opendata.models import Release
from bidding.story.play import Tender, Told
from bidding.tenders.models import Project
from tests.bags import bring, publish
from tests.conftest import ROOT
from tests.negotiation.conftest import Negotiation, responding
from tests.stage import *  # noqa: F403


@pytest.fixture
def further(tmp_path, attachment):
    def published(centre, _):
        made = Tender(centre, tmp_path / "fresh", Told())
        made.publish([ROOT / "pyproject.toml"])
        return made

    def mixed(centre, _):
        made = publish(centre, tmp_path / "mixed")
        for number in (1, 3):
            made.submit(number, made.seal(number, [attachment], price_fen=1_200_000_000))
        bring(made, 2)
        made.close()
        made.open(["reform", "finance", "notary"])
        return made

    return {
        "fresh": ("centre", published),
        "mixed": ("centre", mixed),
        "responses": ("centre", responding(tmp_path / "negotiation", attachment)),
    }


@pytest.fixture
def fresh(laid):
    """A tender published today, 24 days before its deadline."""
    return laid[1]


@pytest.fixture
def mixed(laid):
    """Two sealed bids that are open, and a bag that nobody has typed yet."""
    return laid[1]


@pytest.fixture
def negotiation(centre, laid):
    return Negotiation(centre, laid[1])


@pytest.fixture
def responses(negotiation):
    """Asked for beside it, so that its stage is laid."""
    return negotiation


@pytest.fixture
def ocid():
    """``ocid(tender)``: of its process, under the prefix that nobody has registered."""

    def _ocid(tender):
        db.session.rollback()
        return f"ocds-000000-{db.session.query(Project.code).filter_by(uid=tender.uid).scalar()}"

    return _ocid


@pytest.fixture
def package(client, ocid):
    """``package(tender, "record")``: what a stranger gets."""

    def _package(tender, kind="releases"):
        answer = client.get(f"/opendata/processes/{ocid(tender)}/{kind}.json")
        assert answer.status_code == 200
        return json.loads(answer.data)

    return _package


@pytest.fixture
def write(app):
    """``write()``: the job comes by; how many releases it wrote."""

    def _write():
        return jobs.Writer(app.extensions["world"], app.config["OCID_PREFIX"])()

    return _write


@pytest.fixture
def rows(app):
    """``rows()``: what is written, in order."""

    def _rows():
        db.session.rollback()
        found = db.session.query(Release).order_by(Release.id)
        return [(row.ocid, row.key, row.body) for row in found]

    return _rows
