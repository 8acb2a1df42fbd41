"""A published project corrected: what its pages say from now on. The first notice stays as it was hashed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bidding.core.canonical import sha
from bidding.core.errors import NotFound
from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.models import Log
from bidding.tenders import queries
from bidding.tenders.models import Document, Project
from bidding.tenders.service.listing import relist
from bidding.tenders.service.publish import DOCUMENT_KIND


@dataclass(frozen=True, slots=True)
class NewFile:
    """A stored file that joins the documents; ``replaces`` is the digest of the one whose place it takes."""

    name: str
    sha256: str
    size: int
    replaces: str | None = None


def amend(
    tx: Tx,
    project: Project,
    *,
    facts: Mapping[str, str],
    ceilings: Mapping[str, int | None],
    files: Sequence[NewFile],
    kind: str,
    notice: str,
) -> str:
    """Write corrected facts, ceilings (fen, by the lot's code) and files, and log them with the notice; its SHA-256.

    Whether they are lawful the caller has asked, and the log's row is the caller's. ``kind`` is the notice's in the
    log, ``notice`` its text (JCS) that everybody can read.
    """
    if project.log_id is None:
        raise NotFound
    log = tx.session.get_one(Log, project.log_id)
    for name, value in facts.items():
        setattr(project, name, value)
    for code, ceiling in ceilings.items():
        queries.lot_of(tx.session, project, code).ceiling_fen = ceiling
    for file in files:
        if file.replaces is not None:
            queries.document(tx.session, project, file.replaces).replaced_at = tx.now
        project.documents.append(
            Document(name=file.name, sha256=file.sha256, size=file.size, added_at=tx.now)
        )
        ledger.record(tx, log, EventType.NOTICE, kind=DOCUMENT_KIND, sha256=file.sha256)
    digest = sha(notice).hex()
    ledger.record(tx, log, EventType.NOTICE, kind=kind, sha256=digest)
    tx.session.flush()
    relist(tx, project)
    return digest
