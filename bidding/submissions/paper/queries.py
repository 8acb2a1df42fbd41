"""Reading the register: everybody their own lines of it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from bidding.core.actor import Actor
from bidding.core.errors import NotFound
from bidding.identity.models import Organisation
from bidding.submissions.models import Attempt
from bidding.submissions.paper.models import Bag
from bidding.submissions.paper.rules import NotHeld
from bidding.tenders.models import Project

#: Codes of attempts that the window sent away.
SENT_AWAY = ("paper.late", "paper.seal")


def written_by(session: Session, actor: Actor, project: Project) -> Sequence[Bag]:
    """The bags that this person has taken in, newest first."""
    return session.scalars(
        select(Bag)
        .where(Bag.account_id == actor.account_id, Bag.project_id == project.id)
        .options(joinedload(Bag.lot), joinedload(Bag.organisation))
        .order_by(Bag.id.desc())
    ).all()


def sent_away_by(session: Session, actor: Actor, project: Project) -> Sequence[tuple[Attempt, Organisation]]:
    """What this person sent away, newest first."""
    rows = session.execute(
        select(Attempt, Organisation)
        .join(Organisation, Organisation.id == Attempt.organisation_id)
        .where(
            Attempt.account_id == actor.account_id,
            Attempt.project_id == project.id,
            Attempt.code.in_(SENT_AWAY),
        )
        .order_by(Attempt.id.desc())
    )
    return [(attempt, organisation) for attempt, organisation in rows]


def own(session: Session, actor: Actor, uid: str) -> Bag:
    """A bag that this person has taken in; another's looks like none."""
    bag = session.scalar(select(Bag).where(Bag.uid == uid, Bag.account_id == actor.account_id))
    if bag is None:
        raise NotFound
    return bag


def by_receipt(session: Session, project: Project, reference: str, uscc: str) -> Bag:
    """A bag by what its receipt says, whoever took it in: who shows the receipt has it. Raises ``NotHeld``.

    What a wrong number hears is what a bag hears that was taken back.
    """
    bag = session.scalar(
        select(Bag)
        .join(Organisation, Organisation.id == Bag.organisation_id)
        .where(
            Bag.project_id == project.id,
            Bag.reference == "".join(reference.split()).upper(),
            Organisation.uscc == "".join(uscc.split()).upper(),
        )
    )
    if bag is None:
        raise NotHeld(field="reference")
    return bag


def own_slip(session: Session, actor: Actor, reference: str) -> tuple[Attempt, Organisation, Project]:
    """What this person sent away, by the slip's number; another's looks like none."""
    row = session.execute(
        select(Attempt, Organisation, Project)
        .join(Organisation, Organisation.id == Attempt.organisation_id)
        .join(Project, Project.id == Attempt.project_id)
        .where(
            Attempt.reference == reference,
            Attempt.account_id == actor.account_id,
            Attempt.code.in_(SENT_AWAY),
        )
    ).first()
    if row is None:
        raise NotFound
    return row[0], row[1], row[2]
