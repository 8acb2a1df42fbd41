"""Sitemaps (sitemaps.org 0.9): what search engines read to find every page. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, tostring

#: The protocol's own limit of a file.
MOST = 50_000
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def urlset(pages: Iterable[tuple[str, datetime | None]]) -> bytes:
    """A list of whole addresses, each with when it changed."""
    return _written("urlset", "url", pages)


def index(maps: Iterable[str]) -> bytes:
    """The list of lists."""
    return _written("sitemapindex", "sitemap", ((address, None) for address in maps))


def parts(last: Mapping[str, int], size: int = MOST) -> list[tuple[str, int]]:
    """(name, number) of the files that hold so many places of each list, from 1; an empty list has none."""
    return [(name, number + 1) for name, places in last.items() for number in range(-(-places // size))]


def _written(root: str, each: str, pages: Iterable[tuple[str, datetime | None]]) -> bytes:
    found = Element(root, {"xmlns": _NAMESPACE})
    for address, changed_at in pages:
        entry = SubElement(found, each)
        SubElement(entry, "loc").text = address
        if changed_at is not None:
            SubElement(entry, "lastmod").text = changed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    made: bytes = tostring(found, "utf-8", xml_declaration=True)
    return made
