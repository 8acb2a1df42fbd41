"""Notices, rules and calendar for everybody; the drafting desk for the agency and its second person."""

from bidding.tenders.routes import (
    copying,
    dates,
    desk,
    entry,
    following,
    methods,
    notices,
    quick,
    review,
    settings,
    sheets,
    terms,
)
from bidding.tenders.routes.blueprint import bp

__all__ = [
    "CSRF_EXEMPT",
    "bp",
    "copying",
    "dates",
    "desk",
    "entry",
    "following",
    "methods",
    "notices",
    "quick",
    "review",
    "settings",
    "sheets",
    "terms",
]

#: Their forms' tokens are read from the stream by the forms themselves: the general check would spool the whole body.
CSRF_EXEMPT = (desk.take_document, quick.take_quick)
