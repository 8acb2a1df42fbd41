"""The releases of one contracting process: one for each thing that was published, and none that tells of a later one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bidding.opendata.facts import Fact, Kind, Offer, Process
from bidding.opendata.ocds import bids
from bidding.opendata.ocds.awards import Awards, supplier
from bidding.opendata.ocds.parties import Parties
from bidding.opendata.ocds.parts import LANGUAGE, instant
from bidding.opendata.ocds.tender import Tender

#: The notices of a tender's course: the release's tag, and what its document is.
_COURSE = {
    "suspension": ("tenderUpdate", "tenderNotice", "暂停公告"),
    "resumption": ("tenderUpdate", "tenderNotice", "恢复公告"),
    "termination": ("tenderCancellation", "cancellationDetails", "终止公告"),
    "failure": ("tenderUpdate", "unsuccessfulDetails", "流标（废标）公告"),
}
Made = tuple[list[str], dict[str, Any]]


def releases(process: Process, facts: Sequence[Fact]) -> list[dict[str, Any]]:
    """The release of each fact, in order; the first fact is the notice.

    A release hangs on the facts up to its own: whatever comes later leaves it as it was.
    """
    story = _Story(process, facts[0])
    return [story.tell(fact) for fact in facts]


class _Story:
    """What a process has come to, fact by fact."""

    def __init__(self, process: Process, notice: Fact) -> None:
        self._process = process
        self._tender, self._awards, self._parties = Tender(process, notice), Awards(), Parties()
        self._offers: dict[str, Offer] = {}
        self._telling: dict[Kind, Callable[[Fact], Made]] = {
            Kind.NOTICE: self._notice,
            Kind.DATES: self._dates,
            Kind.ANSWERS: self._answers,
            Kind.COURSE: self._course,
            Kind.OPENING: self._opening,
            Kind.RESULT: self._result,
        }

    def tell(self, fact: Fact) -> dict[str, Any]:
        """The release of a fact."""
        tags, sections = self._telling[fact.kind](fact)
        people = self._parties.join(*self._tender.people(), *sections.pop("parties", []))
        return {
            "ocid": self._process.ocid,
            "id": self._process.release(fact.key),
            "date": instant(fact.at),
            "tag": tags,
            "initiationType": "tender",
            "language": LANGUAGE,
            "parties": people,
            "buyer": self._tender.buyer_reference(),
            **sections,
        }

    def _notice(self, _: Fact) -> Made:
        planning = self._tender.planning(self._process.intention_page)
        sections = {"planning": planning} if planning else {}
        return [*sections, "tender"], {**sections, "tender": self._tender.section()}

    def _dates(self, fact: Fact) -> Made:
        self._tender.closes_at = fact.said["closes_at"]["is"]
        if fact.asks_until is not None:
            self._tender.asks_until = fact.asks_until
        self._tender.amend(fact, fact.said["reason"], "截止、开标时间")
        self._tender.announce(fact, "tenderNotice", "更正公告")
        return ["tenderAmendment"], {"tender": self._tender.section()}

    def _answers(self, fact: Fact) -> Made:
        changed = self._tender.correct(fact)
        planning = {}
        if any(item["item"] == "funding" for item in fact.said["items"]):
            planning = {"planning": self._tender.planning(self._process.intention_page)}
        if changed:
            self._tender.amend(fact, fact.said["reason"] or fact.said["kind"], "、".join(changed))
        self._tender.announce(fact, "clarifications", fact.said["kind"])
        tags = [*(["planningUpdate"] if planning else []), "tenderAmendment" if changed else "tenderUpdate"]
        return tags, {**planning, "tender": self._tender.section()}

    def _course(self, fact: Fact) -> Made:
        kind = fact.said["kind"]
        tag, document, title = _COURSE[kind]
        if kind == "termination":
            self._tender.cancel()
        elif kind == "failure":
            for lot in fact.said["lots"]:
                self._tender.settle(lot, "unsuccessful")
        self._tender.amend(fact, fact.said["reason"], title)
        self._tender.announce(fact, document, title)
        return [tag], {"tender": self._tender.section()}

    def _opening(self, fact: Fact) -> Made:
        self._offers |= {offer.bid: offer for offer in fact.offers}
        self._tender.announce(fact, "bidders", "开标（开启）记录")
        people = bids.tenderers(self._offers.values())
        who = {"numberOfTenderers": len(people), "tenderers": [_named(each) for each in people]}
        sections = {
            "parties": people,
            "tender": {**self._tender.section(), **who},
            "bids": bids.section(fact, self._offers.values()),
        }
        return ["tenderUpdate"], sections

    def _result(self, fact: Fact) -> Made:
        record = fact.said
        winner = record["winner"]
        offer = self._offers.get(winner["bid"]) if winner else None
        name = self._tender.lots[record["lot"]]["name"]
        entries, tags = self._awards.decide(fact, name, offer.consortium if offer else "")
        self._tender.settle(record["lot"], "complete" if winner else "unsuccessful")
        sections = {"parties": supplier(record), "tender": self._tender.section(), "awards": entries}
        return tags, sections


def _named(party: dict[str, Any]) -> dict[str, Any]:
    return {"id": party["id"], "name": party["name"]}
