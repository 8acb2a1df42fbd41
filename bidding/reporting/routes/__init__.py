"""The public report and its exports, its other cuts, and the administrator's import of old ledgers."""

from bidding.reporting.routes import cuts, imports, report
from bidding.reporting.routes.blueprint import bp

__all__ = ["bp", "cuts", "imports", "report"]
