"""The way on when no witness can be reached: six words on the paper record, and a note that says so (protocol §4)."""

from __future__ import annotations

from datetime import timedelta

from bidding.core.canonical import Malformed
from bidding.core.clock import from_unix
from bidding.core.errors import N_, DomainError, Invalid, WrongState
from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.models import Log
from bidding.opening import policy
from bidding.opening.batches import check_words
from bidding.opening.policy import Permission
from bidding.opening.record import GRACE, NO_WITNESS, Record
from bidding.tenders.models import Project


class WitnessHasItsMinute(DomainError):
    """A witness may still come in time."""

    code = "opening.witness_has_its_minute"
    text = N_("截止后 %(seconds)s 秒内见证仍可联署，请再等一会儿；过后还没有见证，再改用纸质记录。")


def declare(tx: Tx, project: Project, book: Log, record: Record, words: str) -> None:
    """Log that no witness came and that the close's words stand on the paper record, read aloud and signed.

    ``words`` are typed from that paper: they must be the close's. The trustees compare them too, each at their own
    client. Raises ``Forbidden``, ``WrongState`` where a quorum has cosigned or the way was already taken,
    ``WitnessHasItsMinute``, ``Invalid``.
    """
    policy.require(tx.actor, Permission.UNWITNESSED_DECLARE, agency_id=project.agency_id)
    if record.close is None or record.opened or record.unwitnessed_at is not None:
        raise WrongState
    if ledger.witnessed_checkpoint(tx.session, book, covers=record.close.head.size - 1) is not None:
        raise WrongState
    if tx.now < from_unix(record.close.closes_at) + timedelta(seconds=GRACE):
        raise WitnessHasItsMinute(seconds=GRACE)
    try:
        check_words(record, " ".join(words.split()))
    except Malformed as error:
        raise Invalid(
            field="words", reason=N_("六组数字与本项目截止记录的指纹不一致。请对照纸质记录逐组重填。")
        ) from error
    ledger.record(tx, book, EventType.NOTE, kind=NO_WITNESS, data={"way": "words"})
