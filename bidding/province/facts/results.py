"""What came of it: openings, bids whose prices were read out, results, the draw and the room."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.award.models import Award
from bidding.award.rules import price_read
from bidding.core.canonical import loads
from bidding.core.money import yuan
from bidding.experts import queries as experts
from bidding.experts.rules import conditions_of
from bidding.opening import queries as openings
from bidding.province.facts.base import Centre, Lots, Subject, hall_of, lot_subjects, page_of
from bidding.province.records import Fen, Item
from bidding.rooms import queries as rooms
from bidding.rooms.rules import Purpose
from bidding.submissions.models import Bid
from bidding.tenders.models import Lot


def opening(session: Session, about: Subject, centre: Centre) -> dict[str, Any]:
    project, stage = about.project, int(about.numbers[0])
    sheets = openings.opened(session, project.id, stage)
    booked = rooms.of_project(session, project.id).get(Purpose.OPENING if stage == 1 else Purpose.PRICES)
    names = dict.fromkeys(sheet.tenderer_name for sheet in sheets)
    forms = {lot.code: lot.price_form for lot in project.lots}
    lines = [
        f"{sheet.place}. 标段{sheet.lot_code} {sheet.tenderer_name}（{sheet.tenderer_uscc}）："
        + (price_said(forms[sheet.lot_code], sheet.fields) if sheet.verdict is None else "未能打开")
        for sheet in sheets
    ]
    return {
        "opening.title": f"{project.title}{project.words.opening}记录" + ("" if stage == 1 else "（报价）"),
        "opening.at": min((sheet.opened_at for sheet in sheets), default=None),
        "opening.actors": f"{project.agency.name}、监督人员、受托人、{project.words.tenderer} {len(names)} 家",
        "opening.text": "\n".join(lines),
        "opening.place": booked.room.whereabouts if booked else f"网上开标大厅 {hall_of(centre, project)}",
        "opening.url": hall_of(centre, project),
    }


def price_said(form: Any, fields: Mapping[str, Any]) -> str:
    price = price_read(form, fields)
    return f"{yuan(price.fen)} 元" if price.fen is not None else price.words or "本次不报价"


def each_bid(session: Session, about: Subject, _centre: Centre, lots: Lots) -> Iterable[Item]:
    """Every bid whose price was opened, in the order of receipt."""
    project = about.project
    forms = {lot.code: lot.price_form for lot in project.lots}
    for sheet in openings.priced(session, project):
        price = price_read(forms[sheet.lot_code], sheet.fields)
        yield Item(
            {
                **lots[sheet.lot_code],
                "bid.name": sheet.tenderer_name,
                "bid.uscc": sheet.tenderer_uscc,
                "bid.region": sheet.tenderer_uscc[2:8],
                "bid.price_fen": None if price.fen is None else Fen(price.fen),
                "bid.price_text": price.words,
                "bid.received_at": sheet.received_at,
            },
            {
                **lot_subjects(sheet.lot_code),
                "bid": f"{sheet.lot_code}/{sheet.tenderer_uscc}",
                "unit": sheet.tenderer_uscc,
            },
        )


def each_award(session: Session, about: Subject, centre: Centre, lots: Lots) -> Iterable[Item]:
    """The result of a lot: ``result-2-1``, lot and revision."""
    project, (code, revision) = about.project, about.name.removeprefix("result-").rsplit("-", 1)
    award = session.scalars(
        select(Award)
        .join(Lot)
        .where(Lot.project_id == project.id, Lot.code == code, Award.revision == int(revision))
    ).one()
    received = session.scalar(select(Bid.received_at).where(Bid.uid == award.winner_bid))
    name, uscc = award.winner_name or "", award.winner_uscc or ""
    said = f"{yuan(award.amount_fen)} 元" if award.amount_fen is not None else award.price_text
    notes = [award.price_note, award.reason, f"更正：{award.correction}" if award.correction else ""]
    title = f"{project.title}{project.words.award_notice}"
    lines = [
        title,
        f"{lots[code]['lot.number']} {award.lot.name}",
        f"{project.words.winner}：{name}（{uscc}）",
        f"价格：{said}",
    ]
    facts = {
        **lots[code],
        "award.title": title if len(lots) == 1 else f"{title}（{award.lot.name}）",
        "award.text": "\n".join([*lines, *(note for note in notes if note)]),
        "award.note": "；".join(note for note in notes if note),
        "award.nature": "first" if award.revision == 1 else "correction",
        "award.type": "result",
        "award.at": award.confirmed_at,
        "award.on": award.awarded_on,
        "award.number": award.notice_number,
        "award.url": page_of(centre, project, "/award"),
        "award.name": name,
        "award.uscc": uscc,
        "award.region": uscc[2:8],
        "award.fen": None if award.amount_fen is None else Fen(award.amount_fen),
        "award.price_text": award.price_text,
        "award.received_at": received,
    }
    yield Item(facts, {**lot_subjects(code), "bid": f"{code}/{uscc}", "unit": uscc})


def each_draw(session: Session, about: Subject, _centre: Centre, lots: Lots) -> Iterable[Item]:
    """A draw: how many of what, and when. Never who."""
    draw = next(
        each for each in experts.of_project(session, about.project.id) if each.id == int(about.numbers[0])
    )
    asked = conditions_of(loads(draw.conditions))
    found = {
        "draw.rule": f"委员会 {asked.members} 人，抽取专家 {asked.experts} 人；"
        + "；".join(f"{place.specialty} {place.need} 人" for place in asked.places),
        "draw.way": _DRAWING,
        "draw.requested_at": draw.requested_at,
        "draw.drawn_at": draw.drawn_at,
    }
    return [Item({**facts, **found}, lot_subjects(code)) for code, facts in lots.items()]


def each_place(session: Session, about: Subject, _centre: Centre, lots: Lots) -> Iterable[Item]:
    room = rooms.of_project(session, about.project.id)[Purpose.EVALUATION].room
    found = {"place.room": room.whereabouts, "place.seats": room.seats}
    return [Item({**facts, **found}, lot_subjects(code)) for code, facts in lots.items()]


_DRAWING = "多方各出一个数，合起来决定次序，任何人可以复算；名单先封存，名字由两席启封"
