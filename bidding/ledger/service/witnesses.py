"""Witnesses: in and out of service, what they are asked, what they answer."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.core.canonical import Malformed
from bidding.core.clock import from_unix, unix
from bidding.core.errors import N_, DomainError, Invalid, NotFound, WrongState
from bidding.db.uow import Tx
from bidding.ledger import queries
from bidding.ledger.events import EventType
from bidding.ledger.keys import LogKeys
from bidding.ledger.models import Checkpoint, Cosignature, Log, Witness
from bidding.ledger.note import Algorithm, check_signature, parse_signature, parse_vkey
from bidding.ledger.rules import Trouble
from bidding.ledger.service.logs import centre_log, record
from bidding.ledger.service.signing import prove_behind
from bidding.ledger.trust import NONE
from bidding.ledger.wire import ADD_CHECKPOINT, parse_authorization, write_add_checkpoint

#: Kinds of the notes in the centre's log by which a witness comes and goes.
ENROL_NOTE = "witness-enrolled"
RETIRE_NOTE = "witness-retired"

log_ = logging.getLogger(__name__)

#: A cosignature dated further ahead than this was made with a clock that is wrong, or ours is.
_AHEAD = timedelta(seconds=60)
#: What an address is written with: no name, no query, no fragment.
_URL = re.compile(r"https?://[^@?#\x00-\x20\x7f-\U0010ffff]+")
#: And one dated before its checkpoint by more than this (protocol §4: the close is not cosigned earlier).
_BEFORE = timedelta(seconds=5)
#: At most so many requests in one answer; the rest come at the next turn.
_MOST = 256


class ClockDisagrees(DomainError):
    """A cosignature lies in the future."""

    code = "ledger.clock_disagrees"
    text = N_("见证的时间比服务器早到 %(seconds)s 秒。请校准两台机器的时钟再试。")
    status = 422


class DatedBefore(DomainError):
    """A cosignature is older than what it is on: the verifier would take the close for an early one."""

    code = "ledger.dated_before"
    text = N_("见证联署的时间比检查点的签名早 %(seconds)s 秒，这不可能。请校准两台机器的时钟再试。")
    status = 422


class NotAWitness(DomainError):
    """The request is not signed, now, by a witness in service."""

    code = "ledger.not_a_witness"
    text = N_("这个请求没有在用见证的有效签名，或者见证机器的时钟偏差超过 60 秒。")
    status = 401


def enrol_witness(tx: Tx, vkey: str, keys: LogKeys, url: str = "") -> Witness:
    """Take a witness into service by its key; panels made from now on name it. The centre's log says so.

    With ``url`` it is called there, without it comes by itself. Raises ``Invalid``.
    """
    address = _address(url)
    try:
        key = parse_vkey(vkey.strip())
    except Malformed as error:
        raise Invalid(
            field="vkey", reason=N_("公钥不完整，或者抄错了。请粘贴见证机器上显示的一整行。")
        ) from error
    if key.algorithm is not Algorithm.COSIGNATURE or key.name == NONE:
        raise Invalid(field="vkey", reason=N_("这不是见证的公钥。"))
    taken = tx.session.scalar(select(Witness).where((Witness.name == key.name) | (Witness.vkey == str(key))))
    if taken is not None:
        raise Invalid(field="vkey", reason=N_("这个见证已经登记。"))
    witness = Witness(name=key.name, vkey=str(key), enrolled_at=tx.now, url=address)
    tx.session.add(witness)
    tx.session.flush()
    _note(tx, keys, ENROL_NOTE, witness)
    return witness


def retire_witness(tx: Tx, witness_id: int, keys: LogKeys) -> Witness:
    """Take a witness out of service; panels that name it keep it. The centre's log says so.

    Raises ``NotFound``, ``WrongState``.
    """
    witness = tx.session.get(Witness, witness_id)
    if witness is None:
        raise NotFound
    if witness.retired_at is not None:
        raise WrongState
    witness.retired_at = tx.now
    _note(tx, keys, RETIRE_NOTE, witness)
    return witness


def set_address(tx: Tx, witness_id: int, url: str) -> Witness:
    """Call a witness somewhere else from now on, or not at all. Raises ``NotFound``, ``WrongState``, ``Invalid``."""
    witness = tx.session.get(Witness, witness_id)
    if witness is None:
        raise NotFound
    if witness.retired_at is not None:
        raise WrongState
    witness.url = _address(url)
    witness.heard_at = witness.call_at = None
    witness.failures, witness.trouble = 0, Trouble.NONE
    return witness


def _address(url: str) -> str | None:
    """Where a witness listens, as it was typed or copied; None for nowhere. Raises ``Invalid``."""
    url = url.strip().removesuffix(ADD_CHECKPOINT).rstrip("/")
    if not url:
        return None
    try:
        parts = urlsplit(url)
        whole = bool(_URL.fullmatch(url) and parts.hostname and parts.port != 0)
    except ValueError:
        whole = False
    if not whole:
        raise Invalid(field="url", reason=N_("网址要像 https://witness.example.gov.cn 这样写，或者留空。"))
    return url


def note_visit(tx: Tx, witness_id: int) -> None:
    """A witness has come by itself: so it is alive."""
    tx.session.get_one(Witness, witness_id).heard_at = tx.now


def _note(tx: Tx, keys: LogKeys, kind: str, witness: Witness) -> None:
    record(tx, centre_log(tx, keys), EventType.NOTE, kind=kind, data={"vkey": witness.vkey})


def authenticate(
    session: Session, header: str | None, method: str, path: str, body: bytes, now: int
) -> Witness:
    """The witness in service that signed this request at about ``now`` (Unix seconds); else ``NotAWitness``."""
    claim = parse_authorization(header)
    if claim is not None:
        for witness in queries.active_witnesses(session):
            if witness.name == claim.name and claim.holds(parse_vkey(witness.vkey), method, path, body, now):
                return witness
    raise NotAWitness


@dataclass(frozen=True, slots=True)
class Offer:
    """What a witness is asked for: checkpoints to cosign, and notes to show."""

    #: The log's key, and the request in the form of tlog-witness.
    requests: list[tuple[str, str]]
    #: Origins of which the witness holds more than this server does: it is asked for the proof.
    show: list[str]


def offer(session: Session, witness: Witness, sizes: Mapping[str, int], keys: LogKeys) -> Offer:
    """What to ask of a witness that holds these sizes, by origin."""
    wanted = queries.wanting_cosignature(session, witness)
    return Offer(requests(session, wanted, sizes, keys), _ahead_of_us(session, sizes, keys))


def requests(
    session: Session, wanted: Sequence[tuple[Log, Checkpoint]], sizes: Mapping[str, int], keys: LogKeys
) -> list[tuple[str, str]]:
    """The requests for these checkpoints, each log's one after another from the size held: its key and the text."""
    found: list[tuple[str, str]] = []
    reached = dict(sizes)
    for log, checkpoint in wanted:
        old = reached.get(log.origin, 0)
        if checkpoint.size < old or len(found) == _MOST:
            continue
        proof = queries.consistency_proof(session, log, old, checkpoint.size)
        found.append((str(keys.vkey(log.origin)), write_add_checkpoint(old, proof, checkpoint.note)))
        reached[log.origin] = checkpoint.size
    return found


