"""The rulebook without a database, for tests of the pure rules."""

from datetime import UTC, date, datetime

from bidding.tenders.rulebook import shipped_rules

RULES = shipped_rules()
#: What stands now, and not what it once was.
FIGURES = {rule.figure.code: rule.figure for rule in RULES if rule.validity.last is None}


def figures_of(family, method):
    """The figures of one family and method, by name."""
    prefix = f"{family.value}.{method.value}."
    return {code.removeprefix(prefix): figure for code, figure in FIGURES.items() if code.startswith(prefix)}


def shanghai(day: date, hour=14, minute=30):
    """An instant in UTC, given by Shanghai's clock (UTC+8)."""
    return datetime(day.year, day.month, day.day, hour - 8, minute, tzinfo=UTC)
