"""The tender file that the notice serves, and the tenderer's offer and files as they are checked against it. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bidding.core.canonical import (
    IDENTIFIER,
    MAX_INTEGER,
    Malformed,
    array,
    boolean,
    exactly,
    identifier,
    integer,
    text_of,
)
from bidding.core.errors import N_, DomainError
from bidding.core.money import NotMoney, daxie, parse_yuan, yuan
from bidding.sealing.panel import Panel, parse_panel

#: The tender file's forms: 2 has fields, slots and ceilings for every lot, and one sheet; 3 says besides of every
#: field and slot in which envelope it lies; 4 says besides of every field below what no offer is taken.
ONE_SHEET, SEVERAL, FLOORED = 2, 3, 4
LONGEST_TEXT = 1000
#: What a field of the sheet can be: money in fen, a share in parts per million, a whole number, a text.
KINDS = ("fen", "ppm", "integer", "text")
_PERCENT = re.compile(r"([0-9]{1,5})(?:\.([0-9]{1,4}))?")
_PPM_PER_PERCENT = 10_000
_ENDING = re.compile(r"\.[a-z0-9]{1,10}")


class TenderRefused(DomainError):
    """Not a tender file, or one that this client cannot seal for."""

    code = "sealing.tender_refused"
    text = N_("签封参数文件不能用：%(reason)s。请从公告页重新下载 tender.json，并使用最新的签封程序。")
    status = 422


class LotUnknown(DomainError):
    """A lot that the tender does not have."""

    code = "sealing.lot_unknown"
    text = N_("没有标段“%(lot)s”。本项目的标段有：%(lots)s。请改用其中一个。")
    status = 422


class SlotUnknown(DomainError):
    """A file for a place that this lot does not have."""

    code = "sealing.slot_unknown"
    text = N_("没有文件位“%(slot)s”。这个标段的文件位有：%(slots)s。请改用其中一个。")
    status = 422


class SlotMissing(DomainError):
    """Required slots without a file."""

    code = "sealing.slot_missing"
    text = N_("投标文件还缺：%(slots)s。请补上再签封。")
    status = 422


class SlotFull(DomainError):
    """A second file in a slot that takes one."""

    code = "sealing.slot_full"
    text = N_("“%(label)s”（%(slot)s）只收一个文件，现在有 %(count)s 个。请合并成一个，或放到别的文件位。")
    status = 422


class EndingRefused(DomainError):
    """A kind of file that the slot does not take."""

    code = "sealing.ending"
    text = N_("“%(label)s”（%(slot)s）只收 %(endings)s，“%(file)s”不是。请另存为其中一种再选。")
    status = 422


class FieldMissing(DomainError):
    """Required fields without a value."""

    code = "sealing.field_missing"
    text = N_("开标一览表还缺：%(fields)s。请补上再签封。")
    status = 422


class FieldUnknown(DomainError):
    """A field that the sheet of this tender does not have."""

    code = "sealing.field_unknown"
    text = N_("开标一览表没有“%(name)s”这一项。可填的有：%(fields)s。")
    status = 422


class FieldWrong(DomainError):
    """A value that its field cannot take."""

    code = "sealing.field_wrong"
    text = N_("“%(label)s”（%(name)s）填写有误：%(reason)s")
    status = 422


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an opening sheet; between ``floor`` and ``ceiling``, in the field's unit, nothing is rejected for its value."""

    name: str
    label: str
    kind: str
    required: bool
    ceiling: int | None
    #: The envelope whose sheet it stands on.
    envelope: str = "offer"
    floor: int | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for files; ``endings`` in lower case, none: any; ``many``: several files."""

    code: str
    label: str
    required: bool
    endings: tuple[str, ...]
    many: bool
    #: The envelope that its files lie in.
    envelope: str = "files"


@dataclass(frozen=True, slots=True)
class Lot:
    """What is bid for as a whole, with the sheets and the files that a bid in it has."""

    code: str
    name: str
    fields: tuple[Field, ...]
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class Tender:
    """What a tenderer must know to seal: whom to, for what and until when (Unix seconds)."""

    panel: Panel
    title: str
    closes_at: int
    lots: dict[str, Lot]

    def lot(self, code: str) -> Lot:
        """A lot. Raises ``LotUnknown``."""
        if code not in self.lots:
            raise LotUnknown(lot=code, lots="、".join(self.lots), field="lot")
        return self.lots[code]


def parse_tender(value: object) -> Tender:
    """The tender file served as ``tender.json``. Raises ``TenderRefused``."""
    try:
        return _tender(value)
    except Malformed as error:
        raise TenderRefused(reason=str(error)) from error


def _tender(value: object) -> Tender:
    parts = exactly(value, "v panel lots title closes_at", "tender")
    version = integer(parts["v"], "tender: v", ONE_SHEET, FLOORED)
    panel = parse_panel(parts["panel"])
    if version == ONE_SHEET and sorted(spec.public for spec in panel.envelopes) != [False, True]:
        raise Malformed("tender: the envelopes are not one sheet and one for the attachments")
    lots = [
        _lot(item, f"tender: lots[{place}]", panel, version)
        for place, item in enumerate(array(parts["lots"], "tender: lots"))
    ]
    if not lots:
        raise Malformed("tender: no lots")
    return Tender(
        panel=panel,
        title=text_of(parts["title"], "tender: title"),
        closes_at=integer(parts["closes_at"], "tender: closes_at"),
        lots={lot.code: lot for lot in lots},
    )


def _lot(value: object, what: str, panel: Panel, version: int) -> Lot:
    parts = exactly(value, "code name fields slots", what)
    sheets = [spec.id for spec in panel.envelopes if spec.public]
    others = [spec.id for spec in panel.envelopes if not spec.public]
    lot = Lot(
        code=identifier(parts["code"], f"{what}: code"),
        name=text_of(parts["name"], f"{what}: name"),
        fields=tuple(
            _field(item, f"{what}: fields[{place}]", sheets, version)
            for place, item in enumerate(array(parts["fields"], f"{what}: fields"))
        ),
        slots=tuple(
            _slot(item, f"{what}: slots[{place}]", others, several=version >= SEVERAL)
            for place, item in enumerate(array(parts["slots"], f"{what}: slots"))
        ),
    )
    for sheet in sheets:
        if not any(field.envelope == sheet for field in lot.fields):
            raise Malformed(f"{what}: no field stands on the sheet {sheet}")
    return lot


def _envelope(parts: Mapping[str, Any], what: str, allowed: Sequence[str]) -> str:
    """Where it lies: said of each with several envelopes, the only one there is without."""
    if "envelope" not in parts:
        return allowed[0]
    if parts["envelope"] not in allowed:
        raise Malformed(f"{what}: envelope is not one of {', '.join(allowed)}")
    return str(parts["envelope"])


def _slot(value: object, what: str, others: Sequence[str], *, several: bool) -> Slot:
    parts = exactly(value, f"code label required endings many{' envelope' * several}", what)
    endings = tuple(text_of(item, f"{what}: endings") for item in array(parts["endings"], f"{what}: endings"))
    if not all(_ENDING.fullmatch(ending) for ending in endings):
        raise Malformed(f"{what}: endings are not like .pdf")
    return Slot(
        identifier(parts["code"], f"{what}: code"),
        text_of(parts["label"], f"{what}: label"),
        boolean(parts["required"], f"{what}: required"),
        endings,
        boolean(parts["many"], f"{what}: many"),
        _envelope(parts, what, others),
    )


def _field(value: object, what: str, sheets: Sequence[str], version: int) -> Field:
    more = " envelope" * (version >= SEVERAL) + " floor" * (version >= FLOORED)
    parts = exactly(value, f"name label kind required ceiling{more}", what)
    name = text_of(parts["name"], f"{what}: name")
    if not IDENTIFIER.fullmatch(name):
        raise Malformed(f"{what}: name is not an identifier")
    if parts["kind"] not in KINDS:
        raise Malformed(f"{what}: kind is not one of {', '.join(KINDS)}")
    return Field(
        name,
        text_of(parts["label"], f"{what}: label"),
        parts["kind"],
        boolean(parts["required"], f"{what}: required"),
        None if parts["ceiling"] is None else integer(parts["ceiling"], f"{what}: ceiling"),
        _envelope(parts, what, sheets),
        None if parts.get("floor") is None else integer(parts["floor"], f"{what}: floor"),
    )


def check_files(lot: Lot, files: Sequence[tuple[str, str]]) -> None:
    """Check (slot, file name) of a whole bid.

    Raises ``SlotUnknown``, ``SlotFull``, ``EndingRefused``, ``SlotMissing``.
    """
    for code, name in files:
        slot = slot_of(lot, code)
        if slot.endings and not name.lower().endswith(slot.endings):
            raise EndingRefused(
                label=slot.label, slot=code, endings="、".join(slot.endings), file=name, field="file"
            )
    given = [code for code, _ in files]
    for slot in lot.slots:
        if given.count(slot.code) > 1 and not slot.many:
            raise SlotFull(label=slot.label, slot=slot.code, count=given.count(slot.code), field="file")
    missing = [slot for slot in lot.slots if slot.required and slot.code not in given]
    if missing:
        raise SlotMissing(slots=_places(missing), field="file")


def slot_of(lot: Lot, code: str) -> Slot:
    """A slot of a lot. Raises ``SlotUnknown``."""
    for slot in lot.slots:
        if slot.code == code:
            return slot
    raise SlotUnknown(slot=code, slots=_places(lot.slots), field="file")


def _places(slots: Sequence[Slot]) -> str:
    return "、".join(f"{slot.label}（{slot.code}）" for slot in slots)


def above_ceiling(field: Field, value: Any) -> bool:
    """Whether a value is above what the notice allows; such a bid may be handed in, and will be rejected."""
    return field.ceiling is not None and isinstance(value, int) and value > field.ceiling


def below_floor(field: Field, value: Any) -> bool:
    """Whether a value is below the starting price of the notice; such an offer may be handed in, and will not do."""
    return field.floor is not None and isinstance(value, int) and value < field.floor


def read_offer(lot: Lot, given: Mapping[str, Any]) -> dict[str, Any]:
    """The sheets' fields, all of them, from what was given: texts as people write them, or integers in the field's own unit.

    Money as text is in yuan (``"1,234.50"``), as integer in fen; a rate as text in percent (``"1.25"``), as
    integer in parts per million. Fields left empty stand as null. Raises ``FieldUnknown``, ``FieldMissing``,
    ``FieldWrong``.
    """
    known = {field.name: field for field in lot.fields}
    for name in given:
        if name not in known:
            raise FieldUnknown(name=name, fields=_listed(lot.fields), field=name)
    empty = {name for name in known if given.get(name) in (None, "") or _blank(given.get(name))}
    missing = [field for field in lot.fields if field.required and field.name in empty]
    if missing:
        raise FieldMissing(fields=_listed(missing), field=missing[0].name)
    return {name: None if name in empty else _value(field, given[name]) for name, field in known.items()}


def _blank(value: object) -> bool:
    return isinstance(value, str) and not value.strip()


def _listed(fields: tuple[Field, ...] | list[Field]) -> str:
    return "、".join(f"{field.label}（{field.name}）" for field in fields)


def _value(field: Field, given: object) -> Any:
    try:
        if field.kind == "text":
            return _text(given)
        if isinstance(given, str):
            return {"fen": parse_yuan, "ppm": _ppm, "integer": _whole}[field.kind](given)
        return integer(given, field.name)
    except (Malformed, ValueError) as error:
        reason = _told(error)
        raise FieldWrong(label=field.label, name=field.name, reason=reason, field=field.name) from error


def _told(error: ValueError) -> str:
    if isinstance(error, Malformed):
        return N_("要填不小于零的整数。")
    if isinstance(error, NotMoney) and error.params:  # a reason is looked up whole: no places of its own
        return N_("要填金额：只填数字，单位是元，最多两位小数，例如 1,234.50。")
    return str(error)


def _text(given: object) -> str:
    if not isinstance(given, str):
        raise ValueError(N_("要填文字。"))  # noqa: TRY004 — a wrong input, not a wrong program
    if len(given) > LONGEST_TEXT:
        raise ValueError(N_("最多 1000 个字。"))
    return given.strip()


def _whole(given: str) -> int:
    plain = unicodedata.normalize("NFKC", given).strip()
    if not plain.isascii() or not plain.isdigit() or int(plain) > MAX_INTEGER:
        raise ValueError(N_("要填不小于零的整数。"))
    return int(plain)


def _ppm(given: str) -> int:
    match = _PERCENT.fullmatch(unicodedata.normalize("NFKC", given).strip().removesuffix("%").strip())
    if match is None:
        raise ValueError(N_("要填百分数，最多四位小数，例如 1.25。"))
    return int(match[1]) * _PPM_PER_PERCENT + int((match[2] or "").ljust(4, "0"))


def shown(field: Field, value: Any) -> str:
    """A value as people read it back: money also in capital numerals."""
    if value is None:
        return "—"
    if field.kind == "fen":
        return f"{yuan(value)} 元（{daxie(value)}）"
    if field.kind == "ppm":
        whole, rest = divmod(value, _PPM_PER_PERCENT)
        return f"{whole}.{rest:04d}".rstrip("0").rstrip(".") + "%"
    return str(value)
