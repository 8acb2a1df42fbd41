"""The page's copy of what verifying says: ``python -m bidding.verification.catalogue`` writes it, a test compares it.

One source for both: the Chinese of ``findings`` and ``explained``, the English of the catalogue of translations.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from babel.messages.catalog import Catalog

from bidding.i18n.catalog import english
from bidding.verification.explained import CHECK_OF, TO_DO, WHAT
from bidding.verification.findings import HOLDS, KINDS, NOTES, NOTICES, REFUSED

TARGET = Path(__file__).parents[2] / "static" / "js" / "openings" / "catalogue.js"
_PLACE = re.compile(r"%\((\w+)\)s")


def text() -> str:
    """The module, whole."""
    known = english()

    def pairs(texts: Mapping[str, str]) -> dict[str, list[str]]:
        return {
            code: [_short(chinese), _short(_in_english(known, chinese))] for code, chinese in texts.items()
        }

    parts = {
        "FINDINGS": {"holds": pairs(HOLDS), "note": pairs(NOTES), "refused": pairs(REFUSED)},
        "KINDS": pairs(KINDS),
        "NOTICES": pairs(NOTICES),
        "WHAT": pairs(WHAT),
        "TO_DO": pairs(TO_DO),
        "CHECK_OF": CHECK_OF,
    }
    lines = [
        "/** Written by bidding.verification.catalogue from the texts of `bidding verify`: [Chinese, English]. */"
    ]
    for name, value in parts.items():
        lines.append(f"export const {name} = {json.dumps(value, ensure_ascii=False, indent=2)};")
    return "\n\n".join(lines) + "\n"


def _in_english(known: Catalog, chinese: str) -> str:
    found = known.get(chinese)
    return str(found.string) if found and found.string else chinese


def _short(text: str) -> str:
    """Places as ``{name}``: every byte counts on a slow line."""
    return _PLACE.sub(r"{\1}", text)


if __name__ == "__main__":
    TARGET.write_text(text(), "utf-8")
