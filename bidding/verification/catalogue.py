"""The page's copy of what verifying says: ``python -m bidding.verification.catalogue`` writes it, a test compares it.

One source for both: the Chinese of ``findings`` and ``explained``, the English of the catalogue of translations.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from bidding.i18n.catalog import english
from bidding.verification.explained import CHECK_OF, TO_DO, WHAT
from bidding.verification.findings import HOLDS, KINDS, NOTES, REFUSED

TARGET = Path(__file__).parents[2] / "static" / "js" / "openings" / "catalogue.js"


def text() -> str:
    """The module, whole."""
    parts = {
        "FINDINGS": {"holds": _pairs(HOLDS), "note": _pairs(NOTES), "refused": _pairs(REFUSED)},
        "KINDS": _pairs(KINDS),
        "WHAT": _pairs(WHAT),
        "TO_DO": _pairs(TO_DO),
        "CHECK_OF": CHECK_OF,
    }
    lines = [
        "/** Written by bidding.verification.catalogue from the texts of `bidding verify`: [Chinese, English]. */"
    ]
    for name, value in parts.items():
        lines.append(f"export const {name} = {json.dumps(value, ensure_ascii=False, indent=2)};")
    return "\n\n".join(lines) + "\n"


def _pairs(texts: Mapping[str, str]) -> dict[str, list[str]]:
    return {code: [chinese, _in_english(chinese)] for code, chinese in texts.items()}


def _in_english(chinese: str) -> str:
    found = english().get(chinese)
    return str(found.string) if found and found.string else chinese


if __name__ == "__main__":
    TARGET.write_text(text(), "utf-8")
