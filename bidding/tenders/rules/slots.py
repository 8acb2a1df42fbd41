"""Which files a bid consists of (文件位), by method: what is asked for, and which endings are read.

A slot lets a mistake show while there is time: a file that is missing, or of a kind that nobody on the panel can
open. What the files must say stands in the tender documents; a sealed bid cannot be judged by its slots before its
opening. Sources: 招标投标法 27 and 标准施工招标文件 (works: qualification, business, technical, priced bill);
财政部令87号 32 (procurement: qualification apart from business and technical); a local comparison asks for one paper, a sale for who
the buyer is.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from bidding.core.errors import N_
from bidding.tenders.kinds import Envelopes, Family, Method
from bidding.tenders.methods import preset

_PAPER = (".pdf",)
_TABLE = (".xlsx", ".xls", ".xml", ".pdf")
#: Anything a panel can look at with what stands on an office computer; archives are nobody's to unpack unseen.
_ANY = (".pdf", ".docx", ".doc", ".xlsx", ".xls", ".xml", ".dwg", ".jpg", ".jpeg", ".png", ".txt")


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for files: ``code`` (ASCII, in the sealed index), what it is called, what it takes."""

    code: str
    label: str
    required: bool
    endings: tuple[str, ...] = _PAPER
    many: bool = False  # several files, such as volumes of one paper


_OTHER = Slot("other", N_("其他材料"), required=False, endings=_ANY, many=True)
#: With two envelopes: what of the price is no table of quantities.
_QUOTATION = Slot("quotation", N_("报价文件"), required=False, many=True)
_CONSORTIUM = Slot("consortium", N_("联合体协议"), required=False)

#: By the preset's ``slots``.
_SLOTS: dict[str, tuple[Slot, ...]] = {
    "works": (
        Slot("qualification", N_("资格审查文件"), required=True, many=True),
        Slot("business", N_("商务标"), required=True, many=True),
        Slot("technical", N_("技术标"), required=True, many=True),
        Slot("bill", N_("已标价工程量清单"), required=False, endings=_TABLE, many=True),
        _OTHER,
    ),
    "procurement": (
        Slot("qualification", N_("资格证明文件"), required=True, many=True),
        Slot("business", N_("商务技术文件"), required=True, many=True),
        Slot("prices", N_("分项报价表"), required=False, endings=_TABLE),
        Slot("declaration", N_("中小企业声明函"), required=False),
        _OTHER,
    ),
    "response": (
        Slot("qualification", N_("资格证明文件"), required=True, many=True),
        Slot("response", N_("响应文件"), required=True, many=True),
        Slot("prices", N_("分项报价表"), required=False, endings=_TABLE),
        Slot("declaration", N_("中小企业声明函"), required=False),
        _OTHER,
    ),
    "property": (
        Slot("application", N_("申请书和主体资格证明"), required=True, many=True),
        Slot("promise", N_("报价承诺书"), required=False),
        _OTHER,
    ),
    "application": (
        Slot("application", N_("比选申请文件"), required=True, many=True),
        _OTHER,
    ),
}


def file_slots(
    family: Family, method: Method, *, consortium: bool, envelopes: Envelopes = Envelopes.ONE
) -> list[dict[str, Any]]:
    """The slots in reading order: ``code``, ``label``, ``required``, ``endings`` (lower case), ``many``.

    Raises ``KeyError`` for a pair that no law knows (``methods.PRESETS``).
    """
    slots = list(_SLOTS[preset(family, method).slots])
    if consortium:
        slots.insert(-1, _CONSORTIUM)
    if envelopes is Envelopes.TWO:
        slots.append(_QUOTATION)
    return [asdict(slot) | {"endings": list(slot.endings)} for slot in slots]


def round_slots() -> list[dict[str, Any]]:
    """What goes with a further offer: whatever the supplier wants to add, and it need add nothing."""
    return [asdict(_OTHER) | {"endings": list(_OTHER.endings)}]
