"""What the witnesses' dates let count: bids in time, and the close (protocol §4). Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bidding.core.canonical import Malformed
from bidding.ledger.trust import Checked
from bidding.opening.record.state import Record

#: How long after the close a cosignature still shows that a leaf was there in time (protocol §4), in seconds.
GRACE = 60
#: How far before the close a witness's clock may stand when it cosigns the close, in seconds.
SKEW = 5


class Early(Malformed):
    """A witness cosigned the close before the deadline: it was prepared beforehand."""


def counts_in_time(record: Record, checkpoints: Sequence[Checked]) -> dict[int, bool]:
    """For every bid, withdrawal and override by its index: whether it counts (protocol §4).

    It does if it stands in a checkpoint no larger than one that ends with the close in force, with a quorum of
    cosignatures each dated no later than the deadline plus ``GRACE``. All False before the close.
    """
    reach = 0
    if record.close is not None:
        latest = record.close.closes_at + GRACE
        sizes = (
            checked.head.size
            for checked in checkpoints
            if checked.head.size <= record.close.head.size
            and record.policy.witnessed(checked, not_after=latest)
        )
        reach = max(sizes, default=0)
    return {index: index < reach for index, _, _ in record.acts}


def close_checkpoint(record: Record, checkpoints: Sequence[Checked]) -> Checked:
    """The checkpoint that ends exactly with the close and has a quorum (protocol §4).

    Raises ``Malformed`` if there is none, ``Early`` if a witness cosigned it, or a larger one, more than ``SKEW``
    seconds before the deadline.
    """
    if record.close is None:
        raise Malformed("the log is not closed")
    earliest = record.close.closes_at - SKEW
    found = None
    for checked in checkpoints:
        if checked.head.size < record.close.head.size:
            continue
        for name, times in checked.times.items():
            if any(at < earliest for at in times):
                raise Early(f"{name} cosigned size {checked.head.size} before the deadline")
        if checked.head == record.close.head and record.policy.witnessed(checked):
            found = checked
    if found is None:
        raise Malformed("no checkpoint ends with the close and has a quorum of cosignatures")
    return found
