"""Whoever was sent time and place answers by the link: the same entry in the log as an answer put down by hand."""

from __future__ import annotations

from bidding.db.uow import Tx
from bidding.experts import queries, replies, rules
from bidding.experts.calls import Answer
from bidding.experts.models import DrawReply
from bidding.experts.service.calling import CallNote, put_down
from bidding.experts.service.writing import log_of
from bidding.ledger import service as ledger
from bidding.ledger.keys import LogKeys


def reply(tx: Tx, token: str, answer: Answer, reason: str = "") -> DrawReply:
    """Put down what the holder of a link answers, once. No account acts: who sent the message is the caller (双岗).

    Raises ``NotFound``; ``Settled`` where it is no longer theirs to answer; ``UnknownReason``.
    """
    draw = queries.invitation(tx.session, token, tx.now).draw
    log = log_of(tx, draw.project)
    tx.session.refresh(draw)
    found = queries.invitation(tx.session, token, tx.now)  # again: somebody may have been faster
    if not found.stands:
        raise replies.Settled
    if not replies.is_answer(answer, reason):
        raise rules.UnknownReason(field="reason")
    note = CallNote(answer, replies.BY_LINK, reason, replies.WORDS)
    message = found.message
    call = put_down(tx, draw, log, found.stratum, message.h, note, message.sent_by_id)
    row = DrawReply(
        message_id=message.id,
        call_id=call.id,
        answer=answer.value,
        reason=reason or None,
        replied_at=tx.now,
    )
    tx.session.add(row)
    tx.session.flush()
    return row


def sign_reply(tx: Tx, token: str, keys: LogKeys) -> None:
    """Sign the log that was written to. In a transaction of its own, after the one that wrote."""
    draw = queries.invitation(tx.session, token, tx.now).draw
    ledger.sign_checkpoint(tx, log_of(tx, draw.project), keys)
