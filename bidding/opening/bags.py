"""Bids on paper in a project's log: what may stand where, and what they count for (protocol §4, "Paper"). Pure.

The log cannot see into a bag. It shows that the window said in time that a sealed bag was there, whose, and
afterwards what two persons read in it; it shows it for ever, and before the close it shows nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bidding.core.canonical import Malformed, dumps, exactly, sha, text_of, unhex
from bidding.sealing.holder import holder_hash

#: Kind of the note that this tender takes bids on paper. It stands before the first bid of either kind.
ALLOWED = "paper-allowed"
#: Why a bag stays shut whose tenderer has a sealed bid in the same lot (电子招标投标办法 62: the data message stands).
DOUBLE = "double"


@dataclass(frozen=True, slots=True)
class PaperSheet:
    """What stands in a bag by its ``paper-sheet``; ``fields`` is None where ``void`` says why there are none."""

    index: int
    tenderer: Mapping[str, str]
    fields: Mapping[str, Any] | None
    void: str | None
    sha256: str | None


def sheet_of(
    project: str, lot: str, bag: str, envelope: str, tenderer: Mapping[str, str], fields: Mapping[str, Any]
) -> dict[str, Any]:
    """A bag's figures in the form of a sheet (protocol §3.4), so that everything after it need not tell them apart."""
    return {
        "v": 1,
        "project": project,
        "lot": lot,
        "bid": bag,
        "envelope": envelope,
        "tenderer": dict(tenderer),
        "fields": dict(fields),
    }


def parse_tenderer(value: object) -> dict[str, str]:
    """``{"name", "uscc"}``. Raises ``Malformed``."""
    found = exactly(value, "name uscc", "paper-sheet.tenderer")
    return {key: text_of(found[key], f"paper-sheet.tenderer.{key}") for key in ("name", "uscc")}


def check_sheet(
    index: int, event: Mapping[str, Any], *, project: str, lot: str, envelope: str, holder: str
) -> PaperSheet:
    """A ``paper-sheet`` by itself: its tenderer is the bag's, and it has figures or a reason. Raises ``Malformed``."""
    tenderer = parse_tenderer(event["tenderer"])
    salt = unhex(event["salt"], 32, "paper-sheet.salt")
    if holder_hash(salt, tenderer["name"], tenderer["uscc"]) != holder:
        raise Malformed("paper-sheet: its tenderer is not the bag's")
    fields, void = event["fields"], event["void"]
    if (fields is None) == (void is None):
        raise Malformed("paper-sheet: exactly one of fields and void is null")
    digest = None
    if fields is not None:
        digest = sha(dumps(sheet_of(project, lot, event["bag"], envelope, tenderer, fields))).hex()
    return PaperSheet(index, tenderer, fields, void, digest)
