"""How a finding reads: its formula with the numbers put in, how often it fires, and where its cases lie."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext

from bidding.core.money import percent, yuan
from bidding.oversight.models import Finding
from bidding.oversight.queries import FlagLine
from bidding.oversight.rules import STATE_LABELS, WORDS, Flag, State

#: The lamp of a state (templates/components): shape and word, never colour alone.
LAMPS: dict[State, str] = {
    State.OPEN: "soon",
    State.CHANGED: "soon",
    State.LOOKED: "done",
    State.WATCH: "now",
    State.CASE: "stop",
    State.GONE: "idle",
}
#: Of fewer cases a share says nothing.
ENOUGH = 20
#: Flags whose cases are bids: they lead to the opening record.
OF_BIDS = frozenset(
    {
        Flag.SINGLE,
        Flag.EQUAL_PRICES,
        Flag.PRICE_STEPS,
        Flag.PRICE_RATIOS,
        Flag.PRICE_CLUSTER,
        Flag.ROUNDED_LOSERS,
        Flag.NEAR_CEILING,
    }
)
#: Whose cases have their result notice: nothing of them is told before it is out.
OF_RESULTS = frozenset({Flag.FAR_FROM_ESTIMATE, Flag.REPEATED_WINNER, Flag.SPLIT})


class _Shown(dict[str, str]):
    """Numbers as they are shown; a dash where an earlier version of the formula did not keep one."""

    def __missing__(self, name: str) -> str:
        return "–"


def formula(flag: Flag, numbers: Mapping[str, int | str]) -> str:
    """The formula in the reader's language with the numbers put in."""
    return str(gettext(WORDS[flag].formula)) % _Shown(
        {name: shown(name, value) for name, value in numbers.items()}
    )


def shown(name: str, value: int | str) -> str:
    """A number as its name says what it is (``rules.Numbers``)."""
    if isinstance(value, str):  # of what cites a law, the law's own name stays
        return "；".join(gettext(part) for part in value.split("；") if part) if name == "source" else value
    if name.endswith("_fen"):
        return yuan(value)
    if name.endswith("_ppm"):
        return f"{percent(value, 10**6)}%"
    if name.endswith("_permille"):
        return f"{percent(value, 1000, 1)}%"
    return f"{value:,}"


def fires(line: FlagLine) -> str:
    """How often a flag fires in general, so that nobody takes what is common for what is telling."""
    if not line.asked:
        return str(gettext("还没有可以比的"))
    counted = {
        "asked": f"{line.asked:,}",
        "unit": gettext(WORDS[line.flag].unit),
        "count": f"{line.holding:,}",
    }
    if line.asked < ENOUGH:
        return str(gettext("%(asked)s %(unit)s里 %(count)s 条，还太少，比不出什么", **counted))
    share = percent(line.holding, line.asked)
    return str(gettext("%(asked)s %(unit)s里 %(count)s 条，%(share)s%%", **counted, share=share))


def endpoint(finding: Finding) -> str:
    """Where the project of a case is read."""
    if finding.flag in OF_BIDS:
        return "opening.hall"
    return "award.notice" if finding.flag in OF_RESULTS else "tenders.notice"


def state_words(state: State) -> tuple[str, str]:
    """Lamp and words of a state."""
    return LAMPS[state], str(gettext(STATE_LABELS[state]))
