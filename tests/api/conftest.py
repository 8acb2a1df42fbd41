"""Programs of two agencies, and clients that are nobody."""

from __future__ import annotations

import pytest

from bidding.api import service
from bidding.api.rules import Scope
from tests.award.conftest import award, confirm, make, record, today  # noqa: F401 — opened projects
from tests.tenders.conftest import keys, rival, rulebook  # noqa: F401 — fixtures

DRAFT = {
    "kind": "local.comparison.construction",
    "title": "档案馆屋面维修",
    "owner_name": "明川县档案馆",
    "summary": "屋面防水 800 平方米。",
    "qualification": "营业执照在有效期内。",
    "award_method": "经评审的最低价法。",
    "contact": "周经办",
    "phone": "13900001234",
    "lots": [{"name": "屋面", "budget_fen": 10_000_000, "ceiling_fen": 9_800_050}],
}


@pytest.fixture
def key(begin, cast, keys):  # noqa: F811
    """``key("zhou", Scope.READ)``: the header of a program of theirs."""

    def _key(login="zhou", scope=Scope.DRAFT, *, days=30, name="业务系统"):
        with begin(cast.actor(login)) as tx:
            return {"Authorization": f"Bearer {service.make_key(tx, name, scope, days, keys=keys)[1]}"}

    return _key


@pytest.fixture
def send(client):
    """``send(header, **more)``: a draft as a program sends it."""

    def _send(header, *, again="draft-0001", **more):
        return client.post(
            "/api/v1/projects", json={**DRAFT, **more}, headers={**header, "Idempotency-Key": again}
        )

    return _send
