"""Reading an opening. Before the close nothing here says so much as how many bid."""

from bidding.opening.queries.hall import (
    CloseView,
    CloseWitnesses,
    Hall,
    LotView,
    Prices,
    SeatView,
    close_witnesses,
    hall,
)
from bidding.opening.queries.sheets import (
    Sheet,
    batches,
    is_later_to_come,
    nobody_passed,
    opened,
    place_of,
    priced,
    sheets,
    stays_sealed,
)
from bidding.opening.queries.waiting import (
    Box,
    between,
    failed_after,
    failed_lots,
    to_open,
)

__all__ = [
    "Box",
    "CloseView",
    "CloseWitnesses",
    "Hall",
    "LotView",
    "Prices",
    "SeatView",
    "Sheet",
    "batches",
    "between",
    "close_witnesses",
    "failed_after",
    "failed_lots",
    "hall",
    "is_later_to_come",
    "nobody_passed",
    "opened",
    "place_of",
    "priced",
    "sheets",
    "stays_sealed",
    "to_open",
]
