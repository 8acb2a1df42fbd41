"""Share batches: what a trustee checks before the key is used, what the server checks, how envelopes open. Pure.

Protocol §2 (times), §6.1–6.4.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bidding.core.canonical import Malformed, array, boolean, dumps, exactly, integer, text_of, unhex
from bidding.core.clock import from_unix, unix
from bidding.core.entropy import Entropy
from bidding.core.signing import public_key, sign_object, verify_object
from bidding.ledger.merkle import Tree
from bidding.ledger.note import BadSignature, parse_head, parse_note
from bidding.ledger.trust import Checked, Policy
from bidding.ledger.words import six_words
from bidding.opening.record import Close, LoggedBid, Record, close_checkpoint, counts_in_time
from bidding.sealing import age
from bidding.sealing.age import Reader
from bidding.sealing.container import parse_sheet
from bidding.sealing.dealing import (
    check_dealing,
    check_share,
    combine,
    identity_of,
    make_share,
    recipient_of,
    trustee_public,
    trustee_scalar,
    trustee_sign_seed,
)
from bidding.sealing.panel import Seat, envelope_ctx

TAG = "bidseal/v1 shares"
#: A sheet larger than this is not read.
MAX_SHEET = 16 * 1024 * 1024
_WORDS = re.compile(r"[0-9]{4}( [0-9]{4}){5}")
_IDENTITY = re.compile(r"AGE-SECRET-KEY-1[0-9A-Z]{58}")

#: Shares of one trustee by (bid, envelope).
Shares = Mapping[tuple[str, str], Mapping[str, Any]]


class OtherHistory(Malformed):
    """A signed checkpoint whose root is not that of these leaves: the log was forked, or leaves were changed."""


class Stranger(Malformed):
    """A checkpoint with a line by a key that the panel's policy does not name."""


@dataclass(frozen=True, slots=True)
class SignedBatch:
    """A batch beside its signature, as it is handed in."""

    batch: Mapping[str, Any]
    sig: str

    @property
    def value(self) -> dict[str, Any]:
        """The JSON object ``{"batch", "sig"}``."""
        return {"batch": dict(self.batch), "sig": self.sig}

    @property
    def sha256(self) -> str:
        """What the log's ``shares`` event says of it, in hex."""
        return hashlib.sha256(dumps(self.value)).hexdigest()


def parse_batch(value: object) -> SignedBatch:
    """``{"batch", "sig"}`` of the right shape; nothing is proved yet. Raises ``Malformed``."""
    outer = exactly(value, "batch sig", "share batch")
    batch = exactly(outer["batch"], "v type panel checkpoint i stage public shares", "share batch")
    integer(batch["v"], "share batch: v", 1, 1)
    if batch["type"] != "shares":
        raise Malformed("share batch: type is not shares")
    unhex(batch["panel"], 32, "share batch: panel")
    text_of(batch["checkpoint"], "share batch: checkpoint")
    integer(batch["i"], "share batch: i", 1)
    integer(batch["stage"], "share batch: stage", 1)
    boolean(batch["public"], "share batch: public")
    for place, share in enumerate(array(batch["shares"], "share batch: shares")):
        exactly(share, "bid envelope i S c z", f"share batch: shares[{place}]")
    unhex(outer["sig"], 64, "share batch: sig")
    return SignedBatch(batch, outer["sig"])


def seat_of_seed(record: Record, seed: bytes) -> Seat:
    """The seat that a trustee's seed holds in the panel. Raises ``Malformed`` if it holds none."""
    pub, sign = trustee_public(seed), public_key(trustee_sign_seed(seed))
    for seat in record.panel.seats:
        if seat.pub == pub and seat.sign == sign:
            return seat
    raise Malformed("this key holds no seat in the panel of the project")


class Leaves(Protocol):
    """Of a log, what a checkpoint is held against."""

    @property
    def policy(self) -> Policy:
        """Whose signatures count."""

    @property
    def tree(self) -> Tree:
        """Its leaves."""

    @property
    def size(self) -> int:
        """How many there are."""


def check_checkpoints(record: Leaves, notes: Sequence[str]) -> list[Checked]:
    """Every checkpoint of a bundle, checked by the panel's policy against the leaves (protocol §6.5).

    Sizes must ascend, roots be those of the leaves, every line be by the log or by a witness of the policy, and
    hold. Raises ``Malformed``: ``BadSignature``, ``OtherHistory`` and ``Stranger`` among it.
    """
    out: list[Checked] = []
    known = {(key.name, key.key_id) for key in (*record.policy.logs, *record.policy.witnesses.values())}
    for place, note in enumerate(notes):
        what = f"checkpoint {place}"
        try:
            checked = record.policy.read(note)
        except BadSignature as error:
            raise BadSignature(f"{what}: {error}") from error
        except Malformed as error:
            raise Malformed(f"{what}: {error}") from error
        size = checked.head.size
        if out and size <= out[-1].head.size:
            raise Malformed(f"{what}: sizes do not ascend")
        if size > record.size:
            raise Malformed(f"{what}: speaks of {size} leaves, there are {record.size}")
        if checked.head.root != record.tree.root(size):
            raise OtherHistory(f"{what}: its root is not that of the first {size} leaves")
        if strangers := [name for name, key_id in _lines(note) if (name, key_id) not in known]:
            raise Stranger(f"{what}: signed by {strangers[0]}, whom the panel's policy does not name")
        out.append(checked)
    return out


