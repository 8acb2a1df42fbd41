"""Signing in, one's own account, passkeys; the company file, the window, accounts and roles."""

from bidding.identity.routes import account, passkeys, people, signing_in
from bidding.identity.routes.blueprint import bp

__all__ = ["account", "bp", "passkeys", "people", "signing_in"]
