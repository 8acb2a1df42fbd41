"""A project's way through the centre's window: filed by the agency, accepted, examined, reviewed and closed by two."""

from __future__ import annotations

from bidding.casework import queries, service
from bidding.casework.checklists import checklist
from bidding.casework.desk import Desk
from bidding.casework.rules import How, Outcome, State
from bidding.story.centre import Centre
from bidding.tenders.acceptance import PROJECT


def accept(centre: Centre, project: str) -> str:
    """Take a project to the window, unless handing it over has done so, and through it; the case's uid."""
    uid = _filed(centre, project) or hand_in(centre, project)
    desk = desk_of(centre)
    with centre.act("wang") as tx:
        case = service.accept(tx, desk, uid)
        instant = case.instant
    if instant:
        return uid
    with centre.act("wang") as tx:
        service.examine(tx, desk, uid, "材料齐全，与批准的内容一致，符合进场条件。")
    with centre.act("chen") as tx:
        service.review(tx, desk, uid, Outcome.GRANTED, "同意进场交易。")
    with centre.act("wang") as tx:
        service.close(tx, desk, uid)
    return uid


def _filed(centre: Centre, project: str) -> str | None:
    """The case that waits at the window."""
    with centre.act("wang") as tx:
        case = queries.of_subject(tx.session, PROJECT, project)
        return case.uid if case is not None and case.state is State.FILED else None


def hand_in(centre: Centre, project: str) -> str:
    """Answer the checklist, the tender documents from the draft and the rest on paper, and file; the case's uid."""
    desk = desk_of(centre)
    with centre.act("zhou") as tx:
        case = service.open_case(tx, desk, desk.subject(tx.session, PROJECT, project))
        for line in checklist(case.checklist).lines:
            if line.from_subject:
                service.take_from_subject(tx, desk, case.uid, line.code)
            else:
                service.answer(tx, case.uid, line.code, how=How.PAPER, words="")
        return service.file(tx, desk, case.uid).uid


def desk_of(centre: Centre) -> Desk:
    """The window of the centre's app."""
    desk = centre.app.extensions["case_desk"]
    assert isinstance(desk, Desk)  # noqa: S101 — wiring put it there
    return desk
