"""How a notice is cut so that any two neighbouring signs of it can be found: Chinese has no spaces. Pure.

A run of letters and digits becomes its overlapping pairs and its last sign by itself, so a word of two signs or more
is a phrase of pairs, and a single sign the beginning of one. Case does not matter, nor what stands between the runs.
"""

from __future__ import annotations

import re
from enum import Enum

_RUN = re.compile(r"[^\W_]+")


def runs(text: str) -> list[str]:
    """The runs of letters and digits, in order, in one case."""
    return _RUN.findall(text.casefold())


def grams(text: str) -> list[str]:
    """The pieces under which a text is kept, in order: ``道路 A1`` is ``道路 路 a1 1``."""
    return [run[at : at + 2] for run in runs(text) for at in range(len(run))]


def pairs(run: str) -> list[str]:
    """The neighbours in a run of two signs or more: what stands one behind the other in ``grams`` of where it occurs."""
    return [run[at : at + 2] for at in range(len(run) - 1)]


def mark(kind: Enum) -> str:
    """The one word under which a kind is kept: ``familyworks``, ``methodopentender``."""
    return f"{type(kind).__name__}{kind.value}".replace("-", "").lower()
