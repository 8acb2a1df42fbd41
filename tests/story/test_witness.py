from __future__ import annotations

import shutil

from bidding.db import db
from bidding.ledger import queries
from bidding.scheduling.clockwork import run_once
from bidding.story import witness


def test_a_centre_that_was_founded_in_earnest_has_no_witness_beside_it(app):
    assert witness.rhythms(app) == []


def test_the_demonstrations_witness_cosigns_beside_the_server(app, centre, tmp_path):
    shutil.copytree(centre.folder / "witness", tmp_path / witness.HOME)
    with centre.act("wang") as tx:
        centre_log = queries.centre_log_or_none(tx.session)
    centre.tick()
    before = queries.last_witnessed_size(db.session(), centre_log)
    centre.drill(centre.trustee_uids[0], centre.trustees["reform"])
    centre.tick()
    (rhythm,) = witness.rhythms(app)
    db.session.rollback()
    run_once([(rhythm.name, rhythm.job)])
    db.session.rollback()
    assert queries.last_witnessed_size(db.session(), centre_log) > before
