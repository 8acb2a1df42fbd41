"""One run over one bundle: what was asked, what is known by now, and what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from bidding.core.clock import SHANGHAI, from_unix
from bidding.ledger.trust import Checked, Policy
from bidding.opening.batches import Shares
from bidding.opening.bundle import Bundle, OpeningZip
from bidding.opening.record import Record
from bidding.verification.findings import Report
from bidding.verification.receipts import ReceiptFile


@dataclass(frozen=True, slots=True)
class Asked:
    """What the one who verifies knows from elsewhere.

    ``panel`` is the panel hash (hex) of the printed notice, ``words`` the six of the paper record, ``pinned`` a
    policy of keys.
    """

    receipts: Sequence[ReceiptFile] = ()
    panel: str | None = None
    words: str | None = None
    pinned: Policy | None = None


NOTHING_ASKED = Asked()


def shown(seconds: int) -> str:
    """An instant as the report says it, in Shanghai time."""
    return from_unix(seconds).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


class Ended(Exception):
    """Nothing that follows could be judged."""


@dataclass(slots=True)
class Case:
    """Each check adds what it has established; later ones build on it."""

    archive: OpeningZip
    asked: Asked
    report: Report = field(default_factory=Report)
    bundle: Bundle = field(init=False)
    record: Record = field(init=False)
    checkpoints: list[Checked] = field(init=False)
    #: Stage, then seat: the shares of batches that hold.
    batches: dict[int, dict[int, Shares]] = field(default_factory=dict)

    def end(self, code: str, error: object, **params: Any) -> NoReturn:
        """Refuse, and judge nothing further. Raises ``Ended``."""
        self.report.refuse(code, error, **params)
        raise Ended
