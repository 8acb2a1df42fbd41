"""What commands say on the terminal: Chinese, or English where the terminal speaks it.

No Flask: the catalogue's English is read straight from its files.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import click
from babel.messages.pofile import read_po

_ENGLISH = Path(__file__).parent / "en"


def speaks_english() -> bool:
    """Whether the terminal wants English: ``BIDDING_LANG``, else the locale."""
    for name in ("BIDDING_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return value.lower().startswith("en")
    return False


@lru_cache(maxsize=1)
def _english() -> dict[str, str]:
    out: dict[str, str] = {}
    for path in sorted(_ENGLISH.glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="en"):
                if isinstance(message.id, str) and message.id and message.string:
                    out[message.id] = str(message.string)
    return out


def say(text: str, /, **places: Any) -> str:
    """A Chinese text in the terminal's language, its places filled; texts among them are translated too."""
    if speaks_english():
        text = _english().get(text, text)
        places = {
            name: _english().get(value, value) if isinstance(value, str) else value
            for name, value in places.items()
        }
    return text % places if places else text


def tell(text: str, /, *, err: bool = False, **places: Any) -> None:
    """Print a line of it, to the standard error where ``err``."""
    click.echo(say(text, **places), err=err)
