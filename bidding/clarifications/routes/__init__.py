"""The pages of questions, answers and corrections."""

from bidding.clarifications.routes import announced, desk, notices, questions
from bidding.clarifications.routes.blueprint import bp

__all__ = ["CSRF_EXEMPT", "announced", "bp", "desk", "notices", "questions"]

#: Its form's token is read from the stream by the form itself: the general check would spool the whole body.
CSRF_EXEMPT = (desk.take_file,)
