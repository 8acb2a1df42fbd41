"""A county's own pool is for what is below the limits: on the very fen, and by the figure's mark."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bidding.experts.source import own_pool
from bidding.tenders.kinds import Family
from tests.tenders.figures import FIGURES

WAN = 10_000 * 100
W, P, L, A = Family.WORKS, Family.PROCUREMENT, Family.LOCAL, Family.PROPERTY


def problem(family, subject, total, **changes):
    figure = FIGURES.get(f"{family.value}.experts.provincial-pool")
    return own_pool(family, subject, total, FIGURES, replace(figure, **changes) if figure else None)


@pytest.mark.parametrize(
    ("family", "subject", "limit"),
    [
        (W, "construction", 400 * WAN),
        (W, "goods", 200 * WAN),
        (W, "services", 100 * WAN),
        (P, "goods", FIGURES["procurement.entry.goods-services"].value),
        (P, "construction", FIGURES["procurement.entry.works"].value),
    ],
)
def test_from_the_limit_on_the_pool_is_the_provinces(family, subject, limit):
    assert problem(family, subject, limit - 1) is None
    found = problem(family, subject, limit)
    assert not found.blocks  # likely: it warns
    assert str(found.refusal.params["source"])
    assert problem(family, subject, limit, mark="certain").blocks
    assert problem(family, subject, limit, value=0) is None


@pytest.mark.parametrize("family", [L, A])
def test_a_comparison_and_a_sale_may_draw_from_it(family):
    assert problem(family, "goods", 10_000 * WAN) is None
