"""What a tenderer writes on the opening sheet (开标一览表), by method and by how the price is told."""

from __future__ import annotations

from typing import Any

from bidding.core.errors import N_
from bidding.tenders.kinds import Family, Method, PriceForm
from bidding.tenders.methods import preset

#: ``fen`` money in fen; ``ppm`` a share in parts per million; ``integer``; ``text``.
KINDS = ("fen", "ppm", "integer", "text")

_PRICE: dict[PriceForm, tuple[str, str, str]] = {
    PriceForm.AMOUNT: ("price_fen", N_("投标报价（元）"), "fen"),
    PriceForm.RATE: ("rate_ppm", N_("投标费率（百分比）"), "ppm"),
    PriceForm.UNIT: ("unit_price_fen", N_("投标单价（元）"), "fen"),
}
_LEAD = ("lead", N_("项目负责人及证书编号"), "text", True)
_QUALITY = ("quality", N_("质量标准"), "text", True)
_SECURITY = ("security", N_("保证金形式"), "text", False)
_VALIDITY = ("validity_days", N_("投标有效期（日）"), "integer", True)
_CONSORTIUM = ("consortium", N_("联合体情况"), "text", False)
_REMARK = ("remark", N_("备注"), "text", False)

_SERVICE = (
    ("days", N_("交货期或服务期（日）"), "integer", True),
    ("quality", N_("质量或服务标准"), "text", True),
    ("lead", N_("联系人"), "text", False),
    _SECURITY,
)
#: What stands beside the price, by the preset's ``sheet``.
_REST: dict[str, tuple[tuple[str, str, str, bool], ...]] = {
    "works": (
        ("days", N_("工期（日历天）"), "integer", True),
        _QUALITY,
        _LEAD,
        _SECURITY,
        _VALIDITY,
        _CONSORTIUM,
        _REMARK,
    ),
    "procurement": (*_SERVICE, _VALIDITY, _CONSORTIUM, _REMARK),
    "response": (*_SERVICE, ("validity_days", N_("响应有效期（日）"), "integer", True), _CONSORTIUM, _REMARK),
    "property": (_SECURITY, _CONSORTIUM, _REMARK),
    "local": (("days", N_("完成期限（日）"), "integer", True), _QUALITY, _REMARK),
}
#: Who neither tenders nor is asked for a tender writes a price, and no tender price.
_PLAIN = frozenset({"response", "property", "local"})
_PLAIN_PRICE = {
    PriceForm.AMOUNT: N_("报价（元）"),
    PriceForm.RATE: N_("报价费率（百分比）"),
    PriceForm.UNIT: N_("报价单价（元）"),
}


def sheet_fields(family: Family, method: Method, price_form: PriceForm) -> list[dict[str, Any]]:
    """The fields in reading order: ``name`` (ASCII, the key in the sheet), ``label``, ``kind``, ``required``."""
    sheet = preset(family, method).sheet
    name, label, kind = _PRICE[price_form]
    rows = ((name, _PLAIN_PRICE[price_form] if sheet in _PLAIN else label, kind, True), *_REST[sheet])
    return [{"name": n, "label": text, "kind": k, "required": must} for n, text, k, must in rows]
