"""A message as bytes: JSON, or XML with the same names. Pure: the same message is always the same bytes."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from bidding.core.canonical import dumps, loads

JSON, XML = "application/json", "application/xml"


def written(payload: str, kind: str) -> tuple[bytes, str]:
    """The bytes of a payload (JCS) as ``json`` or ``xml``, and their content type."""
    data = loads(payload)
    if kind == "json":
        return dumps(data), JSON
    return ElementTree.tostring(_element(data), encoding="utf-8", xml_declaration=True), XML


def _element(data: dict[str, Any]) -> ElementTree.Element:
    """``<message id=… set=…><TABLE><FIELD>…</FIELD></TABLE></message>``, a table element for each record."""
    root = ElementTree.Element(
        "message", {name: str(data[name]) for name in ("id", "set", "platform", "made_at")}
    )
    for record in data["records"]:
        row = ElementTree.SubElement(root, data["table"])
        for name, value in record.items():
            ElementTree.SubElement(row, name).text = "".join(sign for sign in value if _may_stand(sign))
    return root


def _may_stand(sign: str) -> bool:
    """Whether XML 1.0 can hold it: no control sign but tab and line ends."""
    return sign in "\t\n\r" or (sign >= " " and sign not in "\ufffe\uffff")
