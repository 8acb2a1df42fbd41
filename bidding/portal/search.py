"""The public list of results and the search in it: walked from the newest, as the notices are (``tenders.search``)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import Session

from bidding.award.models import Award
from bidding.core.clock import SHANGHAI
from bidding.portal.models import RESULT_WORDS, Result
from bidding.portal.rules import ResultSearch
from bidding.tenders.models import Lot, Project
from bidding.tenders.rules import runs
from bidding.tenders.search import COUNTED, MAX_RUNS, Found
from bidding.tenders.wordindex import asked

_RESULT, _PROJECT, _LOT, _AWARD = (
    Result.__table__,
    Project.__table__,
    Lot.__table__,
    Award.__table__,
)
_SHOWN = (
    _RESULT.c.id,
    _RESULT.c.uid,
    _RESULT.c.kind,
    _RESULT.c.place,
    _RESULT.c.notice_n,
    _RESULT.c.region,
    _RESULT.c.announced_at,
    _RESULT.c.changed_at,
    _PROJECT.c.uid.label("project_uid"),
    _PROJECT.c.code,
    _PROJECT.c.title,
    _PROJECT.c.owner_name,
    _PROJECT.c.family,
    _PROJECT.c.method,
    _LOT.c.name.label("lot_name"),
    _AWARD.c.winner_name,
    _AWARD.c.amount_fen,
    _AWARD.c.price_text,
)


def results(
    session: Session,
    search: ResultSearch,
    *,
    before: int | None = None,
    after: int | None = None,
    size: int = 20,
) -> Found:
    """The results that fit: the newest, those listed ``before`` an entry, or those just ``after`` one."""
    words = runs(search.words)[:MAX_RUNS]
    if search.words and not words:
        return Found([], None, None, 0, is_more=False)  # signs under which nothing is kept
    conditions, match = _conditions(session, search, words)
    walk = _rows().where(*conditions)
    if match:
        walk = walk.join(RESULT_WORDS.table, RESULT_WORDS.table.c.rowid == _RESULT.c.id)
    if after is not None:
        walk = walk.where(_RESULT.c.id > after).order_by(_RESULT.c.id)
    else:
        walk = walk.order_by(_RESULT.c.id.desc())
        walk = walk if before is None else walk.where(_RESULT.c.id < before)
    rows = list(session.execute(walk.limit(size + 1), match))
    is_cut, rows = len(rows) > size, rows[:size]
    if after is not None:
        rows.reverse()
    total = len(rows)
    if is_cut or before is not None or after is not None:
        total = _count(session, conditions, match)
    return Found(
        items=rows,
        newer=rows[0].id if rows and (before is not None or (after is not None and is_cut)) else None,
        older=rows[-1].id if rows and (after is not None or is_cut) else None,
        total=min(total, COUNTED),
        is_more=total > COUNTED,
    )


def since(session: Session, instant: datetime, until: datetime, most: int) -> Sequence[Row[Any]]:
    """What was announced or corrected after an instant and not after another, the oldest first; of more than ``most`` the last."""
    when = _RESULT.c.changed_at
    found = _rows().where(when > instant, when <= until).order_by(when.desc(), _RESULT.c.id.desc())
    return session.execute(found.limit(most)).all()[::-1]


def regions(session: Session) -> list[str]:
    """The regions of which there is a result, by their codes: as many looks into the index as there are regions."""
    found: list[str] = []
    while True:
        last = found[-1] if found else ""
        following = session.scalar(select(func.min(_RESULT.c.region)).where(_RESULT.c.region > last))
        if following is None:
            return found
        found.append(following)


def _rows() -> Select[Any]:
    return (
        select(*_SHOWN)
        .join(_PROJECT, _PROJECT.c.id == _RESULT.c.project_id)
        .outerjoin(_LOT, (_LOT.c.project_id == _RESULT.c.project_id) & (_LOT.c.code == _RESULT.c.place))
        .outerjoin(_AWARD, _AWARD.c.id == _RESULT.c.award_id)
    )


def _conditions(
    session: Session, search: ResultSearch, words: Sequence[str]
) -> tuple[list[ColumnElement[bool]], dict[str, str]]:
    marks: list[Enum] = [each for each in (search.family, search.method, search.kind) if each]
    conditions: list[ColumnElement[bool]] = []
    match: dict[str, str] = {}
    if words or marks:
        is_sqlite = session.get_bind().dialect.name == "sqlite"
        conditions.append(RESULT_WORDS.fits(is_sqlite=is_sqlite))
        match = {"match": asked(words, marks, is_sqlite=is_sqlite)}
    if search.region:
        conditions.append(_RESULT.c.region == search.region)
    # Places are given in the order of announcing, so days bound places, and no more of the list is walked than they hold.
    for day, is_end in ((search.since, False), (search.until, True)):
        if day is not None:
            begins = datetime.combine(day + timedelta(days=is_end), time(), SHANGHAI)
            first = (
                select(_RESULT.c.id)
                .where(_RESULT.c.announced_at >= begins)
                .order_by(_RESULT.c.announced_at, _RESULT.c.id)
                .limit(1)
            )
            bound = session.scalar(first)
            if is_end and bound is not None:
                conditions.append(_RESULT.c.id < bound)
            elif not is_end:
                conditions.append(_RESULT.c.id >= (2**31 - 1 if bound is None else bound))
    return conditions, match


def _count(session: Session, conditions: Sequence[ColumnElement[bool]], match: dict[str, str]) -> int:
    """How many there are, not counted beyond one more than ``COUNTED``."""
    counted = select(_RESULT.c.id).where(*conditions)
    if match:
        counted = counted.join(RESULT_WORDS.table, RESULT_WORDS.table.c.rowid == _RESULT.c.id)
    return session.scalar(select(func.count()).select_from(counted.limit(COUNTED + 1).subquery()), match) or 0
