"""Findings as the supervisors' pages have them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bidding.db import db
from bidding.oversight import jobs
from bidding.oversight.kinds import Kind
from bidding.oversight.queries import Wanted as Asked
from bidding.oversight.queries import all_findings
from bidding.oversight.service import note as noted
from bidding.oversight.service.marking import mark
from bidding.tenders.models import Project
from tests.reporting.conftest import *  # noqa: F403 — opened projects, old ledgers
from tests.tenders.conftest import rulebook  # noqa: F401


@pytest.fixture
def examine(app):
    """``examine()``: what the clockwork does."""

    def _examine():
        jobs.examine_due(app.extensions["world"], app.config["REGION"])
        db.session.rollback()

    return _examine


@pytest.fixture
def found(examine):
    """``found(**asked)``: what was asked for, once everything due is examined."""

    def _found(**asked):
        examine()
        return [each for each, _ in all_findings(db.session, Asked(**asked), 1000)]

    return _found


@pytest.fixture
def opened(make, begin):
    """``opened(**wanted)``: an opened project of whose opening the news has been heard."""

    def _opened(**wanted):
        given = make(**wanted)
        with begin() as tx:
            mark(
                tx,
                Kind.PROJECT,
                [tx.session.scalars(select(Project.id).where(Project.uid == given.uid)).one()],
            )
        return given

    return _opened


@pytest.fixture
def note(app, begin, cast):
    """``note(finding, decision, …)``: Sun says something of it."""

    def _note(finding, decision, *, reason="看过开标记录", reference="", seen="", by="sun"):
        with begin(cast.actor(by)) as tx:
            return noted(
                tx,
                finding.uid,
                decision,
                reason=reason,
                reference=reference,
                seen=seen or finding.digest,
                keys=app.extensions["log_keys"],
            ).uid

    return _note
