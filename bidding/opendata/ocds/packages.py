"""Packages: releases and records with who publishes them, under which licence and by which rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bidding.opendata.ocds.merging import compiled

VERSION = "1.1"
#: Which extensions the releases use: their published descriptions.
EXTENSIONS = (
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_lots_extension/v1.1.5/extension.json",
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_bid_extension/v1.1.5/extension.json",
)
#: Creative Commons Attribution 4.0: whoever passes it on says where it is from.
LICENSE = "https://creativecommons.org/licenses/by/4.0/"


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who publishes, and where: the centre's name, and its address without a slash at the end."""

    name: str
    centre: str

    @property
    def policy(self) -> str:
        """The page that says what is published, when and by which rules."""
        return f"{self.centre}/opendata"


def release_package(publisher: Publisher, uri: str, releases: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A release package; there is at least one release in it. Its date is that of the newest."""
    return {
        **_metadata(publisher, uri, (release["date"] for release in releases)),
        "releases": list(releases),
    }


def record_package(publisher: Publisher, uri: str, releases: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The record of one process: its releases in order, and what they come to together."""
    record = {
        "ocid": releases[0]["ocid"],
        "releases": list(releases),
        "compiledRelease": compiled(releases),
    }
    return {**_metadata(publisher, uri, (release["date"] for release in releases)), "records": [record]}


def _metadata(publisher: Publisher, uri: str, dates: Iterable[str]) -> dict[str, Any]:
    return {
        "uri": uri,
        "version": VERSION,
        "extensions": list(EXTENSIONS),
        "publisher": {"name": publisher.name, "uri": publisher.centre},
        "license": LICENSE,
        "publicationPolicy": publisher.policy,
        "publishedDate": max(dates),
    }
