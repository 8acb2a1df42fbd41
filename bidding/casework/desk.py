"""What casework needs of the app around it: the log's keys, the terms in force, and what cases may be about."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bidding.casework.rules import Terms
from bidding.ledger.keys import LogKeys


@dataclass(frozen=True, slots=True)
class SubjectFile:
    """A file that the subject already has."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Subject:
    """What a case is about, as the domain above tells it; ``digest`` is of what it says today (hex)."""

    kind: str
    uid: str
    code: str
    title: str
    path: str
    checklist: str
    applicant_id: int
    digest: str
    files: Sequence[SubjectFile] = ()


@dataclass(frozen=True, slots=True)
class Offered:
    """A kind of transaction with a checklist; ``labels`` are keys of the catalogue."""

    key: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """``subjects`` finds the subject of a kind by its uid; ``wiring`` fills it from the domains above."""

    keys: LogKeys
    terms: Callable[[Session, datetime], Terms]
    subjects: Mapping[str, Callable[[Session, str], Subject]]
    offered: Sequence[Offered]

    def subject(self, session: Session, kind: str, uid: str) -> Subject:
        """The subject as it is now. Raises what its domain raises for none."""
        return self.subjects[kind](session, uid)
