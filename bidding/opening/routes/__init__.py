"""The hall and its box, what happens in it, and its public part that every watcher polls."""

from bidding.opening.routes import afterwards, box, hall, offline, paper, papers, sitting
from bidding.opening.routes.blueprint import bp

__all__ = ["afterwards", "box", "bp", "hall", "offline", "paper", "papers", "sitting"]
