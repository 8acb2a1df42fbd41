"""What a trustee's machine does with an opening package: check everything, then use the key (protocol §6.1–6.2). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bidding.core.canonical import Malformed
from bidding.core.entropy import Entropy
from bidding.ledger.trust import Checked, Policy
from bidding.ledger.words import six_words
from bidding.opening.batches import SignedBatch, check_checkpoints, make_batch, may_open, seat_of_seed
from bidding.opening.bundle import Bundle, check_leaves, parse_bundle, replay_bundle
from bidding.opening.record import Close, Record
from bidding.sealing.panel import Seat


@dataclass(frozen=True, slots=True)
class Package:
    """An opening package whose leaves, events, dealings and checkpoints hold; no key was needed for that."""

    bundle: Bundle
    record: Record
    checkpoints: tuple[Checked, ...]

    @property
    def close(self) -> Close:
        """The close in force. Raises ``Malformed`` where there is none."""
        if self.record.close is None:
            raise Malformed("the log is not closed")
        return self.record.close

    @property
    def words(self) -> str:
        """The six words of the close, to be compared with the paper record (protocol §4)."""
        head = self.close.head
        return six_words(head.origin, head.size, head.root)

    def seat(self, seed: bytes) -> Seat:
        """The seat of a trustee's seed. Raises ``Malformed`` if it holds none."""
        return seat_of_seed(self.record, seed)

    def may_open(self, *, stage: int, now: datetime, words: str | None = None) -> Close:
        """Everything that stands between the key and a stage, by this machine's clock. Raises ``Malformed``."""
        return may_open(self.record, self.checkpoints, stage=stage, now=now, words=words)

    def batches(
        self, *, seed: bytes, stage: int, now: datetime, entropy: Entropy, words: str | None = None
    ) -> list[SignedBatch]:
        """Signed batches for a stage: of the public envelopes, then of the others if there are any.

        Asks ``may_open`` again, at the moment the key is used. Raises ``Malformed``.
        """
        return [
            make_batch(
                self.record,
                self.checkpoints,
                seed=seed,
                stage=stage,
                public=public,
                now=now,
                entropy=entropy,
                words=words,
            )
            for public in (True, False)
            if self.record.envelopes(stage, public=public)
        ]


def read_package(data: bytes, *, panel: str | None = None, pinned: Policy | None = None) -> Package:
    """Take an opening package and check all that needs neither key nor clock (protocol §6.2). Raises ``Malformed``.

    ``panel`` is the panel hash (hex) of the printed notice; ``pinned`` a policy of keys that the trustee has from
    elsewhere.
    """
    bundle = parse_bundle(data)
    if bundle.batches:
        raise Malformed("package: holds batches already, so it is a bundle and not what trustees work from")
    record = replay_bundle(bundle, check_leaves(bundle))
    if panel is not None and record.panel_hash.hex() != panel:
        raise Malformed(f"package: its panel is {record.panel_hash.hex()}, the notice says {panel}")
    package = Package(bundle, record, tuple(check_checkpoints(record, bundle.checkpoints)))
    if pinned is not None:
        check_pinned(record, bundle.checkpoints, pinned)
    return package


def check_pinned(record: Record, notes: tuple[str, ...], pinned: Policy) -> None:
    """Hold the close and the last checkpoint against keys that one has from elsewhere. Raises ``Malformed``.

    The panel names its own keys; who pins some (a supervisor those of all the centre's logs) need not take its
    word for them.
    """
    end = 0 if record.close is None else record.close.head.size
    wanted = [note for note in notes if record.policy.read(note).head.size == end] + list(notes[-1:])
    check_keys(record.policy, wanted, pinned)


def check_keys(policy: Policy, notes: Iterable[str], pinned: Policy) -> None:
    """Hold checkpoints of a panel's ``policy`` against keys that one has from elsewhere. Raises ``Malformed``."""
    if policy.log_vkey.key not in {key.key for key in pinned.logs}:
        raise Malformed(f"the key of the log {policy.log_vkey.name} is none of those pinned")
    for note in notes:
        checked = pinned.read(note)
        if not pinned.witnessed(checked):
            raise Malformed(f"the pinned witnesses did not cosign size {checked.head.size}")


def open_package(
    data: bytes, *, seed: bytes, stage: int, now: datetime, entropy: Entropy, words: str | None = None
) -> list[SignedBatch]:
    """A trustee's signed batches for a stage: of the public envelopes first, then of the others if there are any.

    ``words`` are the six from the paper record, where no witness could be reached. Raises ``Malformed``.
    """
    return read_package(data).batches(seed=seed, stage=stage, now=now, entropy=entropy, words=words)
