"""Taking one part of a file off the line: durable, checked and hashed before it counts.

The row's ``received`` is what was durable when it was written; where a disk has lost bytes that it had promised, the
file's own length is the truth. Bytes beyond both were never acknowledged and are written over.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace

from bidding.core.actor import Actor
from bidding.core.canonical import loads
from bidding.core.errors import DomainError
from bidding.db import db, uow
from bidding.sealing.age import MAX_HEADER
from bidding.sealing.container import NotSealed as HeaderRefused
from bidding.sealing.container import check_age_header
from bidding.storage import StorageFull
from bidding.storage.beside import Beside, Piece
from bidding.storage.parts import Growing
from bidding.submissions import arming, reception, service, uploads
from bidding.submissions.hashes import hash_of
from bidding.submissions.intake import NotSealed
from bidding.submissions.policy import Permission
from bidding.submissions.reception import Desk
from bidding.submissions.tus import Checksum, ChecksumMismatch, WrongOffset
from bidding.submissions.uploads import Outcome, PartTooLarge, Progress

log = logging.getLogger(__name__)

_MIB = 1 << 20
#: A body without a checksum is made durable in stretches of this many bytes: no more than one is ever sent twice.
STRETCH = 8 * _MIB


@dataclass(frozen=True, slots=True)
class Part:
    """One part: where it begins, how many bytes are announced, what they should hash to, and the bytes as they come.

    ``chunks`` ends early where the line was cut.
    """

    offset: int
    length: int
    checksum: Checksum | None
    chunks: Iterable[bytes]


def progress(desk: Desk, actor: Actor, uid: str) -> Progress:
    """Where one of the organisation's uploads stands."""
    session = db.session()
    found = uploads.own_upload(session, actor, uid)
    state = uploads.progress_of(found, desk.parts.size(uid))
    session.rollback()
    return state


def append(desk: Desk, actor: Actor, uid: str, part: Part) -> Progress:
    """Take a part; where the upload stands then. A line that was cut keeps what could be checked.

    Raises ``Busy``, ``WrongOffset``, ``PartTooLarge``, ``ChecksumMismatch``, ``NotSealed``, ``StorageFull``,
    ``TooLate``; whatever is raised, the bytes that were acknowledged stay.
    """
    project_uid, state = _at_open_gate(desk, actor, uid)
    if state.is_whole:
        return _whole_already(state, part)
    with desk.parts.hold(uid) as file:
        state = progress(desk, actor, uid)  # again: only now is nobody else writing
        if state.is_whole:
            return _whole_already(state, part)
        if part.offset != state.offset:
            raise WrongOffset(offset=state.offset, sent=part.offset)
        if part.offset + part.length > state.length:
            raise PartTooLarge(file=state.name, limit=state.length)
        state = _Taking(desk, actor, project_uid, state, file).take(part)
    if state.outcome.refusal is not None:
        raise state.outcome.refusal
    if state.outcome.intake_id is not None:
        reception.finish(desk, state.outcome.intake_id)
    return state


def _at_open_gate(desk: Desk, actor: Actor, uid: str) -> tuple[str, Progress]:
    """The project of one of the organisation's uploads, and where it stands. Raises ``TooLate``."""
    session, now = db.session(), desk.world.clock.now()
    upload, gate, project_uid = uploads.at_gate(session, actor, uid)
    state, stands, closes_at = uploads.progress_of(upload, desk.parts.size(uid)), gate.state, gate.closes_at
    session.rollback()
    service.require_in_time(now, stands, closes_at)
    return project_uid, state


def _whole_already(state: Progress, part: Part) -> Progress:
    """Nothing more is to come: an empty part at the end is a client that lost the last answer."""
    if part.offset != state.length:
        raise WrongOffset(offset=state.length, sent=part.offset)
    if part.length:
        raise PartTooLarge(file=state.name, limit=state.length)
    return state


