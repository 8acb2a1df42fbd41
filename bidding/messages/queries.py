"""Reading messages: one's own; and of what machines could not deliver, what staff may know."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, exists, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from bidding.core.actor import Actor, Role
from bidding.core.canonical import loads
from bidding.core.errors import NotFound
from bidding.db.outbox import Channel, Outgoing
from bidding.identity.models import Account, RoleGrant
from bidding.messages.kinds import BY_SMS, Group, Kind, Say, Told, render
from bidding.messages.models import ChannelCheck, ContactPoint, Message, Wish

_WHO: BindParameter[Any] = bindparam("accounts", expanding=True)
_ENABLED = (
    select(Account.id, Account.language, RoleGrant.role)
    .outerjoin(RoleGrant, RoleGrant.account_id == Account.id)
    .where(Account.id.in_(_WHO), Account.disabled_at.is_(None))
    .order_by(Account.id)
)
_ADDRESSES = select(ContactPoint.account_id, ContactPoint.channel, ContactPoint.address).where(
    ContactPoint.account_id.in_(_WHO), ContactPoint.address.is_not(None)
)
_WISHES = select(Wish.account_id, Wish.email, Wish.sms).where(
    Wish.account_id.in_(_WHO), Wish.group == bindparam("group")
)


def own(actor: Actor) -> Select[Message]:
    """One's own messages, the newest first; to be paged."""
    return select(Message).where(Message.account_id == actor.account_id).order_by(Message.id.desc())


def own_message(session: Session, actor: Actor, uid: str) -> Message:
    """One of one's own messages. Raises ``NotFound``, for another's as for none."""
    found = session.scalar(select(Message).where(Message.uid == uid, Message.account_id == actor.account_id))
    if found is None:
        raise NotFound
    return found


def unread(session: Session, actor: Actor) -> int:
    """How many of one's own messages are unread."""
    mine = (Message.account_id == actor.account_id, Message.read_at.is_(None))
    return session.scalar(select(func.count(Message.id)).where(*mine)) or 0


def words(message: Message, say: Say) -> Told:
    """A message in words."""
    return render(Kind(message.kind), loads(message.params), say)


def told_since(session: Session, account_id: int, kind: Kind, path: str, since: datetime) -> bool:
    """Whether the account was told the same of the same page since then."""
    same = (Message.account_id == account_id, Message.kind == kind, Message.path == path)
    return session.scalar(select(Message.id).where(*same, Message.told_at > since).limit(1)) is not None


# Contact points and wishes ---------------------------------------------------------------------------------------


def contacts(session: Session, account_id: int) -> dict[Channel, ContactPoint]:
    """The account's addresses, confirmed or not."""
    rows = session.scalars(select(ContactPoint).where(ContactPoint.account_id == account_id))
    return {Channel(row.channel): row for row in rows}


class Wants(NamedTuple):
    """Whether a group of messages is wanted by e-mail, by SMS."""

    email: bool
    sms: bool


def wants(rows: Collection[Wish], group: Group) -> Wants:
    """What an account with these wishes wants of a group."""
    for row in rows:
        if row.group == group:
            return Wants(row.email, row.sms)
    return _unsaid(group)


def _unsaid(group: Group) -> Wants:
    """What everybody gets of a group who said nothing of it."""
    return Wants(email=True, sms=group in BY_SMS)


def wishes(session: Session, account_id: int) -> Sequence[Wish]:
    """What the account said of each group it said something of."""
    return session.scalars(select(Wish).where(Wish.account_id == account_id)).all()


@dataclass(frozen=True, slots=True)
class Reach:
    """An account that is to be told something, with all that decides by which ways."""

    account_id: int
    language: str | None
    roles: frozenset[Role]
    addresses: Mapping[Channel, str]
    wants: Wants


def reach(session: Session, account_ids: Collection[int], group: Group) -> list[Reach]:
    """The enabled ones of these accounts, in a fixed order; three questions for however many."""
    who = {"accounts": list(account_ids)}
    languages: dict[int, str | None] = {}
    roles: dict[int, set[Role]] = {}
    for account_id, language, role in session.execute(_ENABLED, who):
        languages[account_id] = language
        roles.setdefault(account_id, set()).update({role} - {None})
    addresses: dict[int, dict[Channel, str]] = {}
    for account_id, channel, address in session.execute(_ADDRESSES, who):
        addresses.setdefault(account_id, {})[Channel(channel)] = address or ""
    said = {
        account_id: Wants(email, sms)
        for account_id, email, sms in session.execute(_WISHES, {**who, "group": group})
    }
    return [
        Reach(each, language, frozenset(roles[each]), addresses.get(each, {}), said.get(each, _unsaid(group)))
        for each, language in languages.items()
    ]


def undelivered(session: Session, address: str) -> Outgoing | None:
    """The newest letter to an address, if that one could not be delivered."""
    newest = session.scalar(
        select(Outgoing)
        .where(Outgoing.address == address, Outgoing.next_due_at.is_(None))
        .order_by(Outgoing.id.desc())
        .limit(1)
    )
    return newest if newest is not None and newest.given_up_at is not None else None


# By hand ---------------------------------------------------------------------------------------------------------


class ByHand(NamedTuple):
    """A letter that no machine could deliver, and whom it is for."""

    letter: Outgoing
    message: Message


def by_hand(*, done: bool = False) -> Select[Outgoing, Message]:
    """(letter, message) of what waits for a person: given up, not read meanwhile, not delivered another way.

    With ``done``, what a person has delivered. What is private is in neither, at no time.
    """
    other = aliased(Outgoing)
    found = (
        select(Outgoing, Message)
        # From the letter to its message and never the other way round, whatever the planner thinks: passing over
        # everybody's messages would take a time that counts them.
        .outerjoin(Message, Message.uid == Outgoing.about)
        .options(joinedload(Message.account).joinedload(Account.organisation))
        .where(Outgoing.given_up_at.is_not(None), Outgoing.is_private.is_(False))
    )
    if done:
        return found.where(Outgoing.done_at.is_not(None)).order_by(Outgoing.done_at.desc(), Outgoing.id)
    elsewhere = exists().where(
        other.about == Outgoing.about, other.is_private.is_(False), _settled(other), other.id != Outgoing.id
    )
    return found.where(Outgoing.done_at.is_(None), Message.read_at.is_(None), ~elsewhere).order_by(
        Outgoing.given_up_at, Outgoing.id
    )


def _settled(letter: type[Outgoing]) -> ColumnElement[bool]:
    """It reached the person, still may, or stands in the list itself with a smaller number."""
    later = letter.given_up_at.is_not(None) & letter.done_at.is_(None) & (letter.id > Outgoing.id)
    return ~later


def waiting_by_hand(session: Session) -> int:
    """How many letters wait for a person."""
    return session.scalar(select(func.count()).select_from(by_hand().order_by(None).subquery())) or 0


def letter_by_hand(session: Session, uid: str) -> Outgoing:
    """One that waits for a person. Raises ``NotFound``, for a private one as for none."""
    row = session.execute(by_hand().where(Outgoing.uid == uid)).first()
    if row is None:
        raise NotFound
    letter: Outgoing = row[0]
    return letter


def checks(session: Session) -> Sequence[ChannelCheck]:
    """How the ways out answered last."""
    return session.scalars(select(ChannelCheck).order_by(ChannelCheck.channel)).all()
