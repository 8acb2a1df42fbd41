"""What every act on a draft shares: the project held, the draft of the one who acts, its state."""

from __future__ import annotations

from sqlalchemy.orm.attributes import flag_modified

from bidding.clarifications import queries, rules
from bidding.clarifications.models import Clarification
from bidding.clarifications.policy import Permission
from bidding.clarifications.rules import About, State
from bidding.core.errors import WrongState
from bidding.db.uow import Tx
from bidding.prequalification import service as prequalification
from bidding.prequalification.rules import Standing, standing
from bidding.submissions import service as submissions
from bidding.tenders.models import Project
from bidding.tenders.rules import Phase, phase


def held(tx: Tx, uid: str, permission: Permission, *states: State) -> Clarification:
    """A clarification in one of these states, its project's log locked. Raises ``NotFound``, ``WrongState``.

    Its version goes up: who changes it while another publishes loses the race.
    """
    found = queries.clarification_for(tx.session, tx.actor, uid, permission)
    lock(tx, found.project, found.about)
    tx.session.refresh(found)
    if found.state not in states:
        raise WrongState
    flag_modified(found, "changes")
    return found


def lock(tx: Tx, project: Project, about: About = About.TENDER) -> None:
    """Be alone in a project: bids, closes and extensions hold the same row; of a prequalification, applications."""
    if about is About.PREQUALIFICATION:
        prequalification.held(tx, project)
    else:
        submissions.gate_of(tx, project.uid)


def require_open(tx: Tx, project: Project, about: About = About.TENDER) -> None:
    """Raise ``NotOpen`` before the notice and from its deadline on."""
    if about is About.PREQUALIFICATION:
        found = queries.prequalification_of(tx.session, project)
        is_open = standing(found.times, tx.now) is Standing.OPEN
    else:
        is_open = phase(project.facts, tx.now) is Phase.OPEN
    if not is_open:
        raise rules.NotOpen
