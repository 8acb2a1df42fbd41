"""Witnesses that are called: what they are asked for, and what their answers are worth."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import literal, or_, update
from sqlalchemy.orm import Session

from bidding.core.canonical import Malformed
from bidding.core.errors import DomainError
from bidding.db.uow import Tx
from bidding.ledger import queries
from bidding.ledger.calling import Answered, Ask
from bidding.ledger.keys import LogKeys
from bidding.ledger.models import Witness
from bidding.ledger.note import open_note, parse_head, parse_signature, parse_vkey
from bidding.ledger.rules import CENTRE, STEADY, Trouble, pause
from bidding.ledger.service.signing import prove_behind
from bidding.ledger.service.witnesses import ClockDisagrees, DatedBefore, add_cosignature, requests
from bidding.ledger.wire import parse_add_checkpoint, write_add_checkpoint, write_introduction

log_ = logging.getLogger(__name__)

#: Longer than a round with all its passes takes. A worker that died leaves its witness alone for so long.
LEASE = timedelta(minutes=2)
#: Logs that a witness is asked about at start, the newest first.
_AT_START = 256
_SIZE = re.compile(r"(0|[1-9][0-9]{0,15})\n?")


def claim(tx: Tx, witness_id: int, *, anyhow: bool = False) -> bool:
    """Take a witness into this worker's hands for one round; whether no other has it.

    ``anyhow`` takes it from another: a server that starts does not wait for the lease of the one that died.
    """
    taken = tx.session.execute(
        update(Witness)
        .where(Witness.id == witness_id, Witness.retired_at.is_(None), Witness.url.is_not(None))
        .where(or_(literal(anyhow), Witness.call_at.is_(None), Witness.call_at <= tx.now))
        .values(call_at=tx.now + LEASE)
        .returning(Witness.id)
    ).one_or_none()
    return taken is not None


def asks(
    session: Session, witness: Witness, keys: LogKeys, now: datetime, *, every: bool = False
) -> list[Ask]:
    """What to ask a witness for now: what it has not cosigned, and the steady call if that is due.

    With ``every`` it is asked about each log, also where it has cosigned all that is known here: that is how a
    restored backup learns what it has lost.
    """
    due = witness.heard_at is None or now - witness.heard_at >= STEADY
    texts = _texts(session, witness, keys, {})
    wanted = [_ask(text, keys, steady=due) for text in texts]
    again = queries.newest_checkpoints(session, _AT_START if every else 0)
    centre = queries.centre_log_or_none(session)
    newest = None if centre is None else queries.newest_checkpoint(session, centre)
    if due and centre is not None and newest is not None:
        again.append((centre, newest))
    asked = {ask.origin for ask in wanted}
    for log, checkpoint in again:
        if log.origin not in asked:
            asked.add(log.origin)
            wanted.append(_ask(write_add_checkpoint(checkpoint.size, (), checkpoint.note), keys, steady=due))
    return wanted


def asks_again(session: Session, witness: Witness, keys: LogKeys, held: Mapping[str, int]) -> list[Ask]:
    """The same from the sizes, by origin, that the witness has just said it holds."""
    texts = _texts(session, witness, keys, held)
    wanted = [ask for ask in (_ask(text, keys, steady=True) for text in texts) if ask.origin in held]
    asked = {ask.origin for ask in wanted}
    for origin in held.keys() - asked:
        log = queries.log_by_origin(session, origin)
        newest = queries.newest_checkpoint(session, log)
        if newest is not None and held[origin] <= newest.size:
            proof = queries.consistency_proof(session, log, held[origin], newest.size)
            text = write_add_checkpoint(held[origin], proof, newest.note)
            wanted.append(_ask(text, keys, steady=True))
    return wanted


def _texts(session: Session, witness: Witness, keys: LogKeys, held: Mapping[str, int]) -> list[str]:
    """Requests for what it has not cosigned. Mostly there is nothing, and then no more than that is asked."""
    wanted = queries.wanting_cosignature(session, witness)
    if not wanted:
        return []
    reached = queries.cosigned_sizes(session, witness) | dict(held)
    return [text for _, text in requests(session, wanted, reached, keys)]


def _ask(text: str, keys: LogKeys, *, steady: bool) -> Ask:
    asked = parse_add_checkpoint(text)
    head = parse_head(asked.note.partition("\n\n")[0] + "\n")
    centre = keys.origin(CENTRE)
    if head.origin == centre:
        return Ask(head.origin, asked.old, head.size, text, "", steady)
    introduction = write_introduction(keys.vkey(head.origin), centre, keys.seed(centre))
    return Ask(head.origin, asked.old, head.size, text, introduction)


@dataclass(slots=True)
class Round:
    """What came of calling one witness."""

    cosigned: int = 0
    #: It answered the steady call as it should.
    heard: bool = False
    #: The steady call was among the requests.
    steady: bool = False
    trouble: Trouble = Trouble.NONE
    #: Sizes that it holds and from which it can be asked again, by origin.
    held: dict[str, int] = field(default_factory=dict)

    def worse(self, trouble: Trouble) -> None:
        """Keep the gravest trouble; they are listed from the lightest on."""
        order = list(Trouble)
        self.trouble = max(self.trouble, trouble, key=order.index)

    def add(self, other: Round) -> None:
        """Join what a further pass brought."""
        self.cosigned += other.cosigned
        self.heard |= other.heard
        self.steady |= other.steady
        self.held = other.held
        self.worse(other.trouble)


_TROUBLES = {403: Trouble.REFUSED, 404: Trouble.UNKNOWN_LOG, 422: Trouble.DISPUTED}


def take(tx: Tx, witness_id: int, answers: Sequence[Answered], keys: LogKeys) -> Round:
    """Keep the lines a witness gave, and weigh the rest; nothing it says stops anything but what it proves."""
    witness = tx.session.get_one(Witness, witness_id)
    found = Round(steady=any(answer.ask.steady for answer in answers))
    for answer in answers:
        ask = answer.ask
        if answer.status == 200:
            trouble = _keep_line(tx, witness, answer)
            found.cosigned += trouble is Trouble.NONE
            found.heard |= ask.steady and trouble is Trouble.NONE
        elif answer.status == 409:
            trouble = _weigh_size(tx, answer, keys, found)
        elif answer.status == 0:
            trouble = answer.trouble
        else:
            trouble = _TROUBLES.get(answer.status, Trouble.ODD)
        if trouble is not Trouble.NONE and not trouble.is_of_the_line:
            log_.error("witness %s on %s %s: %s", witness.name, ask.origin, ask.size, trouble.value)
        found.worse(trouble)
    return found


def _keep_line(tx: Tx, witness: Witness, answer: Answered) -> Trouble:
    """Its own line among those it gave; lines by other keys are passed over (tlog-witness)."""
    key = parse_vkey(witness.vkey)
    log = queries.log_by_origin(tx.session, answer.ask.origin)
    checkpoint = queries.checkpoint_at(tx.session, log, answer.ask.size)
    for line in answer.text.splitlines(keepends=True):
        try:
            signature = parse_signature(line.rstrip("\n"))
            if checkpoint is not None and (signature.name, signature.key_id) == (key.name, key.key_id):
                add_cosignature(tx, checkpoint, line)
                return Trouble.NONE
        except (ClockDisagrees, DatedBefore):
            return Trouble.CLOCK
        except (Malformed, DomainError):
            return Trouble.BAD_LINE
    return Trouble.BAD_LINE


def _weigh_size(tx: Tx, answer: Answered, keys: LogKeys, found: Round) -> Trouble:
    """A 409: the size the witness holds, with the proof of it if it is one of ours."""
    ask, size = answer.ask, _SIZE.fullmatch(answer.text)
    if size is None:
        return Trouble.ODD
    held, log = int(size[1]), queries.log_by_origin(tx.session, ask.origin)
    if answer.note:
        try:
            head = parse_head(open_note(answer.note, [keys.vkey(ask.origin)]).text)
        except Malformed:
            return Trouble.ODD
        if (head.origin, head.size) != (ask.origin, held):
            return Trouble.ODD
        if held > log.size:
            prove_behind(tx, answer.note, keys)
        elif queries.root(tx.session, log, held) != head.root:
            return Trouble.DISPUTED
    if held > log.size:
        return Trouble.AHEAD
    if held == ask.old:
        return Trouble.DISPUTED if held == ask.size else Trouble.ODD
    found.held[ask.origin] = held
    return Trouble.NONE


def release(tx: Tx, witness_id: int, found: Round) -> None:
    """Give a witness out of this worker's hands, and keep how it stands."""
    witness = tx.session.get_one(Witness, witness_id)
    witness.failures = witness.failures + 1 if found.trouble else 0
    witness.call_at = tx.now + pause(witness.failures) if witness.failures else None
    if found.heard:
        witness.heard_at = tx.now
    if found.steady or not (found.trouble.is_of_the_line or Trouble(witness.trouble).is_of_the_line):
        witness.trouble = found.trouble
