"""What was published to prepare bids by, and what answered, corrected or ended it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from bidding.clarifications import queries as clarifications
from bidding.clarifications.models import Clarification
from bidding.clarifications.paper import correction_paper as answers_paper
from bidding.clarifications.paper import in_force
from bidding.core.canonical import loads
from bidding.lifecycle import queries as lifecycle
from bidding.lifecycle.models import CourseNotice
from bidding.lifecycle.paper import course_paper
from bidding.outages import queries as outages
from bidding.outages.models import Extension
from bidding.outages.paper import correction_paper as dates_paper
from bidding.province.facts.base import Centre, Lots, Subject, flat, instant, lot_subjects, page_of, paper_of
from bidding.province.records import Item


def file(session: Session, about: Subject, centre: Centre) -> dict[str, Any]:
    """What was published to prepare bids by: the documents, or what corrects them."""
    project = about.project
    if about.numbers:
        found = _change(session, about, centre)
        return {
            "file.title": f"{project.title}{found['change.kind']}",
            "file.text": found["change.text"],
            "file.sent_at": found["change.at"],
            "file.postponed": found["change.postponed"],
            "file.closes_at": found["change.moved_closes_at"] or project.closes_at,
            "file.opens_at": found["change.moved_opens_at"] or project.opens_at,
            "file.moved_opens_at": found["change.moved_opens_at"],
            "file.url": found["change.url"],
        }
    said: Mapping[str, Any] = loads(project.notice) if project.notice else {}
    return {
        "file.title": f"{project.title}{project.words.documents}",
        "file.text": "首次发布，没有修改",
        "file.sent_at": project.published_at,
        "file.postponed": False,
        "file.closes_at": instant(said.get("closes_at")) or project.closes_at,
        "file.opens_at": instant(said.get("opens_at")) or project.opens_at,
        "file.moved_opens_at": None,
        "file.url": page_of(centre, project, ""),
    }


def question(session: Session, about: Subject, _centre: Centre) -> dict[str, Any]:
    one = _clarification(session, about)
    return {
        "question.number": f"{about.project.code}-{one.number}",
        "question.title": f"对{about.project.words.documents}的提问（第 {one.number} 次答复）",
        "question.text": one.asked,
        "question.at": min((each.asked_on for each in one.questions), default=None),
    }


def each_change(session: Session, about: Subject, centre: Centre, lots: Lots) -> Iterable[Item]:
    found = _change(session, about, centre)
    return [Item({**facts, **found}, lot_subjects(code)) for code, facts in lots.items()]


def _change(session: Session, about: Subject, centre: Centre) -> dict[str, Any]:
    """Answers and corrections with number ``clarification-n``, or dates that moved: ``dates-n``."""
    if about.name.startswith("clarification-"):
        return _answered(session, about, centre)
    project, n = about.project, int(about.numbers[0])
    moved = next(each for each in outages.corrections(session, project.id) if each.n == n)
    address = page_of(centre, project, f"/corrections/{n}")
    paper = paper_of(dates_paper, moved.notice, loads(project.notice or "{}"), centre, project, address)
    return {
        "change.kind": "更正公告",
        "change.text": flat(paper),
        "change.at": moved.done_at,
        "change.url": address,
        **_moved(moved),
    }


def _answered(session: Session, about: Subject, centre: Centre) -> dict[str, Any]:
    project, one = about.project, _clarification(session, about)
    earlier = [
        each.text
        for each in clarifications.published(session, project.id)
        if (each.number or 0) <= (one.number or 0)
    ]
    address = page_of(centre, project, f"/clarifications/{one.number}")
    original = in_force(loads(project.notice or "{}"), earlier)
    return {
        "change.kind": one.text["kind"],
        "change.text": flat(paper_of(answers_paper, one.notice, original, centre, project, address)),
        "change.at": one.published_at,
        "change.url": address,
        **_moved(one.extension),
    }


def _clarification(session: Session, about: Subject) -> Clarification:
    number = int(about.numbers[0])
    return next(each for each in clarifications.published(session, about.project.id) if each.number == number)


def _moved(moved: Extension | None) -> dict[str, Any]:
    return {
        "change.postponed": moved is not None and moved.moves_deadline,
        "change.moved_closes_at": moved.closes_at if moved and moved.moves_deadline else None,
        "change.moved_opens_at": moved.opens_at if moved and moved.moves_deadline else None,
    }


def each_failure(session: Session, about: Subject, centre: Centre, lots: Lots) -> Iterable[Item]:
    """The lots that a notice of failure or termination speaks of."""
    project, n = about.project, int(about.numbers[0])
    row: CourseNotice = next(each for each in lifecycle.published(session, project.id) if each.n == n)
    original = in_force(
        loads(project.notice or "{}"),
        [
            each.text
            for each in clarifications.published(session, project.id)
            if each.published_at and row.published_at and each.published_at <= row.published_at
        ],
    )
    address = page_of(centre, project, f"/course/{n}")
    paper = paper_of(course_paper, row.notice, original, centre, project, address)
    found = {
        "course.title": f"{project.title}{paper['name']}",
        "course.text": flat(paper),
        "course.type": row.kind.value,
    }
    spoken_of = loads(row.notice or "{}").get("lots") or list(lots)
    return [Item({**lots[code], **found}, lot_subjects(code)) for code in spoken_of]
