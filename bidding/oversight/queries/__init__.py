"""Published facts for the rules, and what the pages show of findings."""

from bidding.oversight.queries.facts import due_units, is_any_due, projects
from bidding.oversight.queries.findings import (
    FlagLine,
    Wanted,
    agencies,
    all_findings,
    finding,
    findings,
    measure_history,
    measures,
    notes,
    overview,
    owners,
    parse_wanted,
    rate,
    values,
    years,
)
from bidding.oversight.queries.history import agency_lots, owner_items, tenderer_lots

__all__ = [
    "FlagLine",
    "Wanted",
    "agencies",
    "agency_lots",
    "all_findings",
    "due_units",
    "finding",
    "findings",
    "is_any_due",
    "measure_history",
    "measures",
    "notes",
    "overview",
    "owner_items",
    "owners",
    "parse_wanted",
    "projects",
    "rate",
    "tenderer_lots",
    "values",
    "years",
]
