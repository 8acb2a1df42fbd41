"""Results stand after the opening of their lot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bidding.verification.verify.case import Case


def check_awards(case: Case) -> None:
    """A result of a lot that was to be opened stands after its opening, the last one where there are two."""
    last = case.record.panel.stages[-1]
    opened = case.record.opened[last].index if last in case.record.opened else case.record.size
    to_open = {case.record.bids[uid].lot for uid in case.record.standing(last)}
    count, sound = 0, True
    for index, event in _of_type(case, "award"):
        count += 1
        first = opened if event["lot"] in to_open else _close_index(case)
        if index < first:
            sound = False
            case.report.refuse("award.early", index=index, lot=event["lot"])
    if count and sound:
        case.report.holds("awards", count=count)


def _close_index(case: Case) -> int:
    close = case.record.close
    return case.record.size if close is None else close.index


def _of_type(case: Case, kind: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for index, (_, event) in enumerate(case.bundle.opens):
        if event["type"] == kind:
            yield index, event
