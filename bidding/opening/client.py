"""What a trustee's machine does with an opening package: check everything, then use the key (protocol §6.2). Pure."""

from __future__ import annotations

from datetime import datetime

from bidding.core.entropy import Entropy
from bidding.opening.batches import SignedBatch, check_checkpoints, make_batch
from bidding.opening.bundle import check_leaves, parse_bundle, replay_bundle


def open_package(
    data: bytes, *, seed: bytes, stage: int, now: datetime, entropy: Entropy, words: str | None = None
) -> list[SignedBatch]:
    """A trustee's signed batches for a stage: of the public envelopes first, then of the others if there are any.

    ``words`` are the six from the paper record, where no witness could be reached. Raises ``Malformed``.
    """
    bundle = parse_bundle(data)
    record = replay_bundle(bundle, check_leaves(bundle))
    checkpoints = check_checkpoints(record, bundle.checkpoints)
    return [
        make_batch(
            record, checkpoints, seed=seed, stage=stage, public=public, now=now, entropy=entropy, words=words
        )
        for public in (True, False)
        if record.envelopes(stage, public=public)
    ]
