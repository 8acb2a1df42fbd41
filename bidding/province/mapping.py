"""The table of data sets: which field of the province comes from which of our facts. Pure; the table is ``datasets.json``.

Another province renames fields and has other code lists: a centre's own file (the *profile*) changes the table, never
this program. What the product does not know has no source: a person fills it in, once for a project, lot, bid or unit.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

#: For what a person fills in a field: whom the answer holds for.
SCOPES = ("project", "lot", "bid", "unit")
#: What a profile says of the centre: its numbers at the platform, and the departments that supervise and approve.
OF_PROFILE = (
    "service_platform",
    "trade_system",
    "trade_plat",
    "public_plat",
    "fee",
    "supervisor",
    "supervisor_uscc",
    "approver",
    "approver_uscc",
)
#: Every fact of the centre.
CENTRE = ("name", "region", "platform", *OF_PROFILE)
_TABLE = Path(__file__).with_name("datasets.json")
_TYPE = re.compile(r"=[0-9]+|<=[0-9]+|>=[0-9]+|N\([0-9]+,[0-9]+\)|T14|T8|")
_TRADE = re.compile(r"[A-Z][0-9]{2}")
#: What a profile may say of a field: what it is called there, and whatever else the table says.
_OF_FIELD = {"rename": str, "required": bool, "type": str, "value": str}
_OF_PROFILE = {"about", "centre", "codes", "fields", "tables", "off"}


class BadProfile(ValueError):
    """A profile that does not fit the table; said at start, not at the first message."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a set. ``source`` names one of our facts, ``value`` is the same for all, ``codes`` a code list.

    ``type``: ``=17`` that many signs, ``<=200`` at most, ``>=10`` at least, ``N(14,6)`` a number with so many digits
    before and after the point, ``T14`` and ``T8`` an instant and a day; empty: any text. ``book`` is the province's
    own code list by its number.
    """

    code: str
    name: str
    sent_as: str
    required: bool
    type: str
    book: str
    source: str
    value: str
    codes: str
    ask: str


@dataclass(frozen=True, slots=True)
class DataSet:
    """One set. ``each`` says what its records are of; ``lacks``, by a word of ``presentation.LACKS``, why the product cannot send it."""

    code: str
    table: str
    name: str
    each: str
    families: frozenset[str]
    fields: tuple[Field, ...]
    lacks: str

    @property
    def supported(self) -> bool:
        """Whether the product knows what it tells of."""
        return not self.lacks


@dataclass(frozen=True, slots=True)
class Plan:
    """The table as a centre's profile left it; ``centre`` are facts of the centre that the profile gives."""

    sets: Mapping[str, DataSet]
    codes: Mapping[str, Mapping[str, str]]
    centre: Mapping[str, str]
    off: frozenset[str]

    def sends(self, code: str) -> bool:
        """Whether messages of a set are made."""
        found = self.sets.get(code)
        return found is not None and found.supported and code not in self.off


@cache
def table() -> Plan:
    """The table as the product has it."""
    return _read(json.loads(_TABLE.read_text("utf-8")))


def _read(data: Mapping[str, Any]) -> Plan:
    sets = {}
    for item in data["sets"]:
        fields = tuple(_field(each, item) for each in item.get("fields", ()))
        sets[item["code"]] = DataSet(
            code=item["code"],
            table=item["table"],
            name=item["name"],
            each=item.get("each", ""),
            families=frozenset(item.get("families", ())),
            fields=fields,
            lacks=item.get("lacks", ""),
        )
    return Plan(sets, data["codes"], {}, frozenset())


def _field(each: Mapping[str, Any], item: Mapping[str, Any]) -> Field:
    scope = each.get("ask") or ("unit" if item["each"] == "unit" else "project")
    return Field(
        code=each["field"],
        name=each["name"],
        sent_as=each["field"],
        required=each.get("required", False),
        type=each.get("type", ""),
        book=each.get("book", ""),
        source=each.get("from", ""),
        value=each.get("value", ""),
        codes=each.get("codes", ""),
        ask=scope,
    )


def plan(profile: str) -> Plan:
    """The table with a profile's changes (JSON text; empty: none). Raises ``BadProfile``."""
    base = table()
    if not profile.strip():
        return base
    try:
        said = json.loads(profile)
    except ValueError as error:
        msg = f"JSON: {error}"
        raise BadProfile(msg) from error
    if not isinstance(said, dict) or said.keys() - _OF_PROFILE:
        msg = f"an object of {', '.join(sorted(_OF_PROFILE))}"
        raise BadProfile(msg)
    sets = dict(base.sets)
    for code, name in _texts(said, "tables").items():
        sets[code] = replace(sets[_known(sets, code)], table=name)
    for code, changes in _objects(said, "fields").items():
        sets[code] = _changed(sets[_known(sets, code)], changes)
    off = said.get("off", [])
    if not isinstance(off, list):
        msg = "off: a list of sets"
        raise BadProfile(msg)
    centre = _texts(said, "centre")
    if centre.keys() - set(OF_PROFILE):
        msg = f"centre: one of {', '.join(OF_PROFILE)}"
        raise BadProfile(msg)
    return Plan(sets, _codes(base, said), centre, frozenset(_known(sets, str(code)) for code in off))


def _codes(base: Plan, said: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    codes = {name: dict(each) for name, each in base.codes.items()}
    for name, extra in _objects(said, "codes").items():
        if name not in codes:
            msg = f"codes: no code list is called {name}"
            raise BadProfile(msg)
        codes[name] |= {ours: str(theirs) for ours, theirs in extra.items()}
    # Every identifier begins with one of these, and is given in the transaction of a publication.
    for ours, theirs in codes["trade"].items():
        if not _TRADE.fullmatch(theirs):
            msg = f"codes: trade.{ours}: {theirs} is no capital and two digits"
            raise BadProfile(msg)
    return codes


def _changed(found: DataSet, changes: Mapping[str, Any]) -> DataSet:
    fields = {field.code: field for field in found.fields}
    for code, change in changes.items():
        if code not in fields or not isinstance(change, dict):
            msg = f"fields: set {found.code} has no field {code}"
            raise BadProfile(msg)
        for name, value in change.items():
            if not isinstance(value, _OF_FIELD.get(name, ())):
                msg = f"fields: {found.code}.{code}.{name} is not one of {', '.join(_OF_FIELD)}"
                raise BadProfile(msg)
        if not _TYPE.fullmatch(change.get("type", "")):
            msg = f"fields: {found.code}.{code}.type: {change['type']} is no type"
            raise BadProfile(msg)
        renamed = {"sent_as": change["rename"]} if "rename" in change else {}
        fields[code] = replace(
            fields[code], **renamed, **{name: value for name, value in change.items() if name != "rename"}
        )
    names = [field.sent_as for field in fields.values()]
    if len(set(names)) < len(names):
        msg = f"fields: set {found.code} has two fields of one name"
        raise BadProfile(msg)
    return replace(found, fields=tuple(fields.values()))


def _known(sets: Mapping[str, DataSet], code: str) -> str:
    if code not in sets:
        msg = f"no set has the number {code}"
        raise BadProfile(msg)
    return code


def _texts(said: Mapping[str, Any], name: str) -> dict[str, str]:
    found = said.get(name, {})
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        msg = f"{name}: an object of texts"
        raise BadProfile(msg)
    return found


def _objects(said: Mapping[str, Any], name: str) -> dict[str, dict[str, Any]]:
    found = said.get(name, {})
    if not isinstance(found, dict) or not all(isinstance(value, dict) for value in found.values()):
        msg = f"{name}: an object of objects"
        raise BadProfile(msg)
    return found
