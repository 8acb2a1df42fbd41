"""Project and lot numbers: 17, 20 and 23 signs (province platform, code list of the domain reference §8).

17 = trade (3) + region GB/T 2260 (6) + serial (8: the year and four digits); 20 = 17 + the tender within the
project (3); 23 = 20 + the lot (3). The project's ``code`` is the 20-sign number: an identifier of the protocol.
"""

from __future__ import annotations

import re

from bidding.core.errors import N_, DomainError

_REGION = re.compile(r"[0-9]{6}")
_TRADE = re.compile(r"[A-Z][0-9]{2}")
MAX_SERIAL = 9999


class NumbersUsedUp(DomainError):
    """More projects in a year than the number has places for."""

    code = "tenders.numbers_used_up"
    text = N_("今年的项目编号已经用完（9999 个）。请联系管理员。")


def project_code(trade: str, region: str, year: int, serial: int, tender: int = 1) -> str:
    """The 20-sign 招标项目编号. Raises ``NumbersUsedUp`` past serial 9999, ``ValueError`` for a malformed part."""
    if not _TRADE.fullmatch(trade) or not _REGION.fullmatch(region):
        msg = f"not a trade and a region: {trade!r}, {region!r}"
        raise ValueError(msg)
    if serial > MAX_SERIAL:
        raise NumbersUsedUp
    return f"{trade}{region}{year:04d}{serial:04d}{tender:03d}"


def investment_code(code: str) -> str:
    """The 17-sign 项目编号 inside a project's code."""
    return code[:17]


def division(code: str) -> str:
    """The division (GB/T 2260) in a project's code: where it is procured."""
    return code[3:9]


def lot_number(code: str, lot: str) -> str:
    """The 23-sign 标段（包）编号 of lot ``1``, ``2``, …"""
    return f"{code}{int(lot):03d}"
