"""Keeping rooms, booking them, moving and cancelling. Every act in the caller's one transaction."""

from bidding.rooms.service.arranging import Want, arrange, move_bookings
from bidding.rooms.service.booking import MAX_REASON, IsOver, ReasonMissing, book, cancel, give_back, move
from bidding.rooms.service.keeping import ROOM_NOTE, NameTaken, RoomFacts, add_room, edit_room
from bidding.rooms.service.quarters import RoomClosed, RoomTaken, RoomTakenForLong

__all__ = [
    "MAX_REASON",
    "ROOM_NOTE",
    "IsOver",
    "NameTaken",
    "ReasonMissing",
    "RoomClosed",
    "RoomFacts",
    "RoomTaken",
    "RoomTakenForLong",
    "Want",
    "add_room",
    "arrange",
    "book",
    "cancel",
    "edit_room",
    "give_back",
    "move",
    "move_bookings",
]
