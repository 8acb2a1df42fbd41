"""Feeds (RFC 4287): what every feed reader reads. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, tostring

MIMETYPE = "application/atom+xml"
_NAMESPACE = "http://www.w3.org/2005/Atom"
#: What XML 1.0 may not hold (§2.2), even escaped.
_NO_CHARACTER = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: When a feed that never had an entry was changed.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was made public. ``id`` stays for ever; ``updated_at`` moves when it says something else."""

    id: str
    title: str
    url: str
    published_at: datetime
    updated_at: datetime
    summary: str
    categories: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """A list of them. ``url`` is its own address, ``page`` that of the list it was made of; both absolute."""

    id: str
    title: str
    url: str
    page: str
    author: str
    lang: str
    entries: Sequence[Entry]

    @property
    def updated_at(self) -> datetime:
        """When anything in it last changed: the same for as long as nothing does."""
        return max((entry.updated_at for entry in self.entries), default=NEVER)


def tag(host: str, day: datetime, *path: str) -> str:
    """A tag URI (RFC 4151): a name that is nobody else's and outlives addresses. ``day`` may never be another."""
    named = quote("/".join(path), safe="/:=&?-._~")
    return f"tag:{host},{day.astimezone(UTC):%Y-%m-%d}:{named}"


def written(feed: Feed) -> bytes:
    """The document, UTF-8."""
    root = Element("feed", {"xmlns": _NAMESPACE, "xml:lang": feed.lang})
    _say(root, "id", feed.id)
    _say(root, "title", feed.title)
    _say(root, "updated", _instant(feed.updated_at))
    SubElement(root, "link", {"rel": "self", "type": MIMETYPE, "href": feed.url})
    SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": feed.page})
    _say(SubElement(root, "author"), "name", feed.author)
    for entry in feed.entries:
        _add(root, entry)
    made: bytes = tostring(root, "utf-8", xml_declaration=True)
    return made


def _add(root: Element, entry: Entry) -> None:
    found = SubElement(root, "entry")
    _say(found, "id", entry.id)
    _say(found, "title", entry.title)
    SubElement(found, "link", {"rel": "alternate", "type": "text/html", "href": entry.url})
    _say(found, "published", _instant(entry.published_at))
    _say(found, "updated", _instant(entry.updated_at))
    for each in entry.categories:
        SubElement(found, "category", {"term": _text(each)})
    _say(found, "summary", entry.summary)


def _say(parent: Element, name: str, words: str) -> None:
    SubElement(parent, name).text = _text(words)


def _text(words: str) -> str:
    return _NO_CHARACTER.sub("", words)


def _instant(at: datetime) -> str:
    """RFC 3339, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
