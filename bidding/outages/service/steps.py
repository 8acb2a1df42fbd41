"""What every act on a deadline shares: the project held, a reason in one line, an instant as people read it."""

from __future__ import annotations

from datetime import datetime

from bidding.core.clock import SHANGHAI
from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.ledger.models import Log
from bidding.outages import queries, rules
from bidding.submissions.models import Gate
from bidding.tenders.models import Project

MAX_REASON = 500


def reason_of(text: str, field: str) -> str:
    words = " ".join(text.split())
    if not words or len(words) > MAX_REASON:
        raise rules.ReasonMissing(field=field, most=MAX_REASON)
    return words


def locked(tx: Tx, uid: str) -> tuple[Gate, Project]:
    """The gate with its log's row held: whoever holds it is alone in this project."""
    gate = queries.gate_of(tx.session, uid)
    project = tx.session.get_one(Project, gate.project_id)
    ledger.lock(tx, log_of(tx, project))
    tx.session.refresh(gate)
    tx.session.refresh(project)
    return gate, project


def log_of(tx: Tx, project: Project) -> Log:
    return tx.session.get_one(Log, project.log_id)


def minute(instant: datetime) -> str:
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
