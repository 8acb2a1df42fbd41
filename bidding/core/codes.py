"""Codes that carry their own check: the unified social credit code and the resident identity number. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from bidding.core.errors import N_, Invalid

#: GB 32100-2015, 4.2: digits and capitals without I, O, S, V, Z.
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))

#: GB 32100-2015, table 1 (with the amendment for the army and for rural collectives): who registered it, and what it is.
USCC_KINDS = {
    "11": N_("机关"),
    "12": N_("事业单位"),
    "13": N_("编制部门管理的群众团体"),
    "19": N_("编制部门登记的其他机构"),
    "21": N_("外国常驻新闻机构"),
    "29": N_("外交部门登记的其他机构"),
    "31": N_("律师执业机构"),
    "32": N_("公证处"),
    "33": N_("基层法律服务所"),
    "34": N_("司法鉴定机构"),
    "35": N_("仲裁委员会"),
    "39": N_("司法行政部门登记的其他机构"),
    "41": N_("外国在华文化中心"),
    "49": N_("文化部门登记的其他机构"),
    "51": N_("社会团体"),
    "52": N_("民办非企业单位"),
    "53": N_("基金会"),
    "59": N_("民政部门登记的其他机构"),
    "61": N_("外国旅游部门常驻代表机构"),
    "62": N_("港澳台旅游部门常驻代表机构"),
    "69": N_("旅游部门登记的其他机构"),
    "71": N_("宗教活动场所"),
    "72": N_("宗教院校"),
    "79": N_("宗教部门登记的其他机构"),
    "81": N_("基层工会"),
    "89": N_("工会登记的其他机构"),
    "91": N_("企业"),
    "92": N_("个体工商户"),
    "93": N_("农民专业合作社"),
    "A1": N_("军队事业单位"),
    "A9": N_("军队其他机构"),
    "N1": N_("组级集体经济组织"),
    "N2": N_("村级集体经济组织"),
    "N3": N_("乡镇级集体经济组织"),
    "N9": N_("农业部门登记的其他机构"),
    "Y1": N_("其他机构"),
}

_ID_CARD_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CARD_CHECKS = "10X98765432"


class InvalidUscc(Invalid):
    """Not a unified social credit code."""

    code = "uscc.invalid"
    text = N_("这不是统一社会信用代码。请照营业执照或登记证书填写 18 位代码。")


class UsccLength(InvalidUscc):
    """Not 18 characters long."""

    code = "uscc.length"
    text = N_("统一社会信用代码是 18 位，您填了 %(count)s 位。请照营业执照或登记证书核对。")


class UsccCharacter(InvalidUscc):
    """A character that the code's alphabet does not have."""

    code = "uscc.character"
    text = N_(
        "统一社会信用代码第 %(place)s 位“%(character)s”不对：代码只用数字和大写字母，没有 I、O、S、V、Z。"
        "请看清是不是 1、0、5、2。"
    )


class UsccRegion(InvalidUscc):
    """A letter where the region stands."""

    code = "uscc.region"
    text = N_("统一社会信用代码第 %(place)s 位“%(character)s”不对：第 3 到第 8 位是行政区划，只能是数字。")


class UsccKind(InvalidUscc):
    """No registration authority gives such a start."""

    code = "uscc.kind"
    text = N_(
        "统一社会信用代码开头两位“%(start)s”不对：没有登记机关用这样的开头（企业是 91，个体工商户是 92）。"
    )


class UsccCheckDigit(InvalidUscc):
    """The 18th character does not fit the others. The right one is not told: it would turn a slip into a valid code."""

    code = "uscc.check_digit"
    text = N_(
        "统一社会信用代码的校验位不对：其中至少有一位抄错，或两位颠倒。请照营业执照或登记证书逐位核对。"
    )


class InvalidIdCard(Invalid):
    """Not a resident identity number. The number itself never stands in a message."""

    code = "id_card.invalid"
    text = N_("这不是公民身份号码。请照身份证填写 18 位号码，最后一位可以是 X。")


class IdCardBirth(InvalidIdCard):
    """Digits 7 to 14 are no day on which the holder can have been born."""

    code = "id_card.birth"
    text = N_("公民身份号码第 7 到第 14 位不是一个可能的出生日期。请照身份证核对。")


class IdCardCheckDigit(InvalidIdCard):
    """The 18th character does not fit the others."""

    code = "id_card.check_digit"
    text = N_("公民身份号码的校验位不对：其中至少有一位抄错，或两位颠倒。请照身份证逐位核对。")


def _plain(text: str) -> str:
    """Full-width forms narrowed, spaces and hyphens dropped, letters raised."""
    narrow = unicodedata.normalize("NFKC", text).upper()
    return "".join(sign for sign in narrow if not sign.isspace() and sign not in "-–—\u200b\ufeff")


def uscc_check_digit(first: str) -> str:
    """The 18th character of a code whose first 17 are given (GB 32100-2015, 4.6).

    Raises ``UsccCharacter`` for a sign outside the alphabet and ``ValueError`` for another length.
    """
    if len(first) != 17:
        msg = "a unified social credit code has 17 characters before its check digit"
        raise ValueError(msg)
    total = 0
    for place, (sign, weight) in enumerate(zip(first, _USCC_WEIGHTS, strict=True), start=1):
        value = USCC_ALPHABET.find(sign)
        if value < 0:
            raise UsccCharacter(place=place, character=sign)
        total += value * weight
    return USCC_ALPHABET[-total % 31]


def check_uscc(text: str) -> str:
    """The code in its normal form: 18 capitals and digits, nothing between them.

    Case, spaces, hyphens and full-width forms are forgiven. Raises ``InvalidUscc``, whose words say which
    character is at fault where one is (GB 32100-2015).
    """
    code = _plain(text)
    if len(code) != 18:
        raise UsccLength(count=len(code))
    for place, sign in enumerate(code, start=1):
        if sign not in USCC_ALPHABET:
            raise UsccCharacter(place=place, character=sign)
    for place, sign in enumerate(code[2:8], start=3):
        if not sign.isdigit():
            raise UsccRegion(place=place, character=sign)
    if code[:2] not in USCC_KINDS:
        raise UsccKind(start=code[:2])
    if uscc_check_digit(code[:17]) != code[17]:
        raise UsccCheckDigit
    return code


def uscc_kind(code: str) -> str:
    """What sort of body a checked code belongs to, in Chinese, for the catalogue."""
    return USCC_KINDS[code[:2]]


def check_id_card(text: str, *, today: date) -> str:
    """The resident identity number in its normal form, 17 digits and a digit or X (GB 11643-1999).

    ``today`` bounds the birth date. Raises ``InvalidIdCard``.
    """
    number = _plain(text)
    if not re.fullmatch(r"[1-9][0-9]{16}[0-9X]", number):
        raise InvalidIdCard
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError as error:
        raise IdCardBirth from error
    if not date(1900, 1, 1) <= born <= today:
        raise IdCardBirth
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _ID_CARD_WEIGHTS, strict=True))
    if _ID_CARD_CHECKS[total % 11] != number[17]:
        raise IdCardCheckDigit
    return number


def mask_id_card(number: str) -> str:
    """The number as pages may show it: province and the last four, nothing of the birth date."""
    return f"{number[:2]}{'*' * 12}{number[-4:]}"
