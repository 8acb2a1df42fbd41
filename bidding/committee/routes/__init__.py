"""A committee's page for those who run the evaluation, the room's page for those who sit on it, and how they did."""

from bidding.committee.routes import appraisal, arrival, desk, lists
from bidding.committee.routes.blueprint import bp

__all__ = ["appraisal", "arrival", "bp", "desk", "lists"]
