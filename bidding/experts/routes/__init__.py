"""The pool, and the draws: one page a draw, on which each sees what they have to do now."""

from bidding.experts.routes import (
    acts,
    applying,
    draws,
    fairness,
    files,
    keeping,
    naming,
    pool,
    recusal,
    replying,
    screen,
)
from bidding.experts.routes.blueprint import bp

__all__ = [
    "acts",
    "applying",
    "bp",
    "draws",
    "fairness",
    "files",
    "keeping",
    "naming",
    "pool",
    "recusal",
    "replying",
    "screen",
]
