"""The pages that belong to no single domain: home, results, feeds, and what machines look for."""

from bidding.portal.routes import feeds, home, machines, results, searches, timeline
from bidding.portal.routes.blueprint import bp

CSRF_EXEMPT = (*home.CSRF_EXEMPT, *searches.CSRF_EXEMPT)

__all__ = ["CSRF_EXEMPT", "bp", "feeds", "home", "machines", "results", "searches", "timeline"]
