"""Reading the pool: names for those who keep it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence, Set
from datetime import date

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, selectinload

from bidding.core.errors import NotFound
from bidding.experts.cells import is_phone, plain_phone
from bidding.experts.columns import in_bulk
from bidding.experts.fitness import Criteria
from bidding.experts.freezing import Candidate
from bidding.experts.models import Employment, Expert, PoolImport, RelatedUnit, Specialty, expert_specialty
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


def candidates(
    session: Session, codes: Collection[str], asked: Criteria, *, left_since: date | None = None
) -> Iterator[Candidate]:
    """The experts who have any of these specialties and may sit, each once, with those of the codes they have.

    With them what they worked for until ``left_since`` or later, and the telephone that is sealed with their name.
    """
    former = employments(session, left_since) if left_since is not None else {}
    stored, opened = in_bulk(Expert.phone)
    rows = session.execute(
        select(
            Expert.id,
            Expert.uid,
            Expert.name,
            Expert.unit,
            Expert.unit_uscc,
            Expert.title,
            Expert.region,
            stored,
            Specialty.code,
        )
        .join(expert_specialty, expert_specialty.c.expert_id == Expert.id)
        .join(Specialty, Specialty.id == expert_specialty.c.specialty_id)
        .where(Specialty.code.in_(codes), fit(asked))
        .order_by(Expert.id, Specialty.code)
    )
    one: Candidate | None = None
    for number, uid, name, unit, uscc, title, region, phone, code in rows:
        if one is not None and one.id == number:
            one = one._replace(specialties=(*one.specialties, code))
            continue
        if one is not None:
            yield one
        one = Candidate(
            number, uid, name, unit, uscc, title, region, (code,), opened(phone), former.get(number, ())
        )
    if one is not None:
        yield one


def employments(session: Session, left_since: date) -> dict[int, tuple[tuple[str, str | None], ...]]:
    """Name and code of the units that experts left on that day or later, by the expert's number."""
    found: dict[int, tuple[tuple[str, str | None], ...]] = {}
    for number, unit, uscc in session.execute(
        select(Employment.expert_id, Employment.unit, Employment.unit_uscc)
        .where(Employment.left_on >= left_since, Employment.withdrawn_at.is_(None))
        .order_by(Employment.id)
    ):
        found[number] = (*found.get(number, ()), (unit, uscc))
    return found


def employments_of(session: Session, expert: Expert) -> Sequence[Employment]:
    """What an expert worked for before, the latest first."""
    return session.scalars(
        select(Employment)
        .where(Employment.expert_id == expert.id, Employment.withdrawn_at.is_(None))
        .order_by(Employment.left_on.desc(), Employment.id)
    ).all()


def employment(session: Session, expert: Expert, employment_id: int) -> Employment:
    """One line of what an expert worked for. Raises ``NotFound``, for another expert's too."""
    found = session.scalar(
        select(Employment).where(Employment.id == employment_id, Employment.expert_id == expert.id)
    )
    if found is None:
        raise NotFound
    return found


def related_units(session: Session, names: Set[str]) -> list[RelatedUnit]:
    """The standing relations of which either side goes by one of these names or codes, as ``unit_key``."""
    standing = session.scalars(
        select(RelatedUnit).where(RelatedUnit.ended_at.is_(None)).order_by(RelatedUnit.id)
    )
    return [row for row in standing if not names.isdisjoint(row.keys)]


def relations() -> Select[RelatedUnit]:
    """Units known to belong together, the standing first; to be paged."""
    return select(RelatedUnit).order_by(RelatedUnit.ended_at.is_not(None), RelatedUnit.unit, RelatedUnit.id)


def relation(session: Session, relation_id: int) -> RelatedUnit:
    """One of them. Raises ``NotFound``."""
    found = session.get(RelatedUnit, relation_id)
    if found is None:
        raise NotFound
    return found
