"""Reading bids' attachments after the opening: decrypted as they are sent, never written in plain (protocol §6.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from io import BytesIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.core.actor import Actor
from bidding.core.canonical import Malformed
from bidding.core.errors import NotFound
from bidding.ledger.models import Log
from bidding.opening import policy, rules, service
from bidding.opening.batches import Shares, open_envelope
from bidding.opening.models import PostedKey
from bidding.opening.policy import Permission
from bidding.opening.record import LoggedBid, Record
from bidding.sealing import age
from bidding.sealing.container import IndexEntry, open_volumes, parse_index
from bidding.storage import BlobStore
from bidding.submissions.models import Bid
from bidding.tenders.models import Project

#: An index of more bytes lists more files than anybody reads.
MAX_INDEX = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Attachments:
    """The files of one bid's envelope; ``problem`` is the technical reason where they cannot be listed."""

    bid: str
    envelope: str
    files: Sequence[IndexEntry]
    problem: str | None = None


class Vault:
    """The attachments of one opened project, for a person who may read them.

    Raises ``Forbidden``; ``FilesSealed`` as long as fewer than k trustees gave their shares of the attachments and no
    tenderer posted a key of its own. With fewer, the posted keys open what they open.
    """

    def __init__(self, session: Session, project: Project, actor: Actor, sealed: BlobStore) -> None:
        policy.require(actor, Permission.FILES_READ, agency_id=project.agency_id)
        service.require_opened(session, project)
        self._sealed = sealed
        self._record: Record = service.record_of(session, session.get_one(Log, project.log_id))
        self._shares: Mapping[int, Mapping[int, Shares]] = {
            stage: service.shares_of(session, self._record, project.id, stage=stage, public=False)
            for stage in self._record.opened
        }
        self._posted = {
            (bid, envelope): identity
            for bid, envelope, identity in session.execute(
                select(Bid.uid, PostedKey.envelope, PostedKey.identity)
                .join(Bid, Bid.id == PostedKey.bid_id)
                .where(PostedKey.project_id == project.id)
            )
        }
        missing = self._record.panel.k - len(self._shares[self._record.panel.stages[0]])
        if missing > 0 and not self._posted:
            raise rules.FilesSealed(missing=missing)

    def listed(self) -> list[Attachments]:
        """Every bid's files, in order of receipt."""
        return [self._list(bid, envelope) for bid, envelope in self._wanted()]

    def _wanted(self) -> list[tuple[LoggedBid, str]]:
        """Bid after bid; of every stage that k trustees, or a tenderer by its own key, have let open."""
        found = []
        for stage, shares in self._shares.items():
            pairs = self._record.to_be_shared(stage, public=False)
            posted = any((bid.uid, envelope) in self._posted for bid, envelope in pairs)
            if posted or len(shares) >= self._record.panel.k:
                found += pairs
        return sorted(found, key=lambda pair: pair[0].index)

    def _list(self, bid: LoggedBid, envelope: str) -> Attachments:
        try:
            return Attachments(bid.uid, envelope, self._index(bid, envelope, self._identity(bid, envelope)))
        except (Malformed, OSError) as error:
            return Attachments(bid.uid, envelope, (), str(error))

    def _identity(self, bid: LoggedBid, envelope: str) -> str:
        stage = self._record.panel.stage_of(envelope)
        unlocked = open_envelope(
            self._record, bid, envelope, self._shares[stage], self._posted.get((bid.uid, envelope))
        )
        if unlocked.verdict == "trustees":
            raise Malformed(f"trustees: {self._record.panel.k} shares are needed, and no key was posted")
        if unlocked.identity is None:
            raise Malformed(f"{unlocked.verdict}: the shares give another key than the manifest names")
        return unlocked.identity

    def _index(self, bid: LoggedBid, envelope: str, identity: str) -> list[IndexEntry]:
        files = bid.envelope(envelope)["files"]
        if files[0]["size"] > MAX_INDEX:
            raise Malformed(f"index: larger than {MAX_INDEX} bytes")
        plain = BytesIO()
        with self._sealed.open(files[0]["sha256"]) as source:
            age.decrypt(source, plain, identity)
        return parse_index(plain.getvalue(), bid=bid.uid, envelope=envelope, volumes=len(files) - 1)

    def open(self, bid_uid: str, envelope: str, number: int) -> tuple[IndexEntry, Iterator[bytes]]:
        """One file, counted from 0, and its plaintext piece by piece. Raises ``NotFound``, ``Malformed``.

        Every piece was authenticated before it is given; a file that turns out not to be what its index says ends
        with an exception before its last piece, so that the download breaks off and nobody takes it for whole.
        """
        for bid, name in self._wanted():
            if (bid.uid, name) == (bid_uid, envelope):
                identity = self._identity(bid, envelope)
                entries = self._index(bid, envelope, identity)
                if not 0 <= number < len(entries):
                    raise NotFound
                digests = {file["n"]: file["sha256"] for file in bid.envelope(envelope)["files"]}
                entry = entries[number]
                return entry, _plain(self._sealed, [digests[n] for n in entry.volumes], identity, entry)
        raise NotFound


def _plain(sealed: BlobStore, digests: Sequence[str], identity: str, entry: IndexEntry) -> Iterator[bytes]:
    """The pieces; nothing is opened before the first is asked for, which a HEAD request never does."""
    with ExitStack() as stack:
        yield from open_volumes((stack.enter_context(sealed.open(each)) for each in digests), identity, entry)
