"""What a log may say between two stages: which bids stay sealed at the later one. Pure.

docs/spec/opening.md, "Two envelopes".
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from bidding.core.canonical import Malformed, array, exactly, integer, text_of, unhex

#: Kind of the note that says it.
REVIEW = "stage-review"


@dataclass(frozen=True, slots=True)
class Review:
    """What was found before a later stage: the bids whose envelopes of it stay sealed, each with the reason."""

    index: int
    at: int
    sealed: Mapping[str, str]


def check_review(
    data: object,
    *,
    stages: Sequence[int],
    opened: Collection[int],
    begun: Collection[int],
    standing: Callable[[int], Sequence[str]],
) -> tuple[int, dict[str, str]]:
    """The stage that a review is about, and who stays sealed at it: reasons by bid. Raises ``Malformed``.

    ``stages`` are the panel's, ascending; ``opened`` those that are open; of those that have ``begun`` a share is logged;
    ``standing`` gives the bids to be opened at a stage, in order of receipt.
    """
    parts = exactly(data, "stage sealed", REVIEW)
    stage = integer(parts["stage"], f"{REVIEW}.stage", 1)
    if stage not in stages[1:]:
        raise Malformed(f"{REVIEW}: the panel has no later stage {stage}")
    before = stages[stages.index(stage) - 1]
    if before not in opened:
        raise Malformed(f"{REVIEW}: stage {before} is not open yet")
    if stage in begun:
        raise Malformed(f"{REVIEW}: the opening of stage {stage} has begun")
    listed = [
        _listed(item, f"{REVIEW}.sealed[{place}]")
        for place, item in enumerate(array(parts["sealed"], f"{REVIEW}.sealed"))
    ]
    sealed = dict(listed)
    if [bid for bid, _ in listed] != [bid for bid in standing(before) if bid in sealed]:
        raise Malformed(f"{REVIEW}: not bids of the stage before, each once, in order of receipt")
    return stage, sealed


def _listed(item: object, what: str) -> tuple[str, str]:
    parts = exactly(item, "bid reason", what)
    return unhex(parts["bid"], 16, f"{what}.bid").hex(), text_of(parts["reason"], f"{what}.reason")
