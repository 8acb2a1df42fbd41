"""Beating, holding, and extending. Every act in the caller's one transaction (protocol §4, §5)."""

from bidding.outages.service.correction import correction_text
from bidding.outages.service.extending import (
    draft,
    draft_part,
    draft_prices,
    drop,
    require_prices_movable,
    sign,
    sign_file,
)
from bidding.outages.service.holding import (
    ask_lift,
    beat,
    confirm_lift,
    hold_if_due,
    measure,
    resume,
    suspend,
    watch,
)
from bidding.outages.service.steps import MAX_REASON

__all__ = [
    "MAX_REASON",
    "ask_lift",
    "beat",
    "confirm_lift",
    "correction_text",
    "draft",
    "draft_part",
    "draft_prices",
    "drop",
    "hold_if_due",
    "measure",
    "require_prices_movable",
    "resume",
    "sign",
    "sign_file",
    "suspend",
    "watch",
]
