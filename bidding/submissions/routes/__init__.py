"""The tenderer's pages from getting ready to the receipt, the service room's desk, and what programs use."""

from bidding.submissions.routes import bids, desk, journey, pages, paper, uploads
from bidding.submissions.routes.blueprint import bp

__all__ = ["CSRF_EXEMPT", "bids", "bp", "desk", "journey", "pages", "paper", "uploads"]

#: Its form's token is read from the stream by the form itself: the general check would spool the whole body.
CSRF_EXEMPT = (pages.take,)
