"""Notices, rules and calendar for everybody; the drafting desk for the agency and its second person."""

from bidding.tenders.routes import dates, desk, entry, following, methods, notices, review, settings
from bidding.tenders.routes.blueprint import bp

__all__ = [
    "CSRF_EXEMPT",
    "bp",
    "dates",
    "desk",
    "entry",
    "following",
    "methods",
    "notices",
    "review",
    "settings",
]

#: Its form's token is read from the stream by the form itself: the general check would spool the whole body.
CSRF_EXEMPT = (desk.take_document,)
