"""``make i18n``: every text of the product, and which of them have no English yet."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract_from_dir

from bidding.i18n.catalog import conflicts, english

ROOT = Path(__file__).parents[2]
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "_l": None, "N_": None, "ngettext": (1, 2)}
PLACES = re.compile(r"%\((\w+)\)")


def texts() -> Iterator[tuple[str, str]]:
    """(file, text) for every translatable text of the code and the templates."""
    for folder, method in (("bidding", "python"), ("templates", "jinja2.ext:babel_extract")):
        found = extract_from_dir(
            ROOT / folder,
            method_map=[("**.py", "python"), ("**.html", method)],
            options_map={"**.html": {"encoding": "utf-8"}},
            keywords=KEYWORDS,
        )
        for name, _line, message, _comments, _context in found:
            for text in (message,) if isinstance(message, str) else message:
                yield f"{folder}/{name}", text


def problems() -> list[str]:
    """What is wrong, a line each: no English, English with other places such as ``%(day)s``, two different ones."""
    told, known = {}, english()
    for name, text in texts():
        message = known.get(text)
        if message is None or not message.string:
            told[text] = f"{name}: no English: {text}"
        elif set(PLACES.findall(text)) != set(PLACES.findall(str(message.string))):
            told[text] = f"{name}: other places than the text's: {text}"
    return sorted(told.values()) + conflicts()


if __name__ == "__main__":
    found = problems()
    sys.stdout.write("".join(f"{line}\n" for line in found))
    sys.exit(bool(found))
