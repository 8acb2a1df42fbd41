"""Whether the keys of coming openings work: every panel's seats, and when each key was last tried (protocol §2).

Panels are public, and nothing here asks who bid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session, selectinload

from bidding.core.canonical import loads
from bidding.core.errors import N_
from bidding.opening import rules
from bidding.opening.queries import failed_lots, is_later_to_come, nobody_passed
from bidding.sealing import queries as trustees
from bidding.sealing.models import Trustee
from bidding.sealing.queries import Standing
from bidding.sealing.rules import can_open
from bidding.submissions.models import Gate
from bidding.submissions.rules import GateState
from bidding.tenders import queries as tenders
from bidding.tenders.kinds import Stage
from bidding.tenders.models import Project


class Trust(Enum):
    """What is known of a key."""

    TRIED = "tried"
    GOOD = "good"
    DUE = "due"
    UNABLE = "unable"


TRUST_WORDS = {
    Trust.TRIED: ("ok", N_("开标前已试过")),
    Trust.GOOD: ("ok", N_("能开箱")),
    Trust.DUE: ("soon", N_("能开箱，开标前还要再试一次")),
    Trust.UNABLE: ("over", N_("没有把握：演练过期或已停用")),
}


@dataclass(frozen=True, slots=True)
class Key:
    """A seat of a panel and its key; ``standing`` is None if the register does not know the key."""

    number: int
    role: str
    org: str
    name: str
    standing: Standing | None
    tried_at: datetime | None
    trust: Trust


@dataclass(frozen=True, slots=True)
class KeyCheck:
    """The keys of one coming opening. From ``since`` on a drill counts for it."""

    project: Project
    opens_at: datetime
    since: datetime
    needed: int
    keys: Sequence[Key]

    @property
    def able(self) -> int:
        """How many can open, by what is known."""
        return sum(key.trust is not Trust.UNABLE for key in self.keys)

    @property
    def short(self) -> bool:
        """Whether the box could not be opened now."""
        return self.able < self.needed

    def without(self, trustee: Trustee) -> int:
        """How many could still open without this one."""
        return sum(key.trust is not Trust.UNABLE and not _holds(trustee, key) for key in self.keys)

    def untried(self) -> list[Standing]:
        """The trustees in office whose keys were not tried since ``since``."""
        return [
            key.standing
            for key in self.keys
            if key.standing is not None
            and key.standing.trustee.retired_at is None
            and key.trust is not Trust.TRIED
        ]


def _holds(trustee: Trustee, key: Key) -> bool:
    return key.standing is not None and key.standing.trustee.id == trustee.id


def key_checks(session: Session, now: datetime, *, until: datetime | None = None) -> list[KeyCheck]:
    """Of every box that is still to be opened, by its hour; none whose hour comes after ``until``."""
    first = func.coalesce(Project.opens_at, Gate.closes_at)
    opens_at = case((Gate.state == GateState.OPENED, Project.prices_open_at), else_=first)
    statement = (
        select(Project, Gate, opens_at)
        .join(Gate, Gate.project_id == Project.id)
        .where(or_(Gate.state != GateState.OPENED, is_later_to_come()))
        # The page is everybody's, and of a round only those hear who run it or were invited.
        .where(Project.stage == Stage.PUBLISHED, Project.is_round.is_(False))
        .options(selectinload(Project.lots))
        .order_by(opens_at, Project.id)
    )
    if until is not None:
        statement = statement.where(opens_at <= until)
    coming = [
        (project, at, loads(project.panel))
        for project, gate, at in session.execute(statement)
        if project.panel is not None
        and not (gate.state is GateState.OPENED and nobody_passed(session, project))
        and (gate.settled_at is None or failed_lots(session, project) != {lot.code for lot in project.lots})
    ]
    pubs = {seat["pub"] for _, _, panel in coming for seat in panel["trustees"]}
    known, calendar = trustees.by_keys(session, pubs, now), tenders.calendar(session)
    found = []
    for project, at, panel in coming:
        since = rules.eve(at, calendar)
        keys = [_key(seat, known.get(seat["pub"]), since, now) for seat in panel["trustees"]]
        found.append(KeyCheck(project, at, since, panel["k"], keys))
    return found


def _key(seat: dict[str, Any], standing: Standing | None, since: datetime, now: datetime) -> Key:
    tried_at = standing.passed_at if standing is not None else None
    if standing is None or not can_open(standing.state):
        trust = Trust.UNABLE
    elif tried_at is not None and tried_at >= since:
        trust = Trust.TRIED
    else:
        trust = Trust.DUE if now >= since else Trust.GOOD
    return Key(seat["i"], seat["role"], seat["org"], seat["name"], standing, tried_at, trust)


def held_by(session: Session, trustee: Trustee, now: datetime) -> list[KeyCheck]:
    """The boxes still to be opened in whose panel the trustee sits."""
    return [check for check in key_checks(session, now) if any(_holds(trustee, key) for key in check.keys)]
