"""The two kinds of codes people type: six digits of an authenticator (RFC 6238), and printed codes. Pure."""

from __future__ import annotations

import base64
import hmac
from datetime import datetime

import pyotp

from bidding.core.entropy import Entropy, new_uid

#: RFC 6238: a step of thirty seconds, six digits, SHA-1, which is what every authenticator app understands.
STEP_SECONDS = 30
#: Steps either side that are taken too: clocks of telephones are a little off.
DRIFT = 1
#: RFC 4226 R6: 160 bits.
SECRET_BYTES = 20
#: Printed codes on a sheet, and the signs of each: 16 of 31 is 79 bits.
SHEET = 10
_SIGNS = 16
_GROUP = 4


def step_of(now: datetime) -> int:
    """The number of the thirty seconds that ``now`` lies in."""
    return int(now.timestamp()) // STEP_SECONDS


def digits(secret: bytes, step: int) -> str:
    """The six digits of one step."""
    return pyotp.TOTP(readable(secret)).generate_otp(step)


def matching_step(secret: bytes, typed: str, *, now: datetime, last: int | None) -> int | None:
    """The step that the digits belong to, or None. A step that was used, or lies before one, is used up.

    Every step of the window is compared, so that the time taken tells nothing.
    """
    here = step_of(now)
    found = None
    for step in range(here - DRIFT, here + DRIFT + 1):
        right = hmac.compare_digest(digits(secret, step).encode(), typed.encode())
        if right and (last is None or step > last):
            found = step
    return found


def readable(secret: bytes) -> str:
    """The secret as authenticators take it: base32 without padding."""
    return base64.b32encode(secret).decode().rstrip("=")


def address(secret: bytes, *, login: str, centre: str) -> str:
    """The ``otpauth://`` address that the picture holds."""
    return pyotp.TOTP(readable(secret)).provisioning_uri(name=login, issuer_name=centre)


def is_digits(typed: str) -> bool:
    """Whether somebody typed an authenticator's digits and not a printed code."""
    return len(typed) == 6 and typed.isascii() and typed.isdigit()


def new_sheet(entropy: Entropy) -> list[str]:
    """Ten fresh codes, in their normal form."""
    return [new_uid(entropy, _SIGNS) for _ in range(SHEET)]


def printed(code: str) -> str:
    """A code in groups of four, to be read and typed."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def normal(typed: str) -> str:
    """What was typed, without spaces and dashes, in lower case."""
    return "".join(sign for sign in typed.lower() if sign.isalnum() and sign.isascii())
