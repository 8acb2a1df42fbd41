"""Where a project stands: from what people decided, and from the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bidding.core.errors import N_
from bidding.tenders.kinds import Stage


class Phase(StrEnum):
    """What a visitor may expect. What comes after the close, higher domains tell."""

    DRAFT = "draft"
    PREQUALIFYING = "prequalifying"
    UNQUALIFIED = "unqualified"
    SUBMITTED = "submitted"
    OPEN = "open"
    CLOSED = "closed"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"


PHASE_LABELS: dict[Phase, str] = {
    Phase.DRAFT: N_("起草中"),
    Phase.PREQUALIFYING: N_("资格预审中"),
    Phase.UNQUALIFIED: N_("资格预审未成"),
    Phase.SUBMITTED: N_("等待复核"),
    Phase.OPEN: N_("公告中"),
    Phase.CLOSED: N_("已截止"),
    Phase.SUSPENDED: N_("已暂停"),
    Phase.TERMINATED: N_("已终止"),
}
#: What the public can ask for.
PUBLIC = (Phase.OPEN, Phase.CLOSED, Phase.SUSPENDED, Phase.TERMINATED)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the phase hangs on."""

    stage: Stage
    closes_at: datetime | None


def phase(facts: Facts, now: datetime) -> Phase:
    """The phase at ``now``; the closing instant itself is already closed."""
    if facts.stage is not Stage.PUBLISHED:
        return Phase(facts.stage.value)
    if facts.closes_at is None or now < facts.closes_at:
        return Phase.OPEN
    return Phase.CLOSED
