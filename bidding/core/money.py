"""Money: integer fen (分), read from and written as the texts people use. No floats anywhere."""

from __future__ import annotations

import re
import unicodedata

from bidding.core.errors import N_

FEN_PER_YUAN = 100
FEN_PER_WAN = 10_000 * FEN_PER_YUAN
#: Amounts stand in protocol objects (protocol §1: integers up to 2**53 - 1).
MAX_FEN = 2**53 - 1

_NUMBER = re.compile(r"(?P<whole>[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.(?P<part>[0-9]+))?")
_YUAN_UNITS = ("人民币", "CNY", "RMB", "¥", "元整", "元")
_WAN_UNITS = ("人民币", "CNY", "RMB", "¥", "万元", "万")
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")


class NotMoney(ValueError):
    """A text that is no amount: ``text`` is the sentence (the catalogue's key), ``params`` fill it."""

    def __init__(self, text: str, **params: str | int) -> None:
        self.text = text
        self.params = params
        super().__init__(text % params if params else text)


def parse_yuan(text: str) -> int:
    """Fen from an amount in yuan such as ``12,146,300.00``, ``￥１２.5`` or ``300元``.

    Raises :class:`NotMoney`, a ``ValueError``, for what is not such an amount: no number, a sign, more than
    two decimals, commas that do not group thousands, more than 2**53 - 1 fen.
    """
    return _parse(text, _YUAN_UNITS, 2, "元")


def parse_wan(text: str) -> int:
    """Fen from an amount in 万元 such as ``1,214.63``; up to six decimals, for the fen is the sixth.

    Raises :class:`NotMoney` as :func:`parse_yuan` does.
    """
    return _parse(text, _WAN_UNITS, 6, "万元")


def _parse(text: str, units: tuple[str, ...], places: int, unit: str) -> int:
    plain = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    for word in units:
        plain = plain.removeprefix(word).removesuffix(word)
    if not plain:
        raise NotMoney(N_("请填写金额。"))
    if plain[0] in "-−–—":
        raise NotMoney(N_("金额不能是负数。"))
    match = _NUMBER.fullmatch(plain)
    if match is None:
        raise NotMoney(
            N_("“%(given)s”不是金额。请只填数字，单位是%(unit)s，例如 1,234.50。"),
            given=text.strip(),
            unit=unit,
        )
    part = (match["part"] or "").rstrip("0")
    if len(part) > places:
        raise NotMoney(
            N_("金额精确到分：以%(unit)s为单位，最多 %(places)s 位小数。"), unit=unit, places=places
        )
    fen = int(match["whole"].replace(",", "") + part.ljust(places, "0"))
    if fen > MAX_FEN:
        raise NotMoney(N_("金额太大，超出系统能记录的范围。"))
    return fen


def yuan(fen: int) -> str:
    """Fen as yuan with two decimals and grouped thousands: 123450 → ``1,234.50``."""
    whole, rest = divmod(abs(fen), FEN_PER_YUAN)
    return f"{'-' if fen < 0 else ''}{whole:,}.{rest:02d}"


def wan(fen: int) -> str:
    """Fen as 万元 with two decimals, the half rounded away from zero: 1214630000 → ``1,214.63``."""
    hundredths = _divide(abs(fen), FEN_PER_WAN // 100)
    sign = "-" if fen < 0 and hundredths else ""
    return f"{sign}{hundredths // 100:,}.{hundredths % 100:02d}"


def percent(numerator: int, denominator: int, places: int = 2) -> str:
    """The ratio in per cent, ``places`` decimals, rounded ROUND_HALF_UP, without the sign ``%``.

    Raises ``ZeroDivisionError`` where there is nothing to divide by.
    """
    scale: int = 10**places
    scaled = _divide(abs(numerator) * 100 * scale, abs(denominator))
    negative = (numerator < 0) != (denominator < 0) and scaled > 0
    whole, rest = divmod(scaled, scale)
    return f"{'-' if negative else ''}{whole}" + (f".{rest:0{places}d}" if places else "")


def _divide(amount: int, by: int) -> int:
    """``amount / by`` for amounts that are not negative, the half rounded up."""
    return (2 * amount + by) // (2 * by)


def daxie(fen: int) -> str:
    """The amount in the capital numerals of cheques and tender letters.

    Source: 《支付结算办法》附一《正确填写票据和结算凭证的基本规定》: 整 ends an amount that ends in 元 or 角;
    zeros inside are one 零; where 角 is zero and 分 is not, 零 stands after 元.
    Where a group of four ends in zero and the next does not begin with one, the rules leave 零 free; it is
    left out. Amounts below zero begin with 负.
    """
    if fen < 0:
        return "负" + daxie(-fen)
    whole, rest = divmod(fen, FEN_PER_YUAN)
    jiao, odd = divmod(rest, 10)
    out = _capital(whole) + "元" if whole or not rest else ""
    if not rest:
        return out + "整"
    if jiao:
        out += _DIGITS[jiao] + "角"
    elif whole:
        out += "零"
    return out + (_DIGITS[odd] + "分" if odd else "整")


def _capital(whole: int) -> str:
    """Capital numerals of an integer: inner zeros told once, closing zeros not at all."""
    if whole == 0:
        return "零"
    if whole >= 10**8:  # 亿 counts in whole: 壹万贰仟亿, never 壹万亿贰仟亿
        high, low = divmod(whole, 10**8)
        gap = "零" if 0 < low < 10**7 else ""
        return _capital(high) + "亿" + gap + (_capital(low) if low else "")
    high, low = divmod(whole, 10**4)
    out = _four(high) + "万" if high else ""
    if high and 0 < low < 1000:
        out += "零"
    return out + (_four(low) if low else "")


def _four(number: int) -> str:
    """Capital numerals of 1 to 9999."""
    out = ""
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit:
            out += _DIGITS[digit] + _PLACES[place]
        elif out and number % 10**place and not out.endswith("零"):
            out += "零"
    return out
