"""Releases merged into the compiled release of a record, by the rules of OCDS 1.1.

https://standard.open-contracting.org/1.1/en/schema/merging/
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def compiled(releases: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The state after the last of the releases, which come in order of their dates."""
    merged: dict[str, Any] = {"tag": ["compiled"]}
    for release in releases:
        told = {name: item for name, item in release.items() if name != "tag"}
        told["id"] = f"{release['ocid']}-{release['date']}"
        merged = _merge(merged, told)
    return merged


def _merge(old: Any, new: Any) -> Any:
    """Objects field by field, lists of things with an id by that id, everything else anew."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return {**old, **{name: _merge(old.get(name), item) for name, item in new.items()}}
    if _has_ids(old) and _has_ids(new):
        found = {item["id"]: item for item in old}
        for item in new:
            found[item["id"]] = _merge(found.get(item["id"]), item)
        return list(found.values())
    return new


def _has_ids(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, Mapping) and "id" in item for item in value)
