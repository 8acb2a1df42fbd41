"""The facts that messages are made of, read from the domains below; what each is called stands in ``FACTS``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bidding.identity.models import Organisation
from bidding.lifecycle import queries as lifecycle
from bidding.province.facts import changes, results
from bidding.province.facts.base import (
    Centre,
    Lots,
    Subject,
    deal_codes,
    lot_subjects,
    of_centre,
    of_lot,
    of_notice,
    of_project,
    of_unit,
)
from bidding.province.mapping import CENTRE
from bidding.province.records import Item

__all__ = ["FACTS", "Centre", "Subject", "items"]

#: Every fact that a field may come from.
FACTS = frozenset(
    [f"centre.{name}" for name in CENTRE]
    + [
        f"{of}.{name}"
        for of, names in {
            "message": "at",
            "is": "uscc owner agency tenderer seller buyer no",
            "unit": "name uscc region contact phone",
            "project": "code17 code20 title region family relation method subject organized approval approval_code owner"
            " owner_address owner_contact agency agency_uscc agency_region agency_address contact phone place funding"
            " summary media qualification award_method examination consortium price_form security_fen security_form"
            " ceiling_fen created_at published_at days operator publisher lot_count lot_numbers deal_codes"
            " first_deal_code closed_at_first opened_at_first",
            "notice": "title text url nature type getting handing_in opening_way opening_place price_fen",
            "lot": "number name deal_code times price_form budget_fen",
            "file": "title text sent_at postponed closes_at opens_at moved_opens_at url",
            "change": "kind text at url postponed moved_closes_at",
            "question": "number title text at",
            "course": "title text type",
            "opening": "title at actors text place url",
            "bid": "name uscc region price_fen price_text received_at",
            "award": "title text note nature type at on number url name uscc region fen price_text received_at",
            "draw": "rule way requested_at drawn_at",
            "place": "room seats",
        }.items()
        for name in names.split()
    ]
)
_OF_PROJECT: Mapping[str, Callable[[Session, Subject, Centre], dict[str, Any]]] = {
    "file": changes.file,
    "opening": results.opening,
    "question": changes.question,
}
_OF_LOTS = {
    "change": changes.each_change,
    "bid": results.each_bid,
    "award": results.each_award,
    "course": changes.each_failure,
    "draw": results.each_draw,
    "place": results.each_place,
}


def items(
    session: Session, each: str, about: Subject | Organisation, centre: Centre, now: datetime
) -> list[Item]:
    """What the records of a message are made of; ``each`` as in ``mapping.DataSet``."""
    base = of_centre(centre) | {"message.at": now}
    if isinstance(about, Organisation):
        return [Item(base | of_unit(about), {"unit": about.uscc})]
    project = about.project
    known = base | of_project(session, project) | of_notice(project, centre)
    if each in ("project", "notice"):
        return [Item(known, {"project": ""})]
    if each in _OF_PROJECT:
        return [Item(known | _OF_PROJECT[each](session, about, centre), {"project": ""})]
    codes, times = deal_codes(session, project), lifecycle.round_of(session, project)
    lots: Lots = {lot.code: known | of_lot(project, lot, codes, times) for lot in project.lots}
    if each == "lot":
        return [Item(facts, lot_subjects(code)) for code, facts in lots.items()]
    return list(_OF_LOTS[each](session, about, centre, lots))
