"""A project's way to the window (``casework``): what a case about it is told, by which limits, and whether it was accepted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from bidding.casework import queries as cases
from bidding.casework import service
from bidding.casework.desk import Desk, Offered, Subject, SubjectFile
from bidding.casework.models import Case
from bidding.casework.rules import LIVE, Limit, Outcome, Step, Terms
from bidding.core.canonical import dumps, sha
from bidding.core.errors import N_, DomainError, NotFound
from bidding.db.uow import Tx
from bidding.tenders import queries
from bidding.tenders.kinds import FAMILY_LABELS, METHOD_LABELS, Examination
from bidding.tenders.methods import OFFERED
from bidding.tenders.models import Project
from bidding.tenders.rules import CASE, CENTRE

#: The kind of subject that a project is to a case.
PROJECT = "project"
_CODES = {
    Step.ACCEPTANCE: "accept",
    Step.EXAMINATION: "examine",
    Step.REVIEW: "review",
    Step.CLOSING: "close",
}
#: Value of ``centre.case.silence`` by which a department that is silent counts as agreeing.
_AGREES = 2


class NotAccepted(DomainError):
    """A project that would be published without the centre having taken it on."""

    code = "tenders.not_accepted"
    text = N_("中心还没有办结这个项目的受理。请在项目页“申请受理”，办结同意后再发布。")


class ChangedSinceAccepted(DomainError):
    """A warning: the draft says something else than what the window saw."""

    code = "tenders.changed_since_accepted"
    text = N_(
        "受理之后，项目的内容、标段或文件有改动（时间不算）。请复核人确认改动不影响受理；影响的，退回后重新申请。"
    )


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The case of a project that counts, if there is one; ``changed``: the draft was changed after the filing.

    ``declares``: titles of what handing the draft over declares to the window; empty where it files no case.
    """

    case: Case | None
    changed: bool
    declares: tuple[str, ...]

    @property
    def granted(self) -> bool:
        """Whether it may be published as far as the window goes."""
        return self.case is not None and self.case.outcome is Outcome.GRANTED

    @property
    def live(self) -> bool:
        """Whether a case is under way."""
        return self.case is not None and self.case.state in LIVE


def acceptance(session: Session, project: Project) -> Acceptance:
    """How far a project is at the window."""
    case = cases.of_subject(session, PROJECT, project.uid)
    seen = case.subject_digest if case else None
    declares = cases.to_declare(session, PROJECT, project.uid, _checklist(project))
    return Acceptance(
        case, seen is not None and seen != digest(project), tuple(line.title for line in declares)
    )


def declare(tx: Tx, desk: Desk, project: Project) -> Case | None:
    """File the project's case by declaration, where its kind is done at once and it has none (告知承诺)."""
    return service.declare(tx, desk, subject(tx.session, project.uid))


def require_accepted(session: Session, project: Project) -> None:
    """Refuse to publish what the window has not taken on. Raises ``NotAccepted``."""
    if not acceptance(session, project).granted:
        raise NotAccepted


def digest(project: Project) -> str:
    """SHA-256 in hex of what the window looks at: the text, lots and files, and not the dates, which always move."""
    said = {
        "facts": _plain(asdict(project.written)),
        "lots": [_plain(asdict(lot.written)) for lot in project.lots],
        "files": [document.sha256 for document in project.documents],
        "scoring": _plain(asdict(project.scoring)),
        "who_may": _who_may(project),
        "lot_terms": _plain(asdict(project.lot_terms)),
    }
    return sha(dumps(said)).hex()


def _who_may(project: Project) -> Any:
    """When it is examined who is qualified is said only where that is before the tender: so it was before it could be chosen."""
    said: dict[str, Any] = _plain(asdict(project.who_may))
    if project.who_may.examination is Examination.AFTER:
        del said["examination"]
    return said


def _plain(said: Any) -> Any:
    """The same in what JCS can write."""
    if isinstance(said, dict):
        return {name: _plain(value) for name, value in said.items()}
    if isinstance(said, list | tuple | frozenset | set):
        return [
            _plain(value) for value in (said if isinstance(said, list | tuple) else sorted(said, key=str))
        ]
    return said.value if isinstance(said, Enum) else said


def subject(session: Session, uid: str) -> Subject:
    """A project as a case is told of it. Raises ``NotFound``."""
    project = session.scalars(
        select(Project)
        .where(Project.uid == uid)
        .options(selectinload(Project.lots), selectinload(Project.documents))
    ).first()
    if project is None:
        raise NotFound
    return Subject(
        kind=PROJECT,
        uid=project.uid,
        code=project.code,
        title=project.title,
        path=f"/projects/{project.uid}",
        checklist=_checklist(project),
        applicant_id=project.agency_id,
        digest=digest(project),
        files=[SubjectFile(each.name, each.sha256, each.size) for each in project.documents],
    )


def _checklist(project: Project) -> str:
    return f"{project.family.value}.{project.method.value}"


def terms(session: Session, now: datetime) -> Terms:
    """The window's limits in force, as the rulebook has them."""
    day, prefix = queries.local_day(now), f"{CENTRE}.{CASE}."
    figures = {
        row.code.removeprefix(prefix): row.value for row in queries.figures_below(session, prefix, day)
    }
    return Terms(
        limits={
            step: Limit.of(figures[f"{name}-limit"], figures[f"{name}-promise"])
            for step, name in _CODES.items()
        },
        countersign_days=figures["countersign"],
        fast_permille=min(figures["fast-permille"], 1000),
        silence_agrees=figures["silence"] == _AGREES,
        calendar=queries.calendar(session),
    )


def offered() -> Sequence[Offered]:
    """Every kind of transaction that has a journey, for the list of checklists."""
    return [
        Offered(f"{family.value}.{method.value}", (FAMILY_LABELS[family], METHOD_LABELS[method]))
        for family, method in OFFERED
    ]
