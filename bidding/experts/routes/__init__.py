"""The pool, and the draws: one page a draw, on which each sees what they have to do now."""

from bidding.experts.routes import acts, draws, files, naming, pool
from bidding.experts.routes.blueprint import bp

__all__ = ["acts", "bp", "draws", "files", "naming", "pool"]
