"""One message to whoever is to be called: time and place, and nothing else. Their number is handed on and not kept."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import delete, exists
from sqlalchemy.exc import IntegrityError

from bidding.core.clock import SHANGHAI
from bidding.core.entropy import new_uid
from bidding.core.errors import N_
from bidding.db.uow import Tx
from bidding.experts import queries, replies
from bidding.experts.models import DrawMessage, DrawReply
from bidding.experts.policy import Permission
from bidding.experts.rules import AlreadyTold, NotShown, Step
from bidding.experts.service.writing import held, person
from bidding.messages.carriers import Letter

#: 通知只告知时间和地点: neither project nor buyer, no tenderer, not even a specialty.
TEXT = N_("%(centre)s：请您于%(at)s到%(place)s参加评审工作。工作人员将来电确认，请勿告知他人。")
#: The same with the link to answer by.
LINKED = N_(
    "%(centre)s：请您于%(at)s到%(place)s参加评审工作。能否参加请点 %(link)s 答复，或等工作人员来电，请勿告知他人。"
)


def claim_message(
    tx: Tx, uid: str, h: str, phone: str, centre: str, address: Callable[[str], str] | None
) -> Letter:
    """The letter to the one whose turn it is, claimed: a second press, or a second worker, finds it sent.

    ``address`` makes the link of a token; None where the centre's pages have no address for people outside. Whoever
    calls after the evaluation began sends no link either: it would not hold.
    Whoever sends it gives it back by ``unclaim_message`` where it did not leave. Raises ``NotShown``, ``AlreadyTold``.
    """
    by = person(tx, Permission.DRAW_CALL)
    draw, _ = held(tx, uid, Step.DRAWN, Step.RELEASED)
    record = queries.record_of(tx.session, draw)
    turn = queries.turn_of(record, h) if record is not None else None
    if turn is None or not queries.disclosed_to(tx.session, draw, h, by):
        raise NotShown
    row = DrawMessage(draw_id=draw.id, h=h, sent_at=tx.now, sent_by_id=by)
    text, link = TEXT, ""
    if address is not None and replies.holds(tx.now, draw.evaluation_at, draw.step):
        token = replies.new_token(tx.entropy)
        row.stratum, row.digest = turn.stratum, replies.digest(token)
        text, link = LINKED, address(token)
    tx.session.add(row)
    try:
        tx.session.flush()
    except IntegrityError as error:
        raise AlreadyTold from error
    at = f"{draw.evaluation_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    text %= {"centre": centre, "at": at, "place": draw.evaluation_place, "link": link}
    return Letter(new_uid(tx.entropy), phone, text, text, tx.now)


def unclaim_message(tx: Tx, uid: str, h: str) -> None:
    """It did not leave: it may be tried again. Whoever has answered it was reached, whatever the gateway says."""
    person(tx, Permission.DRAW_CALL)
    draw, _ = held(tx, uid, Step.DRAWN, Step.RELEASED)
    tx.session.execute(
        delete(DrawMessage).where(
            DrawMessage.draw_id == draw.id,
            DrawMessage.h == h,
            ~exists().where(DrawReply.message_id == DrawMessage.id),
        )
    )
