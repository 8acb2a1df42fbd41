"""Checklists for everybody; cases for those who file them, handle them and are asked about them."""

from bidding.casework.routes import checklists, filing, handling, page
from bidding.casework.routes.blueprint import bp

__all__ = ["bp", "checklists", "filing", "handling", "page"]
