"""One envelope or two (双信封): whether a tender may have two, and what then lies in which. Pure.

Two envelopes are opened one after the other: what is technical at the deadline, the price after the technical review
(公路工程建设项目招标投标管理办法 37). Public procurement reads the price out at the opening (财政部令第87号 41), so it
has no figure for two. The names of the envelopes are those of the panel (``sealing.panel``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bidding.core.errors import N_, DomainError
from bidding.tenders.kinds import Envelopes
from bidding.tenders.rules.figures import Figures

#: What lies with the price; everything else is technical.
PRICE_FIELDS = frozenset({"price_fen", "rate_ppm", "unit_price_fen"})
PRICE_SLOTS = frozenset({"bill", "quotation"})
#: The sheets and the files of each, stage by stage: (envelope of the sheet, envelope of the files).
PLACES: dict[Envelopes, tuple[tuple[str, str], ...]] = {
    Envelopes.ONE: (("offer", "files"),),
    Envelopes.TWO: (("technical", "files"), ("offer", "prices")),
}
#: What each stage's sheet is called.
SHEETS: dict[str, str] = {"offer": N_("开标一览表"), "technical": N_("技术开标表")}
#: The same where the price has a sheet of its own.
PRICE_SHEET = N_("报价表")


class OneEnvelopeOnly(DomainError):
    """Two envelopes where no rule provides for them."""

    code = "tenders.one_envelope_only"
    text = N_(
        "这种交易只能用一个信封：规则库里没有允许分两次开标的依据（政府采购开标时应当当众宣布报价，财政部令第87号第41条）。请选一个信封。"
    )
    status = 422


def may_be_two(figures: Figures) -> bool:
    """Whether the rulebook lets a bid be sealed in two envelopes."""
    figure = figures.get("envelopes-max")
    return figure is not None and figure.value >= len(PLACES[Envelopes.TWO])


def check_envelopes(envelopes: Envelopes, figures: Figures) -> None:
    """Raise ``OneEnvelopeOnly`` for two where the rulebook has nothing that allows them."""
    if envelopes is Envelopes.TWO and not may_be_two(figures):
        raise OneEnvelopeOnly(field="envelopes")


def stages(envelopes: Envelopes) -> range:
    """The stages of opening, from 1 on."""
    return range(1, len(PLACES[envelopes]) + 1)


def sheet_name(envelopes: Envelopes, stage: int) -> str:
    """What the sheet of a stage is called, as a key of the catalogue."""
    sheet, _ = PLACES[envelopes][stage - 1]
    return PRICE_SHEET if stage > 1 else SHEETS[sheet]


def fields_of(fields: Sequence[dict[str, Any]], envelopes: Envelopes, stage: int) -> list[dict[str, Any]]:
    """Those of a bid's fields that stand on the sheet of one stage."""
    return _of(fields, "name", PRICE_FIELDS, envelopes, stage)


def slots_of(slots: Sequence[dict[str, Any]], envelopes: Envelopes, stage: int) -> list[dict[str, Any]]:
    """Those of a bid's slots whose files are opened with one stage."""
    return _of(slots, "code", PRICE_SLOTS, envelopes, stage)


def _of(
    items: Sequence[dict[str, Any]], key: str, priced: frozenset[str], envelopes: Envelopes, stage: int
) -> list[dict[str, Any]]:
    if envelopes is Envelopes.ONE:
        return list(items)
    return [item for item in items if (item[key] in priced) == (stage > 1)]
