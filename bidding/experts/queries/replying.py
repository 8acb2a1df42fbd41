"""What stands behind the link of a message. Whoever holds it learns time and place, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.core.errors import NotFound
from bidding.experts import replies
from bidding.experts.calls import Turn
from bidding.experts.models import Draw, DrawMessage, DrawReply
from bidding.experts.queries.draws import record_of
from bidding.experts.replay import DrawRecord


@dataclass(frozen=True, slots=True)
class Invitation:
    """A message that was sent with a link. ``stands``: its answer is still open."""

    draw: Draw
    message: DrawMessage
    stratum: str
    reply: DrawReply | None
    stands: bool


def invitation(session: Session, token: str, now: datetime) -> Invitation:
    """What a link is of. Raises ``NotFound``, the same for every link that never was."""
    message = session.scalar(select(DrawMessage).where(DrawMessage.digest == replies.digest(token)))
    if message is None or message.stratum is None:
        raise NotFound
    draw = session.get_one(Draw, message.draw_id)
    reply = session.scalar(select(DrawReply).where(DrawReply.message_id == message.id))
    stands = reply is None and replies.holds(now, draw.evaluation_at, draw.step)
    if stands:  # replaying the log is the dear part
        record = record_of(session, draw)
        turn = turn_of(record, message.h) if record is not None else None
        stands = turn is not None and turn.stratum == message.stratum
    return Invitation(draw, message, message.stratum, reply, stands)


def turn_of(record: DrawRecord, h: str) -> Turn | None:
    """The place for which somebody is to be called now; None where it is not their turn, or they are passed over."""
    if record.calling is None:
        return None
    found = (record.calling.next(line["id"]) for line in record.spec["strata"])
    return next((turn for turn in found if turn is not None and turn.h == h and not turn.skip), None)


def told(session: Session, draw: Draw) -> Mapping[str, DrawMessage]:
    """Who was sent the message, by ``h``."""
    rows = session.scalars(select(DrawMessage).where(DrawMessage.draw_id == draw.id).order_by(DrawMessage.id))
    return {row.h: row for row in rows}
