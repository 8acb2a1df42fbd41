"""The tenderer's pages, and what programs use: resumable uploads and signed manifests."""

from bidding.submissions.routes import bids, pages, uploads
from bidding.submissions.routes.blueprint import bp

__all__ = ["CSRF_EXEMPT", "bids", "bp", "pages", "uploads"]

#: Its form's token is read from the stream by the form itself: the general check would spool the whole body.
CSRF_EXEMPT = (pages.take,)
