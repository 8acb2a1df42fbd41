"""Reading announcements: what is public, what an agency works on, and what waits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from bidding.announcements import policy, rules
from bidding.announcements.contents import Publicity, announcement_text
from bidding.announcements.models import Announcement, Objection
from bidding.announcements.rules import FAMILY, PRESETS, PUBLICITY, Kind, State
from bidding.core.actor import Actor, Role
from bidding.core.errors import NotFound
from bidding.tenders import queries as tenders
from bidding.tenders.rules import Figure, Problem, end_of

#: What everybody may see.
PUBLIC = (State.PUBLISHED, State.WITHDRAWN)


def figures(session: Session, kind: Kind, on: date) -> dict[str, Figure]:
    """The figures of the kind's method in force on a day."""
    return tenders.rules_for(session, FAMILY, PRESETS[kind].method, on)


def public(words: str = "", kind: Kind | None = None) -> Select[Announcement]:
    """What is out, the newest first; with ``words`` in what it is about, who buys or who supplies. To be paged."""
    found = (
        select(Announcement)
        .where(Announcement.state.in_(PUBLIC))
        .order_by(Announcement.published_at.desc(), Announcement.id.desc())
    )
    if kind is not None:
        found = found.where(Announcement.kind == kind)
    for word in words.split():
        found = found.where(
            or_(
                *(
                    column.icontains(word, autoescape=True)
                    for column in (
                        Announcement.title,
                        Announcement.owner_name,
                        Announcement.supplier_name,
                        Announcement.summary,
                    )
                )
            )
        )
    return found


def published(session: Session, uid: str) -> Announcement:
    """One that is out, withdrawn or not. Raises ``NotFound``."""
    row = session.scalar(_whole().where(Announcement.uid == uid, Announcement.state.in_(PUBLIC)))
    if row is None:
        raise NotFound
    return row


def own(session: Session, actor: Actor, uid: str) -> Announcement:
    """One whose desk the actor may see. Raises ``NotFound`` for another agency's."""
    row = session.scalar(_whole().where(Announcement.uid == uid))
    if row is None or not policy.may_read(actor, row.agency_id):
        raise NotFound
    return row


def desk(actor: Actor) -> Select[Announcement]:
    """Those that the actor works on or watches over, the newest first; to be paged."""
    found = (
        select(Announcement)
        .options(joinedload(Announcement.agency))
        .order_by(Announcement.created_at.desc(), Announcement.id.desc())
    )
    if {Role.ADMINISTRATOR, Role.SUPERVISOR} & actor.roles:
        return found
    return found.where(Announcement.agency_id == actor.organisation_id)


def written_last(session: Session, actor: Actor) -> dict[str, str]:
    """What the agency wrote about itself in its last one: asked again, it would write the same."""
    last = session.scalar(desk(actor).limit(1))
    names = (
        "agency_address",
        "contact",
        "phone",
        "media",
        "finance_name",
        "finance_address",
        "finance_contact",
    )
    return {} if last is None else {name: getattr(last, name) for name in names}


def review(session: Session, row: Announcement, now: datetime) -> list[Problem]:
    """What stands against publishing it now."""
    today = tenders.local_day(now)
    return rules.check(
        row.kind, row.said, today, figures(session, row.kind, today), tenders.calendar(session)
    )


def publicity(session: Session, row: Announcement, now: datetime) -> Publicity | None:
    """For how long it would stand if it were published now; None where the kind has no period, or none is given yet."""
    today = tenders.local_day(now)
    figure = figures(session, row.kind, today).get(PUBLICITY)
    if figure is None or row.kind is not Kind.SINGLE_SOURCE or not row.days:
        return None
    return Publicity(rules.last_day(row.days, today, figure, tenders.calendar(session)), figure)


def text_of(
    session: Session, row: Announcement, now: datetime, *, at: datetime | None = None
) -> dict[str, Any]:
    """An announcement as data, as it would be published ``now``; with ``at``, as it is."""
    return announcement_text(
        row.kind,
        row.said,
        uid=row.uid,
        agency=(row.agency.name, row.agency.uscc),
        at=at,
        publicity=publicity(session, row, now),
    )


def answer_by(session: Session, row: Announcement) -> tuple[date, Figure] | None:
    """By when objections want their answer, and by which figure; None where nothing can be objected to."""
    if row.ends_on is None:
        return None
    figure = figures(session, row.kind, row.ends_on).get(rules.ARGUMENT)
    if figure is None:
        return None
    return end_of(figure, row.ends_on, tenders.calendar(session)), figure


def followable(session: Session, actor: Actor) -> Sequence[Announcement]:
    """The intentions of the actor's agency that a tender can follow, the newest first."""
    return session.scalars(
        select(Announcement)
        .where(
            Announcement.agency_id == actor.organisation_id,
            Announcement.kind == Kind.INTENTION,
            Announcement.state == State.PUBLISHED,
        )
        .order_by(Announcement.published_at.desc(), Announcement.id.desc())
        .limit(100)
    ).all()


def to_check(session: Session, actor: Actor) -> Sequence[Announcement]:
    """Those that wait for their second person, the oldest first."""
    return session.scalars(
        desk(actor)
        .where(Announcement.state == State.SUBMITTED)
        .order_by(None)
        .order_by(Announcement.submitted_at, Announcement.id)
    ).all()


def returned(session: Session, actor: Actor) -> Sequence[Announcement]:
    """Drafts that were sent back."""
    return session.scalars(
        desk(actor).where(Announcement.state == State.DRAFT, Announcement.returned_reason != "")
    ).all()


def unanswered(session: Session, actor: Actor) -> Sequence[Objection]:
    """Objections that want an answer, the oldest first."""
    return session.scalars(
        select(Objection)
        .join(Announcement, Announcement.id == Objection.announcement_id)
        .where(Objection.answered_at.is_(None), Announcement.agency_id == actor.organisation_id)
        .options(joinedload(Objection.announcement))
        .order_by(Objection.made_at, Objection.id)
    ).all()


def _whole() -> Select[Announcement]:
    return select(Announcement).options(
        joinedload(Announcement.agency),
        selectinload(Announcement.objections).joinedload(Objection.organisation),
    )
