"""Reading the pool: names for those who keep it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, selectinload

from bidding.core.errors import NotFound
from bidding.experts.freezing import Candidate
from bidding.experts.models import Expert, PoolImport, Specialty, expert_specialty

#: The name of the centre's own pool in every commitment.
POOL_ID = "local"


def specialties(session: Session) -> Sequence[Specialty]:
    """Every specialty, by code."""
    return session.scalars(select(Specialty).order_by(Specialty.code)).all()


def pool_size(session: Session) -> dict[str, int]:
    """How many active experts each specialty has, by code."""
    rows = session.execute(
        select(Specialty.code, func.count(Expert.id))
        .join(expert_specialty, expert_specialty.c.specialty_id == Specialty.id)
        .join(Expert, Expert.id == expert_specialty.c.expert_id)
        .where(Expert.active)
        .group_by(Specialty.code)
    )
    return {row[0]: row[1] for row in rows}


def experts(words: str = "") -> Select[Expert]:
    """The pool by name, or those whose name, unit or specialty contains every word; to be paged."""
    found = select(Expert).options(selectinload(Expert.specialties)).order_by(Expert.name, Expert.id)
    for word in words.split()[:5]:
        found = found.where(
            or_(
                Expert.name.icontains(word, autoescape=True),
                Expert.unit.icontains(word, autoescape=True),
                Expert.specialties.any(
                    or_(
                        Specialty.code.icontains(word, autoescape=True),
                        Specialty.name.icontains(word, autoescape=True),
                    )
                ),
            )
        )
    return found


def known_people(session: Session) -> set[tuple[str, str]]:
    """(name, phone) of everybody in the pool."""
    return {(name, phone) for name, phone in session.execute(select(Expert.name, Expert.phone))}


def imports(session: Session) -> Sequence[PoolImport]:
    """Lists brought so far, the newest first."""
    return session.scalars(select(PoolImport).order_by(PoolImport.brought_at.desc()).limit(50)).all()


def pool_import(session: Session, uid: str) -> PoolImport:
    """One list. Raises ``NotFound``."""
    found = session.scalar(select(PoolImport).where(PoolImport.uid == uid))
    if found is None:
        raise NotFound
    return found


def pool_member(session: Session, uid: str) -> Expert:
    """One person of the pool. Raises ``NotFound``."""
    found = session.scalar(select(Expert).where(Expert.uid == uid))
    if found is None:
        raise NotFound
    return found


def candidates(session: Session, codes: Sequence[str]) -> Iterator[Candidate]:
    """The active experts who have any of these specialties, each once, with those of the codes they have."""
    rows = session.execute(
        select(
            Expert.id,
            Expert.uid,
            Expert.name,
            Expert.unit,
            Expert.unit_uscc,
            Expert.title,
            Expert.region,
            Expert.phone,
            Specialty.code,
        )
        .join(expert_specialty, expert_specialty.c.expert_id == Expert.id)
        .join(Specialty, Specialty.id == expert_specialty.c.specialty_id)
        .where(Expert.active, Specialty.code.in_(codes))
        .order_by(Expert.id, Specialty.code)
    )
    one: Candidate | None = None
    for number, uid, name, unit, uscc, title, region, phone, code in rows:
        if one is not None and one.id == number:
            one = one._replace(specialties=(*one.specialties, code))
            continue
        if one is not None:
            yield one
        one = Candidate(number, uid, name, unit, uscc, title, region, (code,), phone)
    if one is not None:
        yield one
