"""阳光交易 · Sunlit Bidding: the tendering and bidding module of a government service centre."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask

    from bidding.core.clock import Clock
    from bidding.core.entropy import Entropy
    from bidding.storage import BlobStore


def create_app(
    config: Mapping[str, Any] | None = None,
    *,
    clock: Clock | None = None,
    entropy: Entropy | None = None,
    storage: BlobStore | None = None,
) -> Flask:
    """The application. What is not given is the machine's own: its clock, its generator, ``instance/``."""
    from bidding.wiring import build  # the command line's offline tools must not load Flask

    return build(dict(config or {}), clock=clock, entropy=entropy, storage=storage)
