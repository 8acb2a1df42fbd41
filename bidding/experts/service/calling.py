"""Calling those who were drawn, in the order of the ranking (protocol §7.7); somebody else looks the calls over."""

from __future__ import annotations

from dataclasses import dataclass

from bidding.core.canonical import dumps, sha
from bidding.core.clock import unix
from bidding.core.errors import WrongState
from bidding.db.uow import Tx
from bidding.experts import policy, queries, rules
from bidding.experts.calls import AFTER_ACCEPTING, GONE, REASONS, Answer, CallOut, MustSkip, NotTheirTurn
from bidding.experts.models import Disclosure, Draw, DrawCall
from bidding.experts.names import NamesMissing, NothingToCountersign
from bidding.experts.policy import Permission
from bidding.experts.rules import Step
from bidding.experts.service.writing import held, person, write
from bidding.identity.models import Account
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.models import Log

#: The kind of the note by which a second person vouches for the call records.
COUNTERSIGN_NOTE = "draw-calls-countersigned"


@dataclass(frozen=True, slots=True)
class CallNote:
    """How somebody was called and what came of it. ``reason`` is one of ``REASONS``; ``words`` stay in the record."""

    answer: Answer
    channel: str = ""
    reason: str = ""
    words: str = ""


def show(tx: Tx, uid: str, stratum: str) -> str:
    """Give the caller what opens the name of whom to call next in a specialty, and write that down; the ``h``.

    Raises ``NotTheirTurn`` where nobody is to be called, ``MustSkip`` where the next one is passed over,
    ``NamesMissing`` where the supervisor has not given their half.
    """
    by = person(tx, Permission.DRAW_CALL)
    draw, _ = held(tx, uid, Step.DRAWN, Step.RELEASED)
    turn = _calling(tx, draw).next(_known(tx, draw, stratum))
    if turn is None:
        raise NotTheirTurn
    if turn.skip:
        raise MustSkip
    if queries.sealed(tx.session, draw, [turn.h]) and turn.h not in queries.halves(tx.session, draw):
        raise NamesMissing(code=draw.code)
    if not queries.disclosed_to(tx.session, draw, turn.h, by):
        tx.session.add(Disclosure(draw_id=draw.id, h=turn.h, account_id=by, at=tx.now))
        tx.session.flush()
    return turn.h


def answer(tx: Tx, uid: str, stratum: str, h: str, note: CallNote) -> DrawCall:
    """Put down what came of a call, in the log before the next name is shown.

    Raises ``NotTheirTurn``, ``MustSkip``, ``NotShown``, ``UnknownReason``.
    """
    by = person(tx, Permission.DRAW_CALL)
    draw, log = held(tx, uid, Step.DRAWN, Step.RELEASED)
    calling = _calling(tx, draw)
    _check_turn(calling, _known(tx, draw, stratum), h, note.answer)
    if note.answer is not Answer.SKIP and not _knows(tx, draw, h, by):
        raise rules.NotShown
    if note.answer in GONE and note.reason not in REASONS[note.answer]:
        raise rules.UnknownReason(field="reason")
    return put_down(tx, draw, log, stratum, h, note, by)


def _calling(tx: Tx, draw: Draw) -> CallOut:
    calling = queries.replay_of(tx.session, draw.project).find(draw.code).calling
    if calling is None:  # the pool proved too small for this seed: only a further draw helps
        raise WrongState
    return calling


def _known(tx: Tx, draw: Draw, stratum: str) -> str:
    record = queries.record_of(tx.session, draw)
    if record is None or stratum not in {line["id"] for line in record.spec["strata"]}:
        raise NotTheirTurn
    return stratum


def _check_turn(calling: CallOut, stratum: str, h: str, given: Answer) -> None:
    """The rules of the log, asked before anything is written, so that the refusal is theirs."""
    if given in AFTER_ACCEPTING and h in calling.serving(stratum):
        return
    turn = calling.next(stratum)
    if turn is None or turn.h != h:
        raise NotTheirTurn
    if turn.skip != (given is Answer.SKIP):
        raise MustSkip


def _knows(tx: Tx, draw: Draw, h: str, account_id: int) -> bool:
    """Whether the caller was shown this name, or may see it anyway by now."""
    return queries.disclosed_to(tx.session, draw, h, account_id) or policy.may_see_names(
        tx.actor, agency_id=draw.project.agency_id, released=draw.released_at is not None
    )


def put_down(tx: Tx, draw: Draw, log: Log, stratum: str, h: str, note: CallNote, by: int) -> DrawCall:
    """Write an answer, and its call as the account's ``by``. Whose turn it is has been asked, the log is held."""
    gone = note.answer in GONE
    record = dumps(
        {
            "v": 1,
            "type": "draw-call-record",
            "draw": draw.code,
            "stratum": stratum,
            "h": h,
            "answer": note.answer.value,
            "reason": note.reason if gone else None,
            "channel": note.channel.strip(),
            "words": note.words.strip(),
            "caller": tx.session.get_one(Account, by).name,
            "at": unix(tx.now),
            "nonce": tx.entropy.bytes(
                16
            ).hex(),  # the words are few: their digest alone must not give them away
        }
    )
    leaf, _ = write(
        tx,
        draw,
        log,
        EventType.DRAW_CALL,
        draw=draw.code,
        stratum=stratum,
        h=h,
        answer=note.answer.value,
        reason=note.reason if gone else None,
        record=sha(record).hex() if gone else None,
    )
    row = DrawCall(
        draw_id=draw.id,
        stratum=stratum,
        h=h,
        answer=note.answer.value,
        channel=note.channel.strip(),
        reason=note.reason if gone else None,
        record=record.decode(),
        called_at=leaf.written_at,
        called_by_id=by,
    )
    tx.session.add(row)
    tx.session.flush()
    return row


def countersign(tx: Tx, uid: str) -> int:
    """Look over the calls that others put down (双岗); how many. Raises ``NothingToCountersign``."""
    by = person(tx, Permission.DRAW_COUNTERSIGN)
    draw, log = held(tx, uid, Step.DRAWN, Step.RELEASED)
    others = [call for call in queries.uncountersigned(tx.session, draw) if call.called_by_id != by]
    if not others:
        raise NothingToCountersign
    for call in others:
        call.countersigned_at, call.countersigned_by_id = tx.now, by
    records = sha(*(sha(call.record or "") for call in others)).hex()
    data = {"draw": draw.code, "calls": len(others), "records": records}
    ledger.record(tx, log, EventType.NOTE, kind=COUNTERSIGN_NOTE, data=data)
    tx.session.flush()
    return len(others)
