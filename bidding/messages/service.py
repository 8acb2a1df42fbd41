"""Telling people, and what they do about it. Everything in the caller's one transaction."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import insert, update

from bidding.core.canonical import dumps
from bidding.core.entropy import new_uid
from bidding.core.errors import Forbidden, NotFound
from bidding.db import outbox
from bidding.db.outbox import Channel, Letter, Outgoing
from bidding.db.uow import Tx
from bidding.identity import policy as identity_policy
from bidding.identity import queries as identity
from bidding.identity.models import Account
from bidding.messages import policy, queries, rules
from bidding.messages.kinds import WORDS, Group, Kind
from bidding.messages.models import ChannelCheck, ContactPoint, Message, Wish
from bidding.messages.policy import Permission
from bidding.messages.queries import Reach

#: Addresses are for machines; who is told by hand is told by the telephone that the centre knows.
_MACHINES = (Channel.EMAIL, Channel.SMS)


def tell(
    tx: Tx, accounts: Collection[int], kind: Kind, *, path: str, leaves: bool = True, **params: Any
) -> None:
    """Tell each of these accounts something, once: in the product, and by the ways that each one wants.

    ``path`` is the page it is about; ``params`` fill the words of ``kinds.WORDS`` (instants under names that end in
    ``_at``). Disabled accounts are passed over. Where ``leaves`` is false nothing leaves the machine. What reaches
    somebody by no machine waits for a person at the centre, where it calls for one and staff may know of it.
    """
    text = dumps(
        {name: value.isoformat() if isinstance(value, datetime) else value for name, value in params.items()}
    ).decode()
    same = {"kind": kind, "params": text, "path": path, "told_at": tx.now}
    messages, letters = [], []
    for each in queries.reach(tx.session, accounts, WORDS[kind].group):
        uid = new_uid(tx.entropy)
        messages.append({"uid": uid, "account_id": each.account_id, **same})
        if leaves:
            letters += _letters(each, kind, text, uid)
    if messages:
        tx.session.execute(insert(Message), messages)
    outbox.put_all(tx, letters)


def _letters(to: Reach, kind: Kind, params: str, message: str) -> list[Letter]:
    """What leaves the machine of one message."""
    private = policy.is_private(kind, to.roles)
    wanted = {Channel.EMAIL: to.wants.email, Channel.SMS: to.wants.sms}
    ways = [(channel, to.addresses[channel]) for channel in _MACHINES if channel in to.addresses]
    chosen = [(channel, address) for channel, address in ways if wanted[channel]]
    if not ways and WORDS[kind].calls_for_a_person and not private and not policy.delivers(to.roles):
        chosen = [(Channel.HAND, "")]
    return [
        Letter(channel, address, _payload(to.language, kind, params, message), private, about=message)
        for channel, address in chosen
    ]


def _payload(language: str | None, kind: Kind, params: str, message: str) -> str:
    """What a letter is composed from (``jobs.compose``): JSON."""
    whole = {"kind": kind.value, "params": params, "message": message, "language": language}
    return dumps(whole).decode()


# One's own ------------------------------------------------------------------------------------------------------


def read(tx: Tx, uid: str) -> Message:
    """Mark one of one's own messages read. Raises ``NotFound``."""
    message = queries.own_message(tx.session, tx.actor, uid)
    if message.read_at is None:
        message.read_at = tx.now
    return message


def read_all(tx: Tx) -> None:
    """Mark all of one's own messages read."""
    tx.session.execute(
        update(Message)
        .where(Message.account_id == tx.actor.account_id, Message.read_at.is_(None))
        .values(read_at=tx.now)
    )


