"""The record of a draw on paper (专家抽取记录表), as ``documents.pdf`` prints it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bidding.core.canonical import sha
from bidding.core.errors import NotFound
from bidding.experts.calls import ANSWER_WORDS, Answer
from bidding.experts.models import Draw, DrawCall, Expert
from bidding.experts.queries.draws import of_project, people_behind, recused_units
from bidding.experts.queries.page import Line, View, view
from bidding.experts.rules import EXCLUDED_WORDS, REASON_CODES, Excluded, masked_phone
from bidding.identity.models import Account
from bidding.ledger import queries as ledger
from bidding.ledger.models import Leaf, Log
from bidding.ledger.note import parse_head, parse_note
from bidding.ledger.words import six_words
from bidding.tenders.kinds import FAMILY_LABELS, METHOD_LABELS
from bidding.tenders.words import words as terms_of


def record_sheet(
    session: Session, draw: Draw, *, names: bool, centre: str, address: str, printed_at: datetime
) -> dict[str, Any]:
    """The data of the template ``draw-record``; ``names`` as ``policy.may_see_names`` allows.

    Raises ``NotFound`` before the draw is drawn.
    """
    data = _sheet(session, draw, names=names, centre=centre, address=address)
    return data | {"check_code": check_code(data), "printed_at": printed_at}


def check_code(data: Mapping[str, Any]) -> str:
    """校验码: two prints of one content have the same, whenever they were printed; sixteen signs of its SHA-256."""
    text = json.dumps(data, default=str, ensure_ascii=False, sort_keys=True)
    digest = sha(text).hex()[:16].upper()
    return " ".join(digest[at : at + 4] for at in range(0, 16, 4))


def _sheet(session: Session, draw: Draw, *, names: bool, centre: str, address: str) -> dict[str, Any]:
    if draw.drawn_at is None:
        raise NotFound
    seen = view(session, draw)
    if seen.record is None or seen.record.seed is None:
        raise NotFound
    people = _people(session, seen) if names else {}
    regions = {place.id: place.region or "不限" for place in seen.conditions.places}
    terms = terms_of(draw.project.family, draw.project.method)
    note, words = _close(session, draw)
    return {
        "centre": centre,
        "title": draw.project.title,
        "code": draw.project.code,
        "kind": f"{FAMILY_LABELS[draw.project.family]}，{METHOD_LABELS[draw.project.method]}",
        "lots": [f"{lot.code} {lot.name}" for lot in draw.project.lots],
        "owner": draw.project.owner_name,
        "agency": draw.project.agency.name,
        "draw": draw.code,
        "address": address,
        "terms": {
            name: getattr(terms, name)
            for name in ("owner", "agency", "tenderer", "lot", "ceiling", "deadline")
        },
        "requested_at": draw.requested_at,
        "frozen_at": draw.frozen_at,
        "ordered_at": draw.ordered_at,
        "closed_at": draw.closed_at,
        "drawn_at": draw.drawn_at,
        "evaluation_at": draw.evaluation_at,
        "evaluation_place": draw.evaluation_place,
        "evaluation_hours": draw.evaluation_hours,
        "requested_by": draw.requested_by.name,
        "frozen_by": draw.frozen_by.name if draw.frozen_by else "",
        "ordered_by": draw.ordered_by.name if draw.ordered_by else "",
        "members": seen.conditions.members,
        "experts": seen.conditions.experts,
        "max_per_unit": seen.conditions.max_per_unit,
        "determination": "随机抽取",
        "round": _round(session, draw),
        "reason": draw.reason,
        "lines": [
            {
                "specialty": _specialty(line),
                "region": regions[line.code],
                "need": line.need,
                "backups": line.backups,
                "listed": line.listed,
                "free": line.free,
            }
            for line in seen.lines
        ],
        "recused": [
            {"unit": unit, "code": REASON_CODES.get(reason, ""), "reason": EXCLUDED_WORDS[reason]}
            for unit, reason in recused_units(session, draw)
        ],
        "excluded": [
            {
                "code": REASON_CODES.get(Excluded(reason), ""),
                "reason": EXCLUDED_WORDS.get(reason, reason),
                "count": count,
            }
            for reason, count in sorted(seen.excluded.items())
        ],
        "parties": [
            {
                "name": party.name,
                "role": party.role,
                "value": party.value or "",
                "dealt_at": party.dealt_at,
                "revealed_at": party.revealed_at,
                "by_trustees": party.by_trustees,
            }
            for party in seen.parties
        ],
        "spec_hash": seen.record.spec_hash.hex(),
        "seed": seen.record.seed.hex(),
        "checkpoint": note,
        "words": words,
        "ranking": [
            {
                "specialty": _specialty(line),
                "position": place.position,
                "number": place.number,
                "backup": place.backup,
                **_named(people, place.h if place.answer not in (None, Answer.SKIP) else ""),
            }
            for line in seen.lines
            for place in line.ranked
        ],
        "calls": _calls(session, seen),
        "remarks": _remarks(seen, names=names),
        "result": [
            {"specialty": _specialty(line), "number": place.number, **_named(people, place.h)}
            for line in seen.lines
            for place in line.serving
        ],
    }


def _specialty(line: Line) -> str:
    return f"{line.name}（{line.specialty}）"


def _people(session: Session, seen: View) -> Mapping[str, Expert]:
    return people_behind(session, seen.draw, [place.h for line in seen.lines for place in line.ranked])


def _named(people: Mapping[str, Expert], h: str) -> dict[str, str]:
    """Name, unit, title and masked telephone; reserves who were never called stay secret even after the release."""
    expert = people.get(h)
    if expert is None:
        return dict.fromkeys(("name", "unit", "title", "phone"), "")
    return {
        "name": expert.name,
        "unit": expert.unit,
        "title": expert.title,
        "phone": masked_phone(expert.phone),
    }


def _round(session: Session, draw: Draw) -> int:
    """轮次: the how manieth draw of the project that was ordered."""
    ordered = [each.id for each in of_project(session, draw.project_id) if each.ordered_at is not None]
    return ordered.index(draw.id) + 1


def _remarks(seen: View, *, names: bool) -> list[str]:
    """What a reader of the paper has to know besides."""
    remarks = [
        f"{party.name} 没有公开自己的随机数，由受托人合力开启。"
        for party in seen.parties
        if party.by_trustees
    ]
    if not names:
        remarks.append("名单还没有到评审室，姓名、单位、职称和电话保密。")
    return remarks


def _calls(session: Session, seen: View) -> list[dict[str, Any]]:
    backups = {place.h for line in seen.lines for place in line.ranked if place.backup}
    return [
        {
            "at": call.called_at,
            "specialty": _specialty(seen.line(call.stratum)),
            "number": seen.line(call.stratum).number(call.h),
            "backup": call.h in backups,
            "answer": ANSWER_WORDS[Answer(call.answer)],
            "reason": call.reason or "",
            "by": session.get_one(Account, call.called_by_id).name,
            "checked_by": _checked_by(session, call),
            "channel": call.channel,
        }
        for call in seen.calls
    ]


def _checked_by(session: Session, call: DrawCall) -> str:
    return session.get_one(Account, call.countersigned_by_id).name if call.countersigned_by_id else ""


def _close(session: Session, draw: Draw) -> tuple[str, str]:
    """The checkpoint that saw the contributions closed, and its six words."""
    if draw.closed_leaf_id is None or draw.project.log_id is None:
        raise NotFound
    leaf = session.get_one(Leaf, draw.closed_leaf_id)
    log = session.get_one(Log, draw.project.log_id)
    found = ledger.witnessed_checkpoint(session, log, covers=leaf.idx)
    if found is None:
        raise NotFound
    note = ledger.checkpoint_note(session, found)
    head = parse_head(parse_note(note)[0])
    return note, six_words(head.origin, head.size, head.root)
