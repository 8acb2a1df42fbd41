"""The pages' copies of what verifying says: ``python -m bidding.verification.catalogue`` writes it, a test compares it.

One source for both: the Chinese of ``findings`` and ``explained``, the English of the catalogue of translations.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from babel.messages.catalog import Catalog

from bidding.i18n.catalog import english
from bidding.verification.explained import CHECK_OF, TO_DO, WHAT, check_of
from bidding.verification.findings import HOLDS, KINDS, NOTES, NOTICES, REFUSED

_SCRIPTS = Path(__file__).parents[2] / "static" / "js"
#: Checks that a ``draw.zip`` alone undergoes: the program that checks openings does not carry their words.
_OF_PROOFS = "proof"
#: The checks of a ``draw.zip``, in the program that is loaded for it.
_IN_PROOFS = frozenset({_OF_PROOFS, "files", "leaves", "panel", "checkpoint", "draw", "names"})
_PLACE = re.compile(r"%\((\w+)\)s")


def text() -> str:
    """The module of openings, whole."""
    return _module(lambda check: check != _OF_PROOFS, {"KINDS": KINDS, "NOTICES": NOTICES})


def text_of_proofs() -> str:
    """The module of draws."""
    kinds = {code: words for code, words in KINDS.items() if code.startswith("draw")}
    return _module(lambda check: check in _IN_PROOFS, {"KINDS": kinds})


def _module(wanted: Callable[[str], bool], kinds: Mapping[str, Mapping[str, str]]) -> str:
    known = english()

    def pairs(texts: Mapping[str, str]) -> dict[str, list[str]]:
        return {
            code: [_short(chinese), _short(_in_english(known, chinese))] for code, chinese in texts.items()
        }

    def of_codes(texts: Mapping[str, str]) -> dict[str, list[str]]:
        return pairs({code: words for code, words in texts.items() if wanted(check_of(code))})

    parts = {
        "FINDINGS": {"holds": of_codes(HOLDS), "note": of_codes(NOTES), "refused": of_codes(REFUSED)},
        **{name: pairs(texts) for name, texts in kinds.items()},
        "WHAT": of_codes(WHAT),
        "TO_DO": of_codes(TO_DO),
        "CHECK_OF": {code: check for code, check in CHECK_OF.items() if wanted(check)},
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


#: Every module with what writes it.
MODULES: dict[Path, Callable[[], str]] = {
    _SCRIPTS / "openings" / "catalogue.js": text,
    _SCRIPTS / "draws" / "catalogue.js": text_of_proofs,
}


if __name__ == "__main__":
    for path, words in MODULES.items():
        path.write_text(words(), "utf-8")
