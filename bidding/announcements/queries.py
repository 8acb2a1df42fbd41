"""Reading announcements: what is public, what an agency works on, and what waits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from bidding.announcements import policy, rules
from bidding.announcements.contents import OfLot, Publicity, announcement_text
from bidding.announcements.models import Announcement, Objection
from bidding.announcements.rules import FAMILY, PRESETS, Kind, State
from bidding.core.actor import Actor, Role
from bidding.core.errors import NotFound
from bidding.tenders import queries as tenders
from bidding.tenders.models import Lot
from bidding.tenders.rules import Figure, Problem, end_of

#: What everybody may see.
PUBLIC = (State.PUBLISHED, State.WITHDRAWN)


def figures(session: Session, kind: Kind, on: date, lot: Lot | None = None) -> dict[str, Figure]:
    """The figures of the kind's method in force on a day; of what is said of a lot, those its project goes by."""
    method = PRESETS[kind].method
    if method is not None:
        return tenders.rules_for(session, FAMILY, method, on)
    return {} if lot is None else tenders.figures_of(session, lot.project, on)


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


def written_last(session: Session, actor: Actor, kind: Kind) -> dict[str, str]:
    """What the agency wrote last: asked again, it would write the same.

    About itself in whatever is not of one lot, about the authority in the last of this kind, for each kind has another.
    """
    free = [each for each in Kind if not PRESETS[each].of_lot]
    found: dict[str, str] = {}
    for kinds, names in (
        (free, ("agency_address", "contact", "phone", "media")),
        ([kind], ("finance_name", "finance_address", "finance_contact")),
    ):
        last = session.scalar(desk(actor).where(Announcement.kind.in_(kinds)).limit(1))
        if last is not None:
            found |= {name: getattr(last, name) for name in names}
    return found


def review(session: Session, row: Announcement, now: datetime) -> list[Problem]:
    """What stands against publishing it now."""
    today = tenders.local_day(now)
    # Nobody reports on prices that are still sealed.
    opens_at = (row.lot.project.prices_open_at or row.lot.project.opens_at) if row.lot else None
    return rules.check(
        row.kind,
        row.said,
        today,
        figures(session, row.kind, today, row.lot),
        tenders.calendar(session),
        opened_on=opens_at and tenders.local_day(opens_at),
    )


def publicity(session: Session, row: Announcement, now: datetime) -> Publicity | None:
    """For how long it would stand if it were published now; None where the kind has no period, or none is given yet."""
    today = tenders.local_day(now)
    figure = figures(session, row.kind, today, row.lot).get(PRESETS[row.kind].period)
    if figure is None or not row.days:
        return None
    reply = figures(session, row.kind, today, row.lot).get(rules.REPLY) if row.lot else None
    return Publicity(rules.last_day(row.days, today, figure, tenders.calendar(session)), figure, reply)


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
        of=_of_lot(row.lot) if row.lot else None,
    )


def _of_lot(lot: Lot) -> OfLot:
    project = lot.project
    return OfLot(project.code, project.uid, project.family.value, project.method.value, lot.code, lot.name)


def answer_by(session: Session, row: Announcement, made_at: datetime) -> tuple[date, Figure] | None:
    """By when an objection of that instant wants its answer, and by which figure; None where none can be made.

    To a single source it is argued about once its publicity is over; to candidates each is answered as it comes.
    """
    if row.ends_on is None:
        return None
    of_lot = PRESETS[row.kind].of_lot
    begins = tenders.local_day(made_at) if of_lot else row.ends_on
    figure = figures(session, row.kind, begins, row.lot).get(rules.REPLY if of_lot else rules.ARGUMENT)
    if figure is None:
        return None
    return end_of(figure, begins, tenders.calendar(session)), figure


def candidates_of(session: Session, lot_id: int) -> Announcement | None:
    """The list of a lot's candidates that is drafted, handed over or out, with its objections; a withdrawn one is none."""
    return session.scalar(
        _whole().where(Announcement.lot_id == lot_id, Announcement.state != State.WITHDRAWN)
    )


def candidates_held(session: Session, lot_id: int) -> Announcement | None:
    """The same with its row held, for whoever decides by it: nobody withdraws or objects meanwhile."""
    held = select(Announcement.id).where(Announcement.lot_id == lot_id, Announcement.state != State.WITHDRAWN)
    session.execute(held.with_for_update())
    return session.scalar(
        _whole()
        .where(Announcement.lot_id == lot_id, Announcement.state != State.WITHDRAWN)
        .execution_options(populate_existing=True)
    )


def open_objections(session: Session, lot_id: int) -> int:
    """How many objections to a lot's candidates have no answer, to lists that were withdrawn as well."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Objection)
            .join(Announcement, Announcement.id == Objection.announcement_id)
            .where(Announcement.lot_id == lot_id, Objection.answered_at.is_(None))
        )
        or 0
    )


def to_withdraw(session: Session, actor: Actor) -> Sequence[Announcement]:
    """Lists of candidates to which an objection was upheld, and that the actor did not let out."""
    return session.scalars(
        desk(actor)
        .where(Announcement.kind == Kind.CANDIDATES, Announcement.state == State.PUBLISHED)
        .where(Announcement.published_by_id != actor.account_id)
        .where(Announcement.objections.any(Objection.upheld.is_(True)))
    ).all()


def candidates_told(session: Session, project_id: int) -> Sequence[Announcement]:
    """Every list of candidates of a project that is or was out, in order."""
    return session.scalars(
        select(Announcement)
        .join(Lot, Lot.id == Announcement.lot_id)
        .where(Lot.project_id == project_id, Announcement.state.in_(PUBLIC))
        .options(joinedload(Announcement.lot))
        .order_by(Announcement.published_at, Announcement.id)
    ).all()


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
        joinedload(Announcement.lot).joinedload(Lot.project),
        selectinload(Announcement.objections).joinedload(Objection.organisation),
    )