def check_words(record: Record, words: str) -> None:
    """Compare the six words on the paper record with those of the close (protocol §4). Raises ``Malformed``."""
    if not _WORDS.fullmatch(words):
        raise Malformed("the words are not six groups of four digits")
    if record.close is None:
        raise Malformed("the log is not closed, so it has no words yet")
    head = record.close.head
    if six_words(head.origin, head.size, head.root) != words:
        raise Malformed("the six words on paper are not those of this log's close")


def may_open(
    record: Record, checkpoints: Sequence[Checked], *, stage: int, now: datetime, words: str | None = None
) -> Close:
    """Check all that stands between a trustee and opening a stage (protocol §2, §6.2); the close that is opened.

    Raises ``Malformed``. ``record`` is the replay of every leaf there is, ``checkpoints`` what ``check_checkpoints`` gave, ``now`` the
    trustee's own clock. ``words`` from the paper record stand in for witnesses who could not be reached.
    """
    opens_at = record.opens_at(stage)
    if now < from_unix(opens_at):
        raise Malformed(f"stage {stage} opens at {opens_at}, this machine's clock says {unix(now)}")
    if record.close is None:
        raise Malformed("the log is not closed")
    if record.on_hold:
        raise Malformed("the opening is on hold")
    if not checkpoints or checkpoints[-1].head.size != record.size:
        raise Malformed("the last checkpoint does not cover every leaf")
    if words is not None:
        check_words(record, words)
    else:
        _check_witnessed(record, checkpoints, opens_at)
    if missing := sorted(record.short_lots() - record.failed.keys()):
        raise Malformed(f"lot {missing[0]} has too few bids, and the log does not say that it failed")
    record.check_turn(stage, "shares")
    if not record.standing(stage):
        raise Malformed("no bid is to be opened")
    return record.close


def _check_witnessed(record: Record, checkpoints: Sequence[Checked], opens_at: int) -> None:
    close_checkpoint(record, checkpoints)
    late = [index for index, counts in counts_in_time(record, checkpoints).items() if not counts]
    if late:
        raise Malformed(f"leaf {late[0]}: no checkpoint shows that it was there in time")
    last = checkpoints[-1]
    fresh = {name for name, times in last.times.items() if max(times) >= opens_at}
    if not record.policy.satisfied(fresh):
        raise Malformed("the last checkpoint was not cosigned by a quorum at or after the instant of opening")


def make_batch(
    record: Record,
    checkpoints: Sequence[Checked],
    *,
    seed: bytes,
    stage: int,
    public: bool,
    now: datetime,
    entropy: Entropy,
    words: str | None = None,
) -> SignedBatch:
    """A trustee's signed shares for one stage and kind, after everything in ``may_open`` holds.

    Every dealing is checked under its own ctx right before the key touches it: that is what stops a share
    copied from another tender from being opened here (protocol §3). Raises ``Malformed``.
    """
    close = may_open(record, checkpoints, stage=stage, now=now, words=words)
    seat, x = seat_of_seed(record, seed), trustee_scalar(seed)
    shares = []
    for bid, envelope in record.to_be_shared(stage, public=public):
        dealing = bid.envelope(envelope)["dealing"]
        ctx = envelope_ctx(record.panel_hash, bid.uid, envelope)
        check_dealing(ctx, record.panel.k, record.panel.pubs, dealing)
        share = make_share(ctx, seat.i, x, bytes.fromhex(dealing["E"][seat.i - 1]), entropy)
        shares.append({"bid": bid.uid, "envelope": envelope, **share})
    batch = {
        "v": 1,
        "type": "shares",
        "panel": record.panel_hash.hex(),
        "checkpoint": close.head.text,
        "i": seat.i,
        "stage": stage,
        "public": public,
        "shares": shares,
    }
    return SignedBatch(batch, sign_object(trustee_sign_seed(seed), TAG, batch))


