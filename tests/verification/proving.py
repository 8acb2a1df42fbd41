"""A ``draw.zip`` of a synthetic tender, and what a liar makes of it; the page and the command are asked the same."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from io import BytesIO
from typing import Any

from bidding.experts.calls import Answer
from bidding.experts.proof import Opened, Told, told_as, write_proof, write_zip
from bidding.experts.replay import TYPES
from bidding.ledger.events import commit, entry
from tests.opening.synthetic import Synthetic


def opened(made: Synthetic) -> list[Opened]:
    """The panel's leaf and those of the draws."""
    return [
        Opened(at, salt, event)
        for at, (salt, event) in enumerate(made.events)
        if event["type"] in ("panel", *TYPES)
    ]


def zipped(proof: bytes, names: bytes | None = None, labels: bytes | None = None) -> bytes:
    out = BytesIO()
    write_zip(out, proof, names, labels)
    return out.getvalue()


def whole_leaves(made: Synthetic) -> list[str]:
    """Every leaf as it was committed to."""
    return [entry(commit(bytes.fromhex(salt), event)) for salt, event in made.events]


def whole(made: Synthetic, opens: list[Opened] | None = None, **changes: Any) -> bytes:
    """As it is once the opening record is public."""
    given: dict[str, Any] = {
        "leaves": whole_leaves(made),
        "checkpoints": list(made.notes()),
    }
    names, labels = changes.pop("names", made.names), changes.pop("labels", None)
    return zipped(write_proof(opened(made) if opens is None else opens, **(given | changes)), names, labels)


def early_parts(made: Synthetic) -> tuple[list[Opened], list[Told]]:
    """What of it is told before the opening."""
    opens, calls = [], []
    for each in opened(made):
        event = each.event
        if event["type"] == "draw-call":
            calls.append(Told(event["draw"], event["stratum"], event["h"], told_as(Answer(event["answer"]))))
        else:
            opens.append(Opened(None, each.salt, event))
    return opens, calls


def early(made: Synthetic, change: Callable[[list[Opened], list[Told]], None] | None = None) -> bytes:
    """As it is before the opening."""
    opens, calls = deepcopy(early_parts(made))
    if change is not None:
        change(opens, calls)
    return zipped(write_proof(opens, calls=calls))
