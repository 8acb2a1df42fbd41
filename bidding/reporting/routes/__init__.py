"""The public report and its exports, its other cuts, what was issued on paper, and the administrator's import of old ledgers."""

from bidding.reporting.routes import cuts, imports, issues, report
from bidding.reporting.routes.blueprint import bp

__all__ = ["bp", "cuts", "imports", "issues", "report"]