def propose(tx: Tx, channel: Channel, typed: str) -> ContactPoint:
    """Send a code to an address that the actor says is theirs; the address before goes on until it comes back.

    Raises ``NotAnAddress``, ``NotAMobile``, ``TooManyCodes``.
    """
    account = identity.account_of(tx.session, tx.actor)
    address = rules.email(typed) if channel is Channel.EMAIL else rules.mobile(typed)
    point = _point(tx, account, channel)
    if not rules.may_send(point.codes_sent, point.codes_since, tx.now):
        raise rules.TooManyCodes(field="address", most=rules.CODES_A_DAY)
    if point.codes_since is None or tx.now >= point.codes_since + rules.DAY:
        point.codes_since, point.codes_sent = tx.now, 0
    code = rules.new_code(tx.entropy)
    point.codes_sent += 1
    point.pending, point.code_sha256 = address, rules.digest(account.uid, address, code)
    point.code_expires_at, point.tries_left = tx.now + rules.CODE_LASTS, rules.CODE_TRIES
    params = dumps({"code": code, "minutes": rules.CODE_LASTS.seconds // 60}).decode()
    outbox.put(
        tx, Letter(channel, address, _payload(account.language, Kind.CODE, params, ""), is_private=True)
    )
    tx.session.flush()
    return point


def _point(tx: Tx, account: Account, channel: Channel) -> ContactPoint:
    point = queries.contacts(tx.session, account.id).get(channel)
    if point is None:
        point = ContactPoint(account_id=account.id, channel=channel, codes_sent=0, tries_left=0)
        tx.session.add(point)
        tx.session.flush()
    return tx.session.get_one(ContactPoint, point.id, with_for_update=True, populate_existing=True)


def try_code(tx: Tx, channel: Channel, typed: str) -> bool:
    """Whether the code is right: then the address counts. A wrong one is a try less, which the caller commits."""
    account = identity.account_of(tx.session, tx.actor)
    point = _point(tx, account, channel)
    if point.pending is None or point.code_expires_at is None:
        return False
    if point.tries_left <= 0 or tx.now >= point.code_expires_at:
        return False
    point.tries_left -= 1
    if rules.digest(account.uid, point.pending, typed.strip()) != point.code_sha256:
        return False
    point.address, point.confirmed_at = point.pending, tx.now
    _forget_pending(point)
    return True


def remove(tx: Tx, channel: Channel) -> None:
    """Take one's own address away, confirmed or not. How many codes were sent today is not forgotten."""
    account = identity.account_of(tx.session, tx.actor)
    point = _point(tx, account, channel)
    point.address = point.confirmed_at = None
    _forget_pending(point)


def _forget_pending(point: ContactPoint) -> None:
    point.pending = point.code_sha256 = point.code_expires_at = None
    point.tries_left = 0


def set_wishes(tx: Tx, language: str, wanted: dict[Group, queries.Wants]) -> None:
    """Keep what the actor wants by e-mail and SMS, and in which language letters are written."""
    account = identity.account_of(tx.session, tx.actor)
    account.language = language
    known = {Group(row.group): row for row in queries.wishes(tx.session, account.id)}
    for group, wants in wanted.items():
        row = known.get(group)
        if row is None:
            row = Wish(account_id=account.id, group=group)
            tx.session.add(row)
        row.email, row.sms = wants
    tx.session.flush()


# By hand --------------------------------------------------------------------------------------------------------


def done_by_hand(tx: Tx, uid: str) -> Outgoing:
    """Say that one has told the person. Raises ``NotFound`` where nothing waits under this number, for whatever reason."""
    identity_policy.require(tx.actor, Permission.MESSAGE_DELIVER)
    if tx.actor.account_id is None:
        raise Forbidden
    letter = queries.letter_by_hand(tx.session, uid)
    taken = tx.session.scalars(
        update(Outgoing)
        .where(Outgoing.id == letter.id, Outgoing.done_at.is_(None))
        .values(done_at=tx.now, done_by_id=tx.actor.account_id)
        .returning(Outgoing.id)
    ).all()
    if not taken:  # two pressed at once, and the other was quicker
        raise NotFound
    tx.session.refresh(letter)
    return letter


def note_check(tx: Tx, channel: Channel, error: str | None) -> None:
    """Keep how a way out answered: ``error`` is None where it did."""
    row = tx.session.get(ChannelCheck, channel)
    if row is None:
        row = ChannelCheck(channel=channel)
        tx.session.add(row)
    row.checked_at = tx.now
    row.error = (error or "")[:200]
    row.failing_since = None if error is None else row.failing_since or tx.now
