"""The awards section: the result of each lot, and what its corrections made of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from bidding.opendata.facts import Fact
from bidding.opendata.ocds import parties
from bidding.opendata.ocds.parts import document, instant, midnight, pruned, value


class Awards:
    """The results of a process as they stand after each fact.

    An award keeps its id as long as its lot is won by the same; a correction that names another winner, or none, cancels
    it and begins another: entries of ``suppliers`` are merged and never taken away.
    """

    def __init__(self) -> None:
        self._standing: dict[str, tuple[str, str | None]] = {}  # by lot: the award's id, and who won

    def decide(
        self, fact: Fact, lot_name: str, consortium: str = ""
    ) -> tuple[list[dict[str, Any]], list[str]]:
        """The entries of ``awards`` that a result makes or changes, and the release's tags."""
        record = fact.said
        lot, winner = record["lot"], record["winner"]
        won_by = winner and winner["uscc"]
        before = self._standing.get(lot)
        cancelled: list[dict[str, Any]] = []
        if before is not None and before[1] == won_by:
            key, tags = before[0], ["awardUpdate"]
        elif before is None:
            key, tags = f"{lot}-{record['revision']}", ["award"]
        else:
            key, tags = f"{lot}-{record['revision']}", ["awardCancellation", "award"]
            cancelled = [{"id": before[0], "status": "cancelled"}]
        self._standing[lot] = key, won_by
        return [*cancelled, self._entry(fact, key, lot_name, consortium)], tags

    def _entry(self, fact: Fact, key: str, lot_name: str, consortium: str) -> dict[str, Any]:
        record = fact.said
        winner = record["winner"]
        at = instant(fact.at)
        found: dict[str, Any] = pruned(
            {
                "id": key,
                "title": lot_name,
                "description": _words(record, consortium),
                "status": "active" if winner else "unsuccessful",
                "date": midnight(date.fromisoformat(record["awarded_on"])),
                "value": value(record["amount_fen"]),
                "suppliers": [parties.reference(winner["name"], winner["uscc"])] if winner else [],
                "items": [{"id": record["lot"], "description": lot_name, "relatedLot": record["lot"]}],
                "relatedLots": [record["lot"]],
                "documents": [
                    document(f"{key}-notice", "awardNotice", record["notice"] or lot_name, fact.page, at)
                ],
            }
        )
        return found


def _words(record: Mapping[str, Any], consortium: str) -> str:
    """What the record says besides: a price that is no amount, why it is not the one read out, who stands with the winner, why."""
    said = [
        ("成交价", record["price_text"]),
        ("与开启的报价不同", record["price_note"]),
        ("联合体", consortium),
        ("说明", record["reason"]),
        ("更正", (record["corrects"] or {}).get("reason", "")),
    ]
    return "\n".join(f"{name}：{words}" for name, words in said if words)


def supplier(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The winner as an entry of ``parties``; nobody where there is none."""
    winner = record["winner"]
    return [parties.party(winner["name"], winner["uscc"], roles=["tenderer", "supplier"])] if winner else []
