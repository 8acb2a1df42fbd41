"""Writing to the logs and signing them; with the questions of ``queries``, what the domains above use.

A leaf and the row it speaks of are written in one transaction; the checkpoint is signed in a later one, when they
are committed (protocol §4)::

    with transaction() as tx:
        leaf = ledger.append(tx, log, event)
    with transaction() as tx:
        ledger.sign_checkpoint(tx, log, keys)
    text = ledger.receipt(session, leaf)
"""

from __future__ import annotations

from bidding.ledger.queries import (
    NotYetSigned,
    NotYetWitnessed,
    active_witnesses,
    checkpoint_at,
    checkpoint_note,
    checkpoints,
    closes_at_in_force,
    consistency_proof,
    due_covers,
    inclusion_proof,
    is_signed,
    is_witnessed,
    last_witnessed_size,
    leaf_texts,
    leaves,
    log_by_code,
    logs_behind,
    newest_checkpoint,
    panel_policy,
    policy_text,
    receipt,
    root,
    witnessed_checkpoint,
)
from bidding.ledger.service.calls import Round, asks, asks_again, claim, release, take
from bidding.ledger.service.logs import (
    LogBehind,
    append,
    centre_log,
    lock,
    lock_by_id,
    open_log,
    record,
    stamp,
    write_cover,
)
from bidding.ledger.service.signing import (
    LogForked,
    NotCommitted,
    check_heights,
    prove_behind,
    sign_checkpoint,
)
from bidding.ledger.service.witnesses import (
    ClockDisagrees,
    DatedBefore,
    NotAWitness,
    Offer,
    add_cosignature,
    authenticate,
    enrol_witness,
    note_visit,
    offer,
    retire_witness,
    set_address,
    take_answers,
)

__all__ = [
    "ClockDisagrees",
    "DatedBefore",
    "LogBehind",
    "LogForked",
    "NotAWitness",
    "NotCommitted",
    "NotYetSigned",
    "NotYetWitnessed",
    "Offer",
    "Round",
    "active_witnesses",
    "add_cosignature",
    "append",
    "asks",
    "asks_again",
    "authenticate",
    "centre_log",
    "check_heights",
    "checkpoint_at",
    "checkpoint_note",
    "checkpoints",
    "claim",
    "closes_at_in_force",
    "consistency_proof",
    "due_covers",
    "enrol_witness",
    "inclusion_proof",
    "is_signed",
    "is_witnessed",
    "last_witnessed_size",
    "leaf_texts",
    "leaves",
    "lock",
    "lock_by_id",
    "log_by_code",
    "logs_behind",
    "newest_checkpoint",
    "note_visit",
    "offer",
    "open_log",
    "panel_policy",
    "policy_text",
    "prove_behind",
    "receipt",
    "record",
    "release",
    "retire_witness",
    "root",
    "set_address",
    "sign_checkpoint",
    "stamp",
    "take",
    "take_answers",
    "witnessed_checkpoint",
    "write_cover",
]
