"""Announcements for everybody, the agency's desk for them, objections, and the tender that follows an intention."""

from bidding.announcements.routes import desk, following, objections, public
from bidding.announcements.routes.blueprint import bp

__all__ = ["bp", "desk", "following", "objections", "public"]
