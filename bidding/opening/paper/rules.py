"""Two entries of one bag, and what follows from them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bidding.core.errors import N_, DomainError

#: Why a bag that was opened holds no sheet that counts.
VOIDS: dict[str, str] = {
    "empty": N_("袋内没有一览表"),
    "unsigned": N_("一览表没有盖章或签字"),
    "unreadable": N_("一览表无法辨认"),
    "tampered": N_("启封前发现密封已经破损"),
}

#: Why a bag is not among the sheets.
WAITS = N_("还没有启封录入")
DOUBLES = N_("未启封：同一单位另有网上递交的，以网上的为准")


class SecondPerson(DomainError):
    """Who typed first may not type second."""

    code = "opening.second_person"
    text = N_("第一次录入就是您做的，第二次要由另一个人照原件录入。")


class AlreadyRead(DomainError):
    """Both entries agreed before."""

    code = "opening.already_read"
    text = N_("这一袋已经录入完毕，两次一致，不能再改。录入与原件不符的，请在现场提出异议，写进记录。")


class BagsWaiting(DomainError):
    """Something that needs every sheet, while bags are shut."""

    code = "opening.bags_waiting"
    text = N_("还有 %(count)s 袋纸质的没有录入完毕，一览表不齐。请先在“纸质启封录入”里办完。")


def differing(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[str]:
    """The names of the fields in which two entries differ; ``void`` where one found a sheet and the other none."""
    if first["void"] != second["void"]:
        return ["void"]
    ours, theirs = first["fields"] or {}, second["fields"] or {}
    return [name for name in sorted(ours.keys() | theirs.keys()) if ours.get(name) != theirs.get(name)]
