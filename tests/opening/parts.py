"""Small steps of an opening, for tests of what happens around it."""

from __future__ import annotations

import io
from datetime import timedelta

from sqlalchemy import select

from bidding.db import db
from bidding.opening import service
from bidding.opening.batches import check_checkpoints, make_batch
from bidding.opening.bundle import check_leaves, parse_bundle, replay_bundle
from bidding.submissions.models import Gate
from bidding.tenders.models import Project
from bidding.verification.verify import Asked, verify


def fetch(tender, login="sun"):
    with tender.centre.act(login) as tx:
        return service.fetch_package(tx, tender.uid)


def batch_of(tender, name, *, public=True):
    """What the trustee's client makes of the package."""
    bundle = parse_bundle(fetch(tender))
    record = replay_bundle(bundle, check_leaves(bundle))
    return make_batch(
        record,
        check_checkpoints(record, bundle.checkpoints),
        seed=tender.centre.trustees[name].seed,
        stage=1,
        public=public,
        now=tender.centre.clock.now(),
        entropy=tender.centre.entropy,
    )


def hand_in(tender, value, login="sun"):
    with tender.centre.act(login) as tx:
        return service.hand_in(tx, tender.uid, value).seat


def project_of(tender):
    db.session.rollback()
    return db.session.scalar(select(Project).where(Project.uid == tender.uid))


def state_of(tender):
    return db.session.scalar(select(Gate).where(Gate.project_id == project_of(tender).id)).state


def bundle(tender, tmp_path):
    """The record as the public gets it, cosigned, and what the verifier says of it."""
    with tender.centre.act("sun") as tx:
        service.sign(tx, tender.uid, tender.centre.keys)
    tender.centre.wait(timedelta(seconds=20))
    tender.centre.cosign()
    target = io.BytesIO()
    service.write_opening(db.session(), project_of(tender), tender.centre.sealed, target)
    (tmp_path / "opening.zip").write_bytes(target.getvalue())
    return verify(tmp_path / "opening.zip", Asked(panel=project_of(tender).panel_hash))
