"""Organizations: who they are, and in which roles they take part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bidding.core.canonical import sha
from bidding.opendata.ocds.parts import pruned

#: 统一社会信用代码, by its code in the register of org-id.guide.
SCHEME = "CN-USCI"
#: Of an owner a notice says the name and no code.
NAMED = "name"


def party_id(name: str, uscc: str = "") -> str:
    """The id of an organization: by its code, else by its name, so that the same owner is the same everywhere."""
    return f"{SCHEME}-{uscc}" if uscc else f"{NAMED}-{sha(' '.join(name.split())).hex()[:16]}"


def reference(name: str, uscc: str = "") -> dict[str, Any]:
    """An OrganizationReference."""
    return {"id": party_id(name, uscc), "name": name}


def party(name: str, uscc: str = "", *, roles: Iterable[str], **more: Any) -> dict[str, Any]:
    """An entry of ``parties``."""
    identifier = {"scheme": SCHEME, "id": uscc, "legalName": name} if uscc else None
    found: dict[str, Any] = pruned(
        {**reference(name, uscc), "identifier": identifier, "roles": list(roles), **more}
    )
    return found


def address(text: str) -> dict[str, Any] | None:
    """An Address of which only the line is known."""
    return {"streetAddress": text, "countryName": "中国"} if text.strip() else None


class Parties:
    """Who has taken part so far: an organization that comes again keeps its roles."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, Any]] = {}

    def join(self, *entries: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The entries as a release gives them: with every role that they have had in the process, in that order."""
        told: dict[str, dict[str, Any]] = {}
        for entry in entries:
            known = self._known.get(entry["id"], {})
            roles = list(dict.fromkeys([*known.get("roles", []), *entry["roles"]]))
            self._known[entry["id"]] = told[entry["id"]] = {**known, **entry, "roles": roles}
        return list(told.values())
