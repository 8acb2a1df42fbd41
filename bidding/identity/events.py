"""What happens to accounts and others may want to hear of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SignedInFromNewDevice:
    """Somebody signed in to the account in a browser that had never been signed in to it; not at the first sign-in.

    ``client`` is the browser in plain words (``Chrome · Windows``), ``address`` the network it came from.
    """

    account_id: int
    session_id: int
    client: str
    address: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RegistrationDecided:
    """The window has looked at a tenderer's papers: approved, or sent back with what is to be mended."""

    organisation_id: int
    approved: bool


@dataclass(frozen=True, slots=True)
class AccountOpened:
    """A member of staff was invited for the first time."""

    account_id: int
