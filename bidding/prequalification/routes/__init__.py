"""The public pages of prequalifications, the agency's desk for them, and the applicant's."""

from bidding.prequalification.routes import applying, desk, examining, notices
from bidding.prequalification.routes.blueprint import bp

__all__ = ["CSRF_EXEMPT", "applying", "bp", "desk", "examining", "notices"]

#: Their forms' token is read from the stream by the form itself: the general check would spool the whole body.
CSRF_EXEMPT = (desk.take_document, applying.take)
