"""What a prequalification does to the draft it is held for. Whether it may, the domain above has asked."""

from __future__ import annotations

from bidding.core.errors import WrongState
from bidding.db.uow import Tx
from bidding.tenders.kinds import Examination, Stage
from bidding.tenders.models import Project
from bidding.tenders.prequalified import digest


def begin_prequalification(tx: Tx, project: Project) -> None:
    """From its notice until its result nobody changes what it says. Raises ``WrongState`` for what is no such draft."""
    before = project.who_may.examination is Examination.BEFORE
    if project.stage is not Stage.DRAFT or not before or project.qualified_as is not None:
        raise WrongState
    project.stage = Stage.PREQUALIFYING
    project.returned_reason = None
    tx.session.flush()  # whoever changes the draft at the same moment loses here, before anything is logged


def end_prequalification(tx: Tx, project: Project, *, enough: bool) -> None:
    """With ``enough`` it is a draft again, to become the tender of those who passed; else it is over (条例 19)."""
    if project.stage is not Stage.PREQUALIFYING:
        raise WrongState
    project.stage = Stage.DRAFT if enough else Stage.UNQUALIFIED
    project.qualified_as = digest(project) if enough else None
    tx.session.flush()
