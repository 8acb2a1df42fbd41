"""Writing releases down: once each, and none is ever changed."""

from __future__ import annotations

from bidding.db.uow import Tx
from bidding.opendata import queries
from bidding.opendata.models import Release
from bidding.tenders.models import Project


def write(tx: Tx, project_id: int, prefix: str) -> int:
    """Write the releases of a purchase that are not written yet; how many.

    Two who write at once: the second meets ``one_release_of_a_fact``, and what it would have said is there.
    """
    project = tx.session.get_one(Project, project_id)
    fresh = queries.to_write(tx.session, project, prefix)
    tx.session.add_all(
        Release(
            project_id=project_id,
            ocid=told.ocid,
            key=told.key,
            released_at=told.released_at,
            body=told.body,
        )
        for told in fresh
    )
    tx.session.flush()
    return len(fresh)
