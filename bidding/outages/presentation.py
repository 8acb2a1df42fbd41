"""What the pages of outages and deadlines show, made ready to print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bidding.core.actor import Actor, Role
from bidding.core.errors import DomainError
from bidding.outages import policy, queries
from bidding.outages.models import Extension, Hold
from bidding.outages.policy import Permission
from bidding.outages.queries import Situation
from bidding.outages.service import require_prices_movable
from bidding.sealing.panel import Panel
from bidding.submissions import queries as gates
from bidding.submissions.models import Gate
from bidding.submissions.service import require_movable
from bidding.tenders.models import Project


@dataclass(frozen=True, slots=True)
class DeadlinePage:
    """All that the page of one deadline shows to the one side or the other."""

    project: Project
    gate: Gate
    panel: Panel
    side: Role
    hold: Hold | None
    situation: Situation
    pending: Extension | None
    corrections: Sequence[Extension]
    #: Why the deadline can no longer move; None while it can.
    fixed: DomainError | None
    #: The same of the opening of the prices; of a tender in one envelope there is none.
    prices_fixed: DomainError | None

    @property
    def is_of_prices(self) -> bool:
        """Whether what waits for signatures moves the opening of the prices alone."""
        return self.pending is not None and not self.pending.moves_deadline

    @property
    def may_confirm(self) -> bool:
        """Whether the other side has asked that the hold be let go."""
        return self.hold is not None and self.hold.asked_role not in (None, self.side.value)


def deadline_page(session: Session, actor: Actor, uid: str, now: datetime) -> DeadlinePage:
    """The page for this actor. Raises ``NotFound`` for another agency's project."""
    gate = queries.gate_of(session, uid)
    project = gate.project
    who = policy.side(actor, Permission.DEADLINE_EXTEND, agency_id=project.agency_id)
    fixed = None
    try:
        require_movable(session, gate)
    except DomainError as error:
        fixed = error
    return DeadlinePage(
        project=project,
        gate=gate,
        panel=gates.panel_of(project),
        side=who,
        hold=queries.hold_of(session, project.id),
        situation=queries.situation(session, gate, now),
        pending=queries.pending(session, project.id),
        corrections=queries.corrections(session, project.id),
        fixed=fixed,
        prices_fixed=_prices_fixed(session, gate),
    )


def _prices_fixed(session: Session, gate: Gate) -> DomainError | None:
    try:
        require_prices_movable(session, gate)
    except DomainError as error:
        return error
    return None


def minutes(span: timedelta) -> tuple[int, int]:
    """A span as whole minutes and seconds."""
    return divmod(round(span.total_seconds()), 60)
