"""What every act on a draft shares: the project held, the draft of the one who acts, its state."""

from __future__ import annotations

from sqlalchemy.orm.attributes import flag_modified

from bidding.clarifications import queries, rules
from bidding.clarifications.models import Clarification
from bidding.clarifications.policy import Permission
from bidding.clarifications.rules import State
from bidding.core.errors import WrongState
from bidding.db.uow import Tx
from bidding.submissions import service as submissions
from bidding.tenders.models import Project
from bidding.tenders.rules import Phase, phase


def held(tx: Tx, uid: str, permission: Permission, *states: State) -> Clarification:
    """A clarification in one of these states, its project's log locked. Raises ``NotFound``, ``WrongState``.

    Its version goes up: who changes it while another publishes loses the race.
    """
    found = queries.clarification_for(tx.session, tx.actor, uid, permission)
    lock(tx, found.project)
    tx.session.refresh(found)
    if found.state not in states:
        raise WrongState
    flag_modified(found, "changes")
    return found


def lock(tx: Tx, project: Project) -> None:
    """Be alone in a project: bids, closes and extensions hold the same row."""
    submissions.gate_of(tx, project.uid)


def require_open(tx: Tx, project: Project) -> None:
    """Raise ``NotOpen`` before the notice and from the deadline on."""
    if phase(project.facts, tx.now) is not Phase.OPEN:
        raise rules.NotOpen
