"""A prequalification corrected while it takes applications: what its pages say from now on.

The first notice stays as it was hashed, an application that is in stays as it is. Whether a correction is lawful, and
that two persons let it out, the domain above has asked (``clarifications``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from bidding.core.canonical import sha
from bidding.core.errors import NotFound, WrongState
from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.keys import LogKeys
from bidding.prequalification import queries, rules
from bidding.prequalification.models import Prequalification, PrequalificationFile
from bidding.prequalification.rules import Standing
from bidding.prequalification.service.drafting import locked
from bidding.tenders.models import Project
from bidding.tenders.rules import RequirementFacts
from bidding.tenders.service import NewFile, set_conditions

#: Kind of the note in the centre's log.
CORRECTION_NOTE = "prequalification-correction"


def held(tx: Tx, project: Project) -> Prequalification:
    """A published one, alone with it until the end: whoever applies or opens holds the same row. Raises ``NotFound``."""
    found = locked(tx, project)
    if found is None or found.published_at is None:
        raise NotFound
    return found


def amend(
    tx: Tx,
    project: Project,
    *,
    facts: Mapping[str, str],
    conditions: Sequence[RequirementFacts] | None,
    note: str | None,
    available_until_on: date | None,
    examined_on: date | None,
    closes_at: datetime | None,
    files: Sequence[NewFile],
    notice: str,
    keys: LogKeys,
) -> str:
    """Write what a correction changes, None for what it does not, and log its text (JCS); its SHA-256.

    ``facts`` are the project's. Raises ``WrongState`` unless applications are taken: the deadline itself is too late.
    """
    found = held(tx, project)
    if rules.standing(found.times, tx.now) is not Standing.OPEN:
        raise WrongState
    for name, value in facts.items():
        setattr(project, name, value)
    if conditions is not None:
        set_conditions(tx, project, conditions)
    if note is not None:
        found.note = note
    found.available_until_on = available_until_on or found.available_until_on
    found.examined_on = examined_on or found.examined_on
    found.closes_at = closes_at or found.closes_at
    for file in files:
        if file.replaces is not None:
            queries.file_of(found, file.replaces).replaced_at = tx.now
        found.files.append(
            PrequalificationFile(name=file.name, sha256=file.sha256, size=file.size, added_at=tx.now)
        )
    tx.session.flush()
    digest = sha(notice).hex()
    data = {"project": project.code, "sha256": digest}
    ledger.record(tx, ledger.centre_log(tx, keys), EventType.NOTE, kind=CORRECTION_NOTE, data=data)
    return digest
