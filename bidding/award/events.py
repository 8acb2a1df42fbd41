"""What the award domain tells the domains above, inside the same transaction."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AwardRecorded:
    """A first result was put down, or put down anew; it is not final. A correction is told when it is confirmed."""

    award_id: int


@dataclass(frozen=True, slots=True)
class AwardConfirmed:
    """The second person agreed; the result is in the log, in the place of any that it corrects."""

    award_id: int
