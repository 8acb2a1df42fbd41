"""What this domain adds to a notice: what was answered and corrected, and how to ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bidding.clarifications import presentation, queries
from bidding.clarifications.policy import Permission
from bidding.clarifications.presentation import Published
from bidding.clarifications.rules import About
from bidding.tenders.models import Project
from bidding.tenders.rules import Phase, phase
from bidding.web.auth import current_actor
from bidding.web.banner import Section
from bidding.web.context import now, session


@dataclass(frozen=True, slots=True)
class Told:
    """``ask_until`` is the last day for questions while they can still be asked; ``asks``: this reader is shown the way.

    Whoever has not signed in is: it leads through the sign-in.
    """

    project: Project
    corrections: list[Published]
    answers: list[Published]
    ask_until: date | None
    asks: bool


def sections(project: Project) -> list[Section]:
    """One section, while there is anything to read or to ask."""
    found = [presentation.published(each) for each in queries.published(session(), project.id)]
    ask_until = None
    if phase(project.facts, now()) is Phase.OPEN:
        ask_until = queries.last_day_to_ask(session(), project)
    if not found and ask_until is None:
        return []
    actor = current_actor()
    view = Told(
        project,
        [each for each in found if each.rows],
        [each for each in found if each.answer],
        ask_until,
        actor.account_id is None or actor.may(Permission.QUESTION_ASK),
    )
    return [Section("clarifications/_section.html", view)]


def of_prequalification(project: Project) -> list[Section]:
    """The same in the notice of its prequalification, where nobody asks on line."""
    published = queries.published(session(), project.id, About.PREQUALIFICATION)
    found = [presentation.published(each) for each in published]
    return (
        [Section("clarifications/_announced.html", Told(project, found, [], None, asks=False))]
        if found
        else []
    )
