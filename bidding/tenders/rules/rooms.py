"""Whether the rooms that are booked fit a project: nothing here blocks, an opening may be held on line alone. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bidding.core.errors import N_, DomainError
from bidding.rooms.rules import Purpose, Span
from bidding.tenders.rules.timetable import Problem


class PaperWithoutRoom(DomainError):
    """Bags are opened before those who come: somewhere."""

    code = "tenders.paper_without_room"
    text = N_(
        "接受纸质投标，但没有定开标室：投标袋要当众启封，公告上也要写开标地点。请在“时间”一步定一间；"
        "这一条只提醒，不拦发布。"
    )
    status = 422


class RoomElsewhere(DomainError):
    """The room is booked for another time than the opening."""

    code = "tenders.room_elsewhere"
    text = N_(
        "%(what)s在 %(opens)s，定的场地是 %(booked)s，对不上。请在“时间”一步重新保存，场地会跟着改；这一条只提醒，不拦发布。"
    )
    status = 422


_WHAT = {Purpose.OPENING: N_("开标"), Purpose.PRICES: N_("报价开标")}


def check_rooms(
    booked: Mapping[Purpose, Span],
    *,
    opens_at: datetime | None,
    prices_open_at: datetime | None,
    paper_bids: bool,
) -> list[Problem]:
    """What deserves a thought about the rooms of a project; only warnings."""
    out = []
    if paper_bids and Purpose.OPENING not in booked:
        out.append(Problem(PaperWithoutRoom(field="opening_room"), blocks=False))
    for purpose, at in ((Purpose.OPENING, opens_at), (Purpose.PRICES, prices_open_at)):
        span = booked.get(purpose)
        if span is None or at is None or span.starts_at <= at < span.ends_at:
            continue
        told = {"what": _WHAT[purpose], "opens": Span(at, at).local[:16], "booked": span.local}
        out.append(Problem(RoomElsewhere(field="opening_room", **told), blocks=False))
    return out
