"""The unified transaction identifier (统一交易标识码) and its check character. Pure.

Forty signs, ``A01-91510524MA00000006-20261123-000001-K``: trade, USCC of the platform, day, serial of that day, check
(domain reference §8). The check is ISO/IEC 7064 MOD 37-2 (GB/T 17710) over the 35 signs between the hyphens.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from bidding.core.codes import check_uscc
from bidding.core.errors import N_, DomainError, Invalid

#: The values of ISO/IEC 7064, table 5: the last one stands as a check character only.
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*"
MAX_SERIAL = 999_999
_SHAPE = re.compile(
    r"(?P<trade>[A-Z][0-9]{2})-(?P<platform>[0-9A-Z]{18})-(?P<day>[0-9]{8})-(?P<serial>[0-9]{6})-(?P<check>[0-9A-Z*])"
)


class InvalidDealCode(Invalid):
    """Not a unified transaction identifier."""

    code = "province.deal_code"
    text = N_("这不是统一交易标识码：一共 40 位，分五段，用“-”隔开。请照公告或省平台核对。")


class DealCodeCheck(InvalidDealCode):
    """The last sign does not fit the others. The right one is not told: it would turn a slip into a valid code."""

    code = "province.deal_code_check"
    text = N_("统一交易标识码的校验位不对：至少有一位抄错，或两位颠倒。请逐位核对。")


class DealCodesUsedUp(DomainError):
    """More lots in a day than the code has places for."""

    code = "province.deal_codes_used_up"
    text = N_("今天的统一交易标识码已经用完（999999 个）。请联系管理员。")


@dataclass(frozen=True, slots=True)
class DealCode:
    """The parts of an identifier; ``serial`` counts the lots of a platform's day, from 1."""

    trade: str
    platform: str
    day: date
    serial: int

    def __str__(self) -> str:
        parts = self.trade, self.platform, f"{self.day:%Y%m%d}", f"{self.serial:06d}"
        return "-".join((*parts, check_character("".join(parts))))


def check_character(payload: str) -> str:
    """The MOD 37-2 check of capitals and digits. Raises ``ValueError`` for any other sign.

    Reduced at every step: a power of two for each place, as in the published sample, overflows with 35 of them.
    """
    total = 0
    for sign in payload:
        value = ALPHABET.index(sign)
        if value == 36:
            msg = "the asterisk is a check character only"
            raise ValueError(msg)
        total = (total + value) * 2 % 37
    return ALPHABET[(1 - total) % 37]


def deal_code(trade: str, platform: str, day: date, serial: int) -> str:
    """The identifier of a lot. Raises ``DealCodesUsedUp``, and ``ValueError`` for a malformed part."""
    if serial > MAX_SERIAL:
        raise DealCodesUsedUp
    if not re.fullmatch(r"[A-Z][0-9]{2}", trade) or serial < 1 or check_uscc(platform) != platform:
        msg = f"not the parts of an identifier: {trade!r}, {platform!r}, {serial}"
        raise ValueError(msg)
    return str(DealCode(trade, platform, day, serial))


def read_deal_code(text: str) -> DealCode:
    """The parts of an identifier. Raises ``InvalidDealCode``, ``DealCodeCheck`` where only the check is wrong."""
    found = _SHAPE.fullmatch(text)
    if found is None:
        raise InvalidDealCode
    try:
        day = date(int(found["day"][:4]), int(found["day"][4:6]), int(found["day"][6:]))
    except ValueError as error:
        raise InvalidDealCode from error
    payload = found["trade"] + found["platform"] + found["day"] + found["serial"]
    if check_character(payload) != found["check"]:
        raise DealCodeCheck
    return DealCode(found["trade"], found["platform"], day, int(found["serial"]))
