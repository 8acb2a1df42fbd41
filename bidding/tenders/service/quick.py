"""A small comparison in one act: facts, its one lot, document and deadline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bidding.core.errors import NotFound
from bidding.db.uow import Tx
from bidding.tenders import policy, queries, standard
from bidding.tenders.models import Origin, Project
from bidding.tenders.rules import LotFacts, ProjectFacts
from bidding.tenders.service.draft import (
    DocumentsAreUploaded,
    add_document,
    add_lot,
    create_project,
    draft,
    remove_document,
    set_dates,
)


@dataclass(frozen=True, slots=True)
class Stored:
    """A file whose bytes are stored; of one that was made here also by which template and of what it says."""

    name: str
    sha256: str
    size: int
    template: str | None = None
    made_of: str | None = None


def draft_comparison(
    tx: Tx,
    facts: ProjectFacts,
    lot: LotFacts,
    document: Stored,
    *,
    closes_at: datetime,
    region: str,
    source: str | None = None,
) -> Project:
    """A whole draft of a local comparison; ``source`` is the earlier one of the actor's own that it was begun from.

    Raises what the single steps refuse, and ``DocumentsAreUploaded`` for another kind of tender; then nothing is
    written.
    """
    if not standard.may_be_made(facts.family, facts.method):
        raise DocumentsAreUploaded
    project = create_project(tx, facts, region=region)
    if source is not None:
        earlier = queries.project_for(tx.session, tx.actor, source)
        if not policy.may_edit(tx.actor, earlier.agency_id):
            raise NotFound
        project.origin = Origin(source_id=earlier.id)
    add_lot(tx, project.uid, lot)
    _attach(tx, project.uid, document)
    return set_dates(tx, project.uid, closes_at=closes_at)


def replace_made(tx: Tx, uid: str, document: Stored) -> None:
    """Put a document that was made anew in the place of those made before; what people uploaded stays.

    Raises ``DocumentsAreUploaded`` where there is no standard document, ``WrongState``, ``DocumentTwice``.
    """
    project = draft(tx, uid)
    if not standard.may_be_made(project.family, project.method):
        raise DocumentsAreUploaded
    for other in [each for each in project.documents if each.template is not None]:
        remove_document(tx, uid, other.sha256)
    _attach(tx, uid, document)


def _attach(tx: Tx, uid: str, document: Stored) -> None:
    made = add_document(tx, uid, document.name, document.sha256, document.size)
    made.template, made.made_of = document.template, document.made_of
    tx.session.flush()
