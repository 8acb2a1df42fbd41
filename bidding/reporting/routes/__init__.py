"""The public report and its exports, its other cuts, what was issued on paper, and the administrator's import of old ledgers."""

from bidding.reporting.routes import columns, cuts, imports, issues, report
from bidding.reporting.routes.blueprint import bp

__all__ = ["bp", "columns", "cuts", "imports", "issues", "report"]
