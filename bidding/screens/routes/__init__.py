"""Pages for machines of the hall."""

from bidding.screens.routes import kiosk, screen
from bidding.screens.routes.blueprint import bp

__all__ = ["bp", "kiosk", "screen"]