class _Taking:
    """One part on its way into the file that is held."""

    def __init__(self, desk: Desk, actor: Actor, project_uid: str, state: Progress, file: Growing) -> None:
        self._desk = desk
        self._actor = actor
        self._project_uid = project_uid
        self._state = state
        self._file = file
        self._received = self._written = state.offset
        self._hash = desk.hashes.take(state.uid, state.offset) or hash_of(file, state.offset)
        self._durable_hash = self._hash.copy()

    def take(self, part: Part) -> Progress:
        try:
            self._take(part)
        except (ChecksumMismatch, StorageFull):
            self._file.cut(self._state.offset)
            raise
        except OSError as error:
            # After a failed sync nobody knows which bytes the disk has (reliability.md, trap 4): none count.
            log.critical("upload %s: %s; it has to come again from its start", self._state.uid, error)
            self._desk.parts.drop(self._state.uid)
            raise
        finally:
            if not self._state.is_whole:
                self._desk.hashes.put(self._state.uid, self._state.offset, self._durable_hash)
        return self._state

    def _take(self, part: Part) -> None:
        end = part.offset + part.length
        checked = part.checksum.new() if part.checksum is not None else None
        hashes = [self._hash] if checked is None else [self._hash, checked]
        beside = Beside(self._append, *(each.update for each in hashes))
        try:
            for chunk in part.chunks:
                beside.update(chunk)
                self._received += len(chunk)
                if checked is None and end > self._received >= self._state.offset + STRETCH:
                    beside.settle()
                    self._make_durable()
        finally:
            beside.settle()
        if checked is not None and part.checksum is not None:
            if self._written < end:  # cut: what came cannot be checked, and comes again
                self._file.cut(part.offset)
                return
            if checked.digest() != part.checksum.digest:
                raise ChecksumMismatch
        if self._written > self._state.offset:
            self._make_durable()

    def _append(self, chunk: Piece) -> None:
        self._file.write(chunk, self._written)
        self._written += len(chunk)

    def _make_durable(self) -> None:
        """Everything written so far counts from here on."""
        self._check_head()
        self._file.sync()
        durable_at = self._desk.world.clock.now()
        uid, lasts = self._state.uid, self._desk.limits.lasts
        is_whole, outcome = self._written == self._state.length, Outcome()
        with (
            self._desk.underway.since(self._project_uid, durable_at),
            uow.transaction(self._actor, self._desk.world) as tx,
        ):
            if is_whole:
                outcome = uploads.complete(
                    tx, self._project_uid, uid, self._hash.hexdigest(), durable_at, lasts
                )
            else:
                uploads.advance(tx, uid, self._written, lasts)
            expires_at = tx.now + lasts
        if outcome.is_gone:
            self._desk.parts.drop(uid)
        elif is_whole:
            self._desk.parts.keep(uid, self._hash.hexdigest())
        self._state = replace(
            self._state, offset=self._written, is_whole=is_whole, expires_at=expires_at, outcome=outcome
        )
        self._durable_hash = self._hash.copy()

    def _check_head(self) -> None:
        """Refuse plain text with the first bytes that show it, before they count."""
        enough = min(self._state.length, MAX_HEADER)
        if self._state.offset >= enough or self._written < enough:
            return
        try:
            check_age_header(self._file.read(MAX_HEADER, 0))
        except HeaderRefused as error:
            refusal = NotSealed(file=self._state.name, reason=error.params["reason"])
            with uow.transaction(self._actor, self._desk.world) as tx:
                uploads.refuse_plain(tx, self._state.uid, refusal)
            self._desk.parts.drop(self._state.uid)
            raise refusal from error


def recover(desk: Desk) -> None:
    """Go on with files whose last part a process made durable, or nearly, and died before it could say so.

    Only where an armed bid waits for the file and its hash is the manifest's: then it is whole from now on, and
    the stamp is now, which is later than the moment it became durable and never earlier.
    """
    session = db.session()
    waiting = [
        (
            arming.actor_of(armed, Permission.BID_SUBMIT),
            armed.project.uid,
            arming.files_of(loads(armed.manifest)),
            uid,
        )
        for armed, uid in arming.waiting_uploads(session)
    ]
    session.rollback()
    for actor, project_uid, wanted, uid in waiting:
        with suppress(DomainError):  # somebody writes to it, or it went meanwhile
            if desk.parts.size(uid) == progress(desk, actor, uid).length:
                with desk.parts.hold(uid) as file:
                    _recover(desk, actor, project_uid, uid, file, wanted)


def _recover(
    desk: Desk,
    actor: Actor,
    project_uid: str,
    uid: str,
    file: Growing,
    wanted: dict[tuple[str, int], tuple[int, str]],
) -> None:
    state = progress(desk, actor, uid)
    if state.is_whole or file.size != state.length:
        return
    digest = hash_of(file, state.length).hexdigest()
    if digest not in {sha256 for _, sha256 in wanted.values()}:
        file.cut(state.offset)
        return
    file.sync()
    durable_at = desk.world.clock.now()
    with uow.transaction(actor, desk.world) as tx:
        outcome = uploads.complete(tx, project_uid, uid, digest, durable_at, desk.limits.lasts)
    if outcome.is_gone:
        desk.parts.drop(uid)
    else:
        desk.parts.keep(uid, digest)
