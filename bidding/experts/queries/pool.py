"""Reading the pool: names for those who keep it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, selectinload

from bidding.core.errors import NotFound
from bidding.experts.cells import is_phone, plain_phone
from bidding.experts.fitness import Criteria
from bidding.experts.freezing import Candidate
from bidding.experts.models import Expert, PoolImport, Specialty, expert_specialty
from bidding.experts.queries.fitness import fit

#: The name of the centre's own pool in every commitment.
POOL_ID = "local"


def specialties(session: Session, *, retired: bool = False) -> Sequence[Specialty]:
    """Every specialty that a draw may ask for, by code; with ``retired`` those that were, too."""
    found = select(Specialty).order_by(Specialty.code)
    return session.scalars(found if retired else found.where(Specialty.retired_at.is_(None))).all()


def specialty(session: Session, code: str) -> Specialty:
    """One of them. Raises ``NotFound``."""
    found = session.scalar(select(Specialty).where(Specialty.code == code))
    if found is None:
        raise NotFound
    return found


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


def experts(words: str = "", *, specialty: str = "", region: str = "", state: str = "") -> Select[Expert]:
    """The pool by name, or those whose name or unit contains every word; to be paged.

    A telephone number finds whose it is, whole. ``state``: ``retired`` for those who left, otherwise those who are in.
    """
    found = select(Expert).options(selectinload(Expert.specialties)).order_by(Expert.name, Expert.id)
    found = found.where(Expert.active.is_(state != "retired"))
    if specialty:
        found = found.where(
            Expert.id.in_(
                select(expert_specialty.c.expert_id)
                .join(Specialty, Specialty.id == expert_specialty.c.specialty_id)
                .where(Specialty.code == specialty)
            )
        )
    if region:
        found = found.where(Expert.region == region)
    for word in words.split()[:5]:
        phone = plain_phone(word)
        contains = [Expert.name.contains(word, autoescape=True), Expert.unit.contains(word, autoescape=True)]
        found = found.where(or_(*contains, Expert.phone == phone) if is_phone(phone) else or_(*contains))
    return found


def regions(session: Session) -> Sequence[str]:
    """Every region that somebody in the pool is of."""
    return session.scalars(select(Expert.region).distinct().order_by(Expert.region)).all()


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


def candidates(session: Session, codes: Sequence[str], asked: Criteria) -> Iterator[Candidate]:
    """The experts who have any of these specialties and may sit, each once, with those of the codes they have.

    No sealed column is read: a list is frozen without opening a telephone number.
    """
    rows = session.execute(
        select(
            Expert.id,
            Expert.uid,
            Expert.name,
            Expert.unit,
            Expert.unit_uscc,
            Expert.title,
            Expert.region,
            Specialty.code,
        )
        .join(expert_specialty, expert_specialty.c.expert_id == Expert.id)
        .join(Specialty, Specialty.id == expert_specialty.c.specialty_id)
        .where(Specialty.code.in_(codes), fit(asked))
        .order_by(Expert.id, Specialty.code)
    )
    one: Candidate | None = None
    for number, uid, name, unit, uscc, title, region, code in rows:
        if one is not None and one.id == number:
            one = one._replace(specialties=(*one.specialties, code))
            continue
        if one is not None:
            yield one
        one = Candidate(number, uid, name, unit, uscc, title, region, (code,))
    if one is not None:
        yield one
