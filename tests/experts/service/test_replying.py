"""An answer by the link of a message: once, by whose turn it is, and in the log like one put down by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from bidding.core.canonical import loads
from bidding.core.errors import NotFound
from bidding.db import db
from bidding.experts import queries, service
from bidding.experts.calls import REASONS, Answer
from bidding.experts.models import DrawCall, DrawMessage, DrawReply
from bidding.experts.names import NothingToCountersign
from bidding.experts.replies import BY_LINK, Settled
from bidding.experts.rules import UnknownReason
from bidding.ledger.models import Checkpoint
from tests.experts.playing import message
from tests.experts.test_names_client import dumped
from tests.experts.test_service import events

WHY_NOT = REASONS[Answer.DECLINE]
TICK = timedelta(microseconds=1)


def reply(play, token, answer=Answer.ACCEPT, reason=""):
    with play.centre.act() as tx:  # nobody is signed in
        return service.reply(tx, token, answer, reason).id


def rows(kind):
    db.session().rollback()
    return db.session().scalars(select(kind).order_by(kind.id)).all()


def test_whoever_comes_is_in_the_log_once_and_the_sender_of_the_message_is_the_caller(play, centre):
    play.to_drawn()
    h, token, letter = message(play, "A0801")
    reply(play, token)
    assert play.record.calling.answer_of("A0801", h) is Answer.ACCEPT
    ((index, event),) = events(play, "draw-call")
    assert (event["h"], event["answer"], event["reason"], event["record"]) == (h, "accept", None, None)
    (call,) = rows(DrawCall)
    assert (call.stratum, call.h, call.answer, call.reason) == ("A0801", h, "accept", None)
    assert call.channel == loads(call.record)["channel"] == BY_LINK
    assert call.called_by_id == centre.actor("wang").account_id
    assert loads(call.record)["caller"] == centre.actor("wang").name
    (answer,) = rows(DrawReply)
    assert (answer.answer, answer.reason, answer.call_id) == ("accept", None, call.id)

    for second, reason in ((Answer.ACCEPT, ""), (Answer.DECLINE, WHY_NOT[0])):
        with pytest.raises(Settled):
            reply(play, token, second, reason)
    assert len(rows(DrawCall)) == 1

    with centre.act("wang") as tx:  # the gateway says afterwards that nothing left
        service.unclaim_message(tx, play.uid, h)
    assert len(rows(DrawMessage)) == 1

    with centre.act() as tx:  # no account acts here either
        service.sign_reply(tx, token, centre.keys)
    log_id = play.draw.project.log_id
    sizes = db.session().scalars(select(Checkpoint.size).where(Checkpoint.log_id == log_id)).all()
    assert max(sizes) > index

    with pytest.raises(NothingToCountersign):
        play.countersign("wang")
    play.countersign("chen")
    assert queries.uncountersigned(db.session(), play.draw) == []

    assert token in letter.text
    assert list(places_of(token)) == []


def places_of(token):
    """Where a copy of the database has it."""
    for table, column, value in dumped(db.session()):
        if token in (value.decode("utf-8", "ignore") if isinstance(value, bytes) else str(value)):
            yield table, column.name


def test_whoever_declines_says_why_and_the_next_one_is_to_be_called(play):
    play.to_drawn()
    h, token, _ = message(play, "A0801")
    for reason in ("", "与投标单位同单位", "我叫张三"):
        with pytest.raises(UnknownReason):
            reply(play, token, Answer.DECLINE, reason)
    for answer in (Answer.SKIP, Answer.ABSENT, Answer.NO_ANSWER, Answer.RECUSED):
        with pytest.raises(UnknownReason):
            reply(play, token, answer, WHY_NOT[0])
    assert rows(DrawReply) == rows(DrawCall) == []
    reply(play, token, Answer.DECLINE, WHY_NOT[0])
    ((_, event),) = events(play, "draw-call")
    assert (event["answer"], event["reason"]) == ("decline", WHY_NOT[0])
    turn = play.record.calling.next("A0801")
    assert turn.h != h
    assert message(play, "A0801")[0] == turn.h


def test_a_link_that_was_never_sent_is_not_there(play):
    play.to_drawn()
    _, token, _ = message(play, "A0801")
    for wrong in ("", token[:-1], token + "2", token.upper(), "2" * len(token)):
        with pytest.raises(NotFound):
            reply(play, wrong)
    with play.centre.act("wang") as tx:
        service.unclaim_message(tx, play.uid, rows(DrawMessage)[0].h)
    with pytest.raises(NotFound):  # it did not leave
        reply(play, token)


def test_an_answer_put_down_by_hand_ends_the_link(play):
    play.to_drawn()
    by_hand = {"A0801": Answer.ACCEPT, "A0802": Answer.DECLINE, "A0901": Answer.NO_ANSWER}
    for stratum, answer in by_hand.items():
        h, token, _ = message(play, stratum)
        play.answer(stratum, h, answer)
        with pytest.raises(Settled):
            reply(play, token)
        assert play.record.calling.answer_of(stratum, h) is answer
    assert rows(DrawReply) == []


def test_a_link_ends_when_the_evaluation_begins_and_later_or_without_an_address_there_is_none(play):
    play.to_drawn()
    _, token, _ = message(play, "A0801")
    at = play.draw.evaluation_at
    inside = message(play, "A0901", linked=False)
    play.centre.clock.set(at)
    with pytest.raises(Settled):
        reply(play, token)
    for h, none, letter in (inside, message(play, "A0802")):
        assert none is None
        assert "/r/" not in letter.text
        assert play.draw.evaluation_place in letter.text
        assert {row.h: row.digest is None for row in rows(DrawMessage)}[h]
    play.centre.clock.set(at - TICK)
    reply(play, token)


def test_the_database_takes_one_reply_for_a_message_and_a_reason_with_a_no_alone(play):
    play.to_drawn()
    _, token, _ = message(play, "A0801")
    reply(play, token)
    (row,) = rows(DrawReply)
    session = db.session()
    given = {"message_id": row.message_id, "call_id": row.call_id, "replied_at": row.replied_at}
    with pytest.raises(IntegrityError):
        session.execute(insert(DrawReply).values(**given, answer="accept"))
    session.rollback()
    for answer, reason in (("decline", None), ("accept", WHY_NOT[0]), ("absent", None)):
        session.execute(delete(DrawReply))
        with pytest.raises(IntegrityError):
            session.execute(insert(DrawReply).values(**given, answer=answer, reason=reason))
        session.rollback()
