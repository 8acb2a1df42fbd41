from __future__ import annotations

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from bidding.sealing.models import Drill, Trustee
from tests.sealing.keyring import enrol


@pytest.fixture
def keys(app):
    return app.extensions["log_keys"]


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (Trustee, {"pub": "ab"}),
        (Trustee, {"sign": "ab" * 31}),
        (Trustee, {"enrol_sig": ""}),
        (Trustee, {"confirmed_at": None}),
        (Trustee, {"confirmed_by_id": None}),
        (Trustee, {"confirmed_by_id": Trustee.proposed_by_id}),
        (Trustee, {"confirmed_at": None, "confirmed_by_id": None, "retired_at": Trustee.proposed_at}),
        (Trustee, {"name": "finance"}),
        (Drill, {"valid_until": None}),
        (Drill, {"passed_at": None}),
        (Drill, {"asked_at": Drill.valid_until}),
    ],
    ids=[
        "short-key", "short-sign", "no-signature", "confirmed-by-without-at", "confirmed-at-without-by", "one-person",
        "retired-unconfirmed", "name-twice", "passed-without-term", "term-without-passed", "passed-before-asked",
    ],
)  # fmt: skip
def test_the_database_repeats_the_invariants(begin, cast, keys, model, values):
    enrol(begin, cast, keys, "finance")
    uid = enrol(begin, cast, keys, "notary")
    with begin() as tx:
        trustee = tx.session.query(Trustee).filter_by(uid=uid).one()
        row = trustee.id if model is Trustee else trustee.drills[0].id
    with pytest.raises(IntegrityError), begin() as tx:
        tx.session.execute(update(model).where(model.id == row).values(values))