def check_batch(record: Record, batch: object, sig: object) -> Shares:
    """Check a batch whole: one bad share refuses all of it (protocol §6.2). Raises ``Malformed``.

    The shares by (bid, envelope). The manifests' dealings are taken as checked.
    """
    signed = parse_batch({"batch": batch, "sig": sig})
    parts = signed.batch
    what = f"share batch of seat {parts['i']}"
    if record.close is None:
        raise Malformed(f"{what}: the log is not closed")
    if parts["panel"] != record.panel_hash.hex():
        raise Malformed(f"{what}: made for another panel")
    if parts["checkpoint"] != record.close.head.text:
        raise Malformed(f"{what}: made for another checkpoint, {_named(parts['checkpoint'])}")
    seat = record.panel.seat(parts["i"])
    record.opens_at(parts["stage"])
    if not verify_object(seat.sign, TAG, parts, sig):
        raise Malformed(f"{what}: the signature does not hold")
    wanted = {
        (bid.uid, envelope): bid
        for bid, envelope in record.to_be_shared(parts["stage"], public=parts["public"])
    }
    shares: dict[tuple[str, str], Mapping[str, Any]] = {}
    for item in parts["shares"]:
        key = (text_of(item["bid"], f"{what}: bid"), text_of(item["envelope"], f"{what}: envelope"))
        if key in shares:
            raise Malformed(f"{what}: two shares for bid {key[0]}, {key[1]}")
        if key not in wanted:
            raise Malformed(f"{what}: bid {key[0]}, {key[1]} is not to be opened with it")
        shares[key] = _checked_share(record, wanted[key], key[1], seat, item, what)
    if missing := [key for key in wanted if key not in shares]:
        raise Malformed(f"{what}: no share for bid {missing[0][0]}, {missing[0][1]}")
    return shares


def shares_in(batch: Mapping[str, Any]) -> Shares:
    """The shares of a batch that was checked before, by (bid, envelope)."""
    return {
        (item["bid"], item["envelope"]): {key: item[key] for key in ("i", "S", "c", "z")}
        for item in batch["shares"]
    }


def _checked_share(
    record: Record, bid: LoggedBid, envelope: str, seat: Seat, item: Mapping[str, Any], what: str
) -> Mapping[str, Any]:
    share = {key: item[key] for key in ("i", "S", "c", "z")}
    e = bytes.fromhex(bid.envelope(envelope)["dealing"]["E"][seat.i - 1])
    try:
        check_share(envelope_ctx(record.panel_hash, bid.uid, envelope), seat.i, seat.pub, e, share)
    except Malformed as error:
        raise Malformed(f"{what}: bid {bid.uid}, {envelope}: {error}") from error
    return share


def _named(checkpoint: str) -> str:
    try:
        head = parse_head(checkpoint)
    except Malformed:
        return "which is not well-formed"
    return f"of {head.origin} at size {head.size}"


def _lines(note: str) -> list[tuple[str, bytes]]:
    _, signatures = parse_note(note)
    return [(signature.name, signature.key_id) for signature in signatures]


@dataclass(frozen=True, slots=True)
class Unlocked:
    """The age identity of one envelope; or why there is none: verdict and evidence (protocol §6.4)."""

    identity: str | None
    verdict: str | None = None
    evidence: Mapping[str, Any] | None = None


def open_envelope(
    record: Record, bid: LoggedBid, envelope: str, batches: Mapping[int, Shares], posted: str | None = None
) -> Unlocked:
    """The key of one envelope from checked batches by seat; ``posted`` is the tenderer's own, should it be needed.

    With k shares the recombined recipient must be the manifest's: otherwise the tenderer sealed to another key
    than was dealt, and provably so. With fewer, only a posted key that fits opens it.
    """
    key = (bid.uid, envelope)
    recipient = bid.envelope(envelope)["recipient"]
    shares = [batches[i][key] for i in sorted(batches) if key in batches[i]][: record.panel.k]
    if len(shares) == record.panel.k:
        identity = identity_of(combine(shares), envelope_ctx(record.panel_hash, bid.uid, envelope))
        if (found := recipient_of(identity)) != recipient:
            return Unlocked(None, "tenderer", {"reason": "recipient", "recipient": found})
        return Unlocked(identity)
    if posted is not None:
        check_posted(bid, envelope, posted)
        return Unlocked(posted)
    return Unlocked(None, "trustees", {"reason": "shares", "shares": len(shares)})


def check_posted(bid: LoggedBid, envelope: str, identity: object) -> str:
    """A tenderer's own key for an envelope. Raises ``Malformed`` unless it is the manifest's."""
    text = text_of(identity, "key")
    if not _IDENTITY.fullmatch(text) or recipient_of(text) != bid.envelope(envelope)["recipient"]:
        raise Malformed(f"key: not that of bid {bid.uid}, {envelope}")
    return text


def open_sheet(
    record: Record, bid: LoggedBid, envelope: str, source: Reader, identity: str
) -> tuple[dict[str, Any], str]:
    """The sheet in a public envelope and its hash. Raises ``Malformed``: then the bid is void (protocol §6.4)."""
    held = _Bounded(MAX_SHEET)
    age.decrypt(source, held, identity)
    return parse_sheet(
        bytes(held.data), project=record.panel.project, lot=bid.lot, bid=bid.uid, envelope=envelope
    )


class _Bounded:
    """Keeps what is written, up to a limit."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.data = bytearray()

    def write(self, data: bytes | memoryview, /) -> None:
        if len(self.data) + len(data) > self._limit:
            raise Malformed(f"sheet: larger than {self._limit} bytes")
        self.data += data
