"""What the hall and the paper record show, made ready to print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from bidding.core.clock import SHANGHAI
from bidding.core.money import daxie, yuan
from bidding.opening.afterwards import BY_KEY
from bidding.opening.paper.rules import VOIDS
from bidding.opening.queries import CloseWitnesses, Hall, LotView, Prices, SeatView, Sheet
from bidding.opening.refusals import WHOSE, Refused
from bidding.opening.rules import BELOW_FLOOR, FIRST, VERDICT_WORDS, evidence_of, shown
from bidding.tenders.models import Project
from bidding.tenders.words import words


def record_sheet(
    hall: Hall,
    stage: int = FIRST,
    *,
    centre: str,
    address: str,
    witnesses: CloseWitnesses,
    sitting: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The data of the record of an opening (``documents.pdf``, template ``opening-record``)."""
    project, close = hall.project, hall.close
    assert close is not None  # noqa: S101 — an opened hall has been closed
    of: Hall | Prices = hall.prices if stage != FIRST and hall.prices is not None else hall
    return {
        "centre": centre,
        "terms": asdict(words(project.family, project.method))
        | ({"deadline": "报价截止"} if project.is_round else {}),
        "title": project.title,
        "code": project.code,
        "owner": project.owner_name,
        "agency": project.agency.name,
        "closes_at": project.closes_at,
        "closed_at": close.at,
        "opened_at": of.opened_at,
        "count": close.count,
        "words": close.words,
        "checkpoint": close.checkpoint,
        "panel_hash": project.panel_hash,
        "trustees": [_trustee(seat) for seat in of.seats],
        "lots": [_lot(lot) for lot in of.lots if of is hall or lot.sheets],
        "later": None if of is hall else _later(hall),
        "corrections": [
            {
                "what": "截止时间" if each.moves_deadline else "报价开标时间",
                "was": each.was_closes_at if each.moves_deadline else each.was_prices_open_at,
                "now": each.closes_at if each.moves_deadline else each.prices_open_at,
                "reason": each.reason,
                "sha256": each.notice_sha256,
            }
            for each in hall.corrections
        ],
        "witnesses": [{"name": name, "at": at} for name, at in witnesses.cosigned],
        "on_paper": witnesses.on_paper,
        "offline": None
        if hall.offline is None
        else {
            "began_at": hall.offline.began_at,
            "ended_at": hall.offline.ended_at,
            "host": hall.offline.host,
            "supervisor": hall.offline.supervisor,
            "imported_at": hall.offline.imported_at,
            "sha256": hall.offline.sha256,
        },
        "sitting": sitting,
        "name": _quiet_name(project),
        "address": address,
    }


def _quiet_name(project: Project) -> str | None:
    """What the record is called of an opening in which nothing is read out."""
    if not project.preset.quiet:
        return None
    return "报价开启记录" if project.is_round else "响应文件开启记录"


def rejected(found: Iterable[Refused]) -> list[dict[str, Any]]:
    """Files of shares that were not taken, for the opening record."""
    return [
        {
            "at": each.at,
            "reason": (f"第 {each.seat.i} 席（{each.seat.org}）的份额文件：" if each.seat else "份额文件：")
            + f"{each.why}；{WHOSE[each.signed]}。SHA-256 {each.sha256}",
        }
        for each in found
    ]


def _later(hall: Hall) -> dict[str, Any] | None:
    """What the record of the second opening says besides: whose envelope was not opened, and why."""
    names = {sheet.bid_uid: sheet.tenderer_name for lot in hall.lots for sheet in lot.sheets}
    sealed = (hall.prices.sealed or {}) if hall.prices else {}
    return {"sealed": [{"tenderer": names[bid], "reason": reason} for bid, reason in sealed.items()]}


def _trustee(seat: SeatView) -> dict[str, Any]:
    return {
        "seat": seat.number,
        "role": seat.role,
        "name": seat.name,
        "org": seat.org,
        "given_at": seat.given_at,
    }


def _lot(lot: LotView) -> dict[str, Any]:
    return {
        "code": lot.code,
        "name": lot.name,
        "failed": lot.failed,
        "ceiling": _limit(lot),
        "columns": [str(column["label"]) for column in lot.columns],
        "rows": [_row(sheet, lot) for sheet in lot.ranked],
    }


def _row(sheet: Sheet, lot: LotView) -> dict[str, Any]:
    price: Mapping[str, Any] = lot.columns[0]
    amount = sheet.fields.get(price["name"])
    return {
        "place": sheet.place,
        "tenderer": sheet.tenderer_name,
        "uscc": sheet.tenderer_uscc,
        "received_at": sheet.received_at,
        "on_paper": sheet.on_paper,
        "values": _values(sheet, lot),
        "daxie": daxie(amount) if price["kind"] == "fen" and isinstance(amount, int) else "",
        "verdict": _verdict(sheet),
        "late": _late(sheet),
    }


def _limit(lot: LotView) -> str | None:
    """What no price may pass: the ceiling, or the starting price of what is sold or let."""
    limit = lot.ceiling_fen if lot.floor_fen is None else lot.floor_fen
    return None if limit is None else yuan(limit)


def _values(sheet: Sheet, lot: LotView) -> list[str]:
    price, *rest = (shown(sheet.fields.get(column["name"]), column["kind"]) for column in lot.columns)
    return [f"{price}（{BELOW_FLOOR}）" if lot.below_floor(sheet) else price, *rest]


def _verdict(sheet: Sheet) -> str:
    """Why a sheet could not be read, and what bears that out."""
    if sheet.verdict is None:
        return ""
    words = VERDICT_WORDS[sheet.verdict]
    if sheet.on_paper:
        return f"{words}：{VOIDS[sheet.evidence['reason']]}"
    evidence = evidence_of(sheet.verdict, sheet.evidence)
    return words if evidence is None else f"{words}。{evidence[0] % evidence[1]}"


def _late(sheet: Sheet) -> str:
    """When and by what a sheet was opened after the others."""
    if sheet.late_at is None or sheet.verdict is not None:
        return ""
    by = "本单位的密钥" if sheet.late_by == BY_KEY else "迟到的份额"
    return f"{sheet.late_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S} 以{by}补开"
