"""Setting up rooms, opening and closing them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bidding.core.entropy import new_uid
from bidding.core.errors import N_, DomainError, Invalid
from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.keys import LogKeys
from bidding.rooms import queries, rules
from bidding.rooms.models import Room
from bidding.rooms.rules import RoomKind

#: Kind of the note of a room in the centre's log.
ROOM_NOTE = "room-set"


class NameTaken(DomainError):
    """A second room of the same name: nobody could tell which is booked."""

    code = "rooms.name_taken"
    text = N_("已经有一间叫“%(name)s”。请换一个名称，例如加上楼层或房号。")
    status = 422


@dataclass(frozen=True, slots=True)
class RoomFacts:
    """What an administrator writes of a room; ``equipment`` is a list in words."""

    kind: RoomKind
    name: str
    place: str
    seats: int
    equipment: str
    cameras: int
    is_open: bool


def add_room(tx: Tx, facts: RoomFacts, *, keys: LogKeys) -> Room:
    """Set up a room. Raises ``NameTaken``, ``Invalid``."""
    room = Room(uid=new_uid(tx.entropy), created_at=tx.now)
    _write(tx, room, facts)
    tx.session.add(room)
    _set(tx, room, keys)
    return room


def edit_room(tx: Tx, uid: str, facts: RoomFacts, *, keys: LogKeys) -> Room:
    """Change what a room is. What is booked stays booked, also in a room that is closed."""
    room = queries.room(tx.session, uid)
    _write(tx, room, facts)
    _set(tx, room, keys)
    return room


def _write(tx: Tx, room: Room, facts: RoomFacts) -> None:
    name = facts.name.strip()
    if not name:
        raise Invalid(field="name", reason=N_("请填写场地名称。"))
    other = tx.session.scalar(select(Room.id).where(Room.name == name))
    if other is not None and other != room.id:
        raise NameTaken(field="name", name=name)
    for field, count, most in (
        ("seats", facts.seats, rules.MAX_SEATS),
        ("cameras", facts.cameras, rules.MAX_CAMERAS),
    ):
        if not 0 <= count <= most:
            raise Invalid(field=field, reason=N_("座位和摄像头的数目不对。"))
    room.kind, room.name, room.place = facts.kind, name, facts.place.strip()
    room.seats, room.cameras, room.is_open = facts.seats, facts.cameras, facts.is_open
    room.equipment = "\n".join(rules.listed(facts.equipment))


def _set(tx: Tx, room: Room, keys: LogKeys) -> None:
    try:
        with tx.session.begin_nested():
            tx.session.flush()
    except IntegrityError as error:  # somebody gave the same name at the same moment
        raise NameTaken(field="name", name=room.name) from error
    data = {
        "room": room.uid,
        "kind": room.kind.value,
        "name": room.name,
        "place": room.place,
        "seats": room.seats,
        "equipment": room.things,
        "cameras": room.cameras,
        "open": room.is_open,
    }
    ledger.record(tx, ledger.centre_log(tx, keys), EventType.NOTE, kind=ROOM_NOTE, data=data)