def _ahead_of_us(session: Session, sizes: Mapping[str, int], keys: LogKeys) -> list[str]:
    """The origins of ours whose trees at the witness are greater than anything known here."""
    ours = {log.origin: max(log.size, log.known_size) for log in session.scalars(select(Log))}
    ahead = []
    for origin, size in sizes.items():
        if origin.startswith(f"{keys.host}/") and size > ours.get(origin, 0):
            known = keys.highest(origin)
            if origin in ours or known is None or known.size < size:
                ahead.append(origin)
    return ahead


def take_answers(
    tx: Tx, witness: Witness, lines: list[tuple[str, int, str]], notes: list[str], keys: LogKeys
) -> list[tuple[str, int, str]]:
    """Keep what a witness answered: ``(origin, size, line)`` each, and the notes it shows.

    What cannot be kept stops nothing else; it comes back as ``(origin, size, reason)``.
    """
    refused = []
    for origin, size, line in lines:
        try:
            _keep(tx, witness, origin, size, line)
        except (Malformed, DomainError) as error:
            log_.warning("cosignature of %s on %s %s refused: %s", witness.name, origin, size, error)
            refused.append((origin, size, str(error)))
    for note in notes:
        try:
            prove_behind(tx, note, keys)
        except (Malformed, DomainError) as error:
            log_.warning("note shown by %s refused: %s", witness.name, error)
            refused.append((note.partition("\n")[0], 0, str(error)))
    return refused


def _keep(tx: Tx, witness: Witness, origin: str, size: int, line: str) -> None:
    checkpoint = tx.session.scalar(
        select(Checkpoint)
        .join(Log, Log.id == Checkpoint.log_id)
        .where(Log.origin == origin, Checkpoint.size == size)
    )
    if checkpoint is None:
        raise NotFound
    if parse_signature(line.rstrip("\n")).name != witness.name:
        raise Malformed("cosignature: another witness's")
    add_cosignature(tx, checkpoint, line)


def add_cosignature(tx: Tx, checkpoint: Checkpoint, line: str) -> Cosignature:
    """Keep a witness's line on a checkpoint; the first one it gave, should it come twice.

    Raises ``Malformed`` or ``BadSignature``, ``NotFound`` for a witness not in service, ``ClockDisagrees``,
    ``DatedBefore``.
    """
    if not line.endswith("\n") or "\n" in line[:-1]:
        raise Malformed("cosignature: not one line")
    signature = parse_signature(line[:-1])
    witness = tx.session.scalar(
        select(Witness).where(Witness.name == signature.name, Witness.retired_at.is_(None))
    )
    if witness is None:
        raise NotFound
    key = parse_vkey(witness.vkey)
    if signature.key_id != key.key_id:
        raise Malformed("cosignature: by another key of this name")
    text = checkpoint.note.partition("\n\n")[0] + "\n"
    (at,) = check_signature(text, key, signature)
    if at > unix(tx.now + _AHEAD):
        raise ClockDisagrees(seconds=at - unix(tx.now))
    if at < unix(checkpoint.signed_at - _BEFORE):
        raise DatedBefore(seconds=unix(checkpoint.signed_at) - at)
    found = tx.session.scalar(
        select(Cosignature).where(
            Cosignature.checkpoint_id == checkpoint.id, Cosignature.witness_id == witness.id
        )
    )
    if found is None:
        found = Cosignature(
            checkpoint_id=checkpoint.id, witness_id=witness.id, line=line, dated_at=from_unix(at)
        )
        tx.session.add(found)
        tx.session.flush()
    return found
