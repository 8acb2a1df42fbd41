"""Published facts as the rules see them, and what the rules say of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from bidding.oversight.rules.flags import Flag

#: What is put into a formula. The end of a name says what it is: ``_fen`` money, ``_ppm`` a share in millionths,
#: ``_permille`` a share in thousandths; everything else is a count, a day (ISO 8601) or a name.
Numbers = Mapping[str, int | str]


@dataclass(frozen=True, slots=True)
class Offer:
    """A bid whose sheet was opened and could be read; ``fen`` None where the sheet says no amount."""

    name: str
    uscc: str
    fen: int | None


@dataclass(frozen=True, slots=True)
class Won:
    """A result in force, confirmed by a second person. Amounts are None and the basis stays where a rate won."""

    name: str
    uscc: str
    fen: int | None
    basis_fen: int
    on: date


@dataclass(frozen=True, slots=True)
class LotFacts:
    """A lot: of what it holds, ``offers`` is empty before the opening, ``received`` counts unreadable ones too."""

    code: str
    name: str
    ceiling_fen: int | None
    offers: tuple[Offer, ...] = ()
    received: int = 0
    won: Won | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """A published correction that changes something, and the deadline that held once it was out."""

    number: int
    on: date
    closes_on: date
    moved: bool


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """A published tender. ``least_on`` is the first lawful deadline by the rulebook; None where no law sets one."""

    uid: str
    title: str
    published_on: date
    first_closes_on: date | None
    least_on: date | None
    #: Rest days between publication and the first deadline, that day included.
    rest_days: int
    #: What sets ``least_on``, cited.
    source: str
    corrections: tuple[Correction, ...]
    #: How often the deadline was moved, by whatever notice, and the last day on which it was.
    moves: int
    moved_on: date | None
    sells: bool
    opened_on: date | None
    lots: tuple[LotFacts, ...]


@dataclass(frozen=True, slots=True)
class Threshold:
    """A threshold of the rulebook, in fen, with its citation."""

    code: str
    fen: int
    source: str


@dataclass(frozen=True, slots=True)
class Bought:
    """An item of one owner: a result of this platform, or a row of an imported ledger."""

    #: Where it can be read: the project's uid, or empty for a row of a ledger.
    uid: str
    title: str
    on: date
    winner: str
    amount_fen: int
    #: Budget, control price or estimate: what thresholds are compared with.
    basis_fen: int
    #: What is bought, by the code that it is told apart by; empty in a ledger that does not say.
    kind: str = ""
    #: What it must be held against, as it stood on its day; empty where it was openly tendered, or sold.
    thresholds: tuple[Threshold, ...] = ()
    #: By which year's items it is added up: the calendar year (政府采购法实施条例 28), else twelve months running.
    by_year: bool = False


@dataclass(frozen=True, slots=True)
class Met:
    """A lot in which several tenderers met, by their USCC; ``winner`` empty where nobody won."""

    uid: str
    title: str
    on: date
    tenderers: frozenset[str]
    winner: str


@dataclass(frozen=True, slots=True)
class Case:
    """Something a finding rests on: what it is called, where it is read (a project's uid, or none), and its figures."""

    uid: str
    title: str
    name: str = ""
    fen: int | None = None
    on: date | None = None

    @property
    def written(self) -> dict[str, object]:
        """As it is stored."""
        return {
            "uid": self.uid,
            "title": self.title,
            "name": self.name,
            "fen": self.fen,
            "on": self.on.isoformat() if self.on else None,
        }


@dataclass(frozen=True, slots=True)
class Fired:
    """A flag that a formula raised. ``subject`` is its own within the flag and stays while the facts change."""

    flag: Flag
    subject: str
    title: str
    on: date
    numbers: Numbers
    cases: tuple[Case, ...]


@dataclass(slots=True)
class Examined:
    """How often each question could be asked, and what came of it: the base rate needs both."""

    asked: dict[Flag, int] = field(default_factory=dict)
    found: list[Fired] = field(default_factory=list)

    def ask(self, flag: Flag, fired: Fired | None) -> None:
        """Count a question that could be asked, and keep its answer."""
        self.asked[flag] = self.asked.get(flag, 0) + 1
        if fired is not None:
            self.found.append(fired)
