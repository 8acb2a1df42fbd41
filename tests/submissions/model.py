"""What the gate of one project has to do, in the simplest words: the reference that ``test_gate`` plays against.

Times are microseconds before (negative) or after the deadline. Nothing here knows a database.
"""

from __future__ import annotations

from dataclasses import dataclass, field

FILES = 3


@dataclass
class Tenderer:
    """One tenderer's side: packages are 0, 1, 2; each replaces the one before it, and 0 nothing."""

    durable: dict[int, set[int]] = field(default_factory=lambda: {0: set(), 1: set(), 2: set()})
    armed: int | None = None
    effective: int | None = None
    taken: set[int] = field(default_factory=set)  # accepted once: never again


@dataclass
class Model:
    now: int
    last: int | None = None
    closed: bool = False
    tenderers: dict[int, Tenderer] = field(default_factory=dict)

    def late(self, at: int) -> bool:
        return self.closed or at >= 0

    def file(self, who: int, package: int, n: int) -> str:
        """A file of a package comes whole."""
        own = self.tenderers[who]
        if self.late(self.now):
            return "submission.too_late"
        if package in own.taken:
            return "submission.replayed"
        if own.armed == package and n in own.durable[package]:
            return "upload.already_durable"
        own.durable[package].add(n)
        return self.decide(who) if own.armed == package else "uploading"

    def sign(self, who: int, package: int) -> str:
        """The manifest of a package comes, under the package's own key."""
        own = self.tenderers[who]
        if package in own.taken:
            # the same message again is answered as the first time, unless the door was shut before it was read
            return "submission.too_late" if self.late(self.now) else "known"
        if own.armed == package and not self.late(self.now):
            return "armed"
        if self.late(self.now):
            return "submission.too_late"
        if (refusal := self.place(own, package)) is not None:
            return refusal
        own.armed = package
        return self.decide(who)

    def package(self, who: int, package: int) -> str:
        """A whole package comes in one body."""
        own = self.tenderers[who]
        if self.late(self.now):
            return "submission.too_late"
        stamp = self.now if self.last is None else max(self.now, self.last + 1)
        if self.late(stamp):
            return "submission.too_late"
        self.last = stamp
        if package in own.taken:
            return "known"
        return self.place(own, package) or self.accept(own, package)

    def withdraw(self, who: int) -> str:
        own = self.tenderers[who]
        stamp = self.now if self.last is None else max(self.now, self.last + 1)
        if self.late(stamp):
            return "submission.too_late"
        self.last = stamp
        own.effective = None
        return "withdrawn"

    def disarm(self, who: int) -> str:
        own = self.tenderers[who]
        if own.armed is None:
            return "domain.not_found"
        own.armed = None
        return "disarmed"

    def tick(self) -> None:
        """The clockwork, for as long as a close takes."""
        if self.now >= 0 and not self.closed:
            self.closed = True
            for own in self.tenderers.values():
                own.armed = None

    def decide(self, who: int) -> str:
        """Stamp and accept the armed package if nothing of it is missing."""
        own = self.tenderers[who]
        package = own.armed
        if len(own.durable[package]) < FILES:
            return "armed"
        stamp = self.now if self.last is None else max(self.now, self.last + 1)
        if self.late(stamp):
            own.armed = None
            return "submission.too_late"
        self.last = stamp
        refusal = self.place(own, package)
        own.armed = None
        return refusal or self.accept(own, package)

    @staticmethod
    def place(own: Tenderer, package: int) -> str | None:
        if package == 0:
            return "submission.already_bid" if own.effective is not None else None
        return None if own.effective == package - 1 else "submission.not_effective"

    @staticmethod
    def accept(own: Tenderer, package: int) -> str:
        own.effective = package
        own.taken.add(package)
        own.durable[package] = set()
        if own.armed == package:
            own.armed = None
        return "accepted"
