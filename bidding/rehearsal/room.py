"""The room: one rehearsal at a time, served to whoever reaches its port, wiped when another begins."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bidding.core.clock import Clock, SystemClock
from bidding.rehearsal import pages
from bidding.rehearsal.world import Rehearsal, build
from bidding.tenders.kinds import Family
from bidding.wiring import ROOT


class Room:
    """A WSGI application that hands every request to the world that is being played."""

    def __init__(self, home: Path, *, name: str, clock: Clock | None = None, runs: bool = True) -> None:
        self._home, self._name = home, name
        self._clock, self._runs = clock or SystemClock(), runs
        self._turn = threading.Lock()
        self._number = 0
        self.playing: Rehearsal = self._fresh(Family.WORKS)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer by the world that is playing now."""
        return self.playing.app(environ, start_response)

    def begin(self, family: Family) -> None:
        """Wipe what is there and begin anew. Two who ask at once get one after the other."""
        with self._turn:
            before = self.playing
            self.playing = self._fresh(family)
            before.close()
            pages.wipe(Path(before.app.instance_path))

    def _fresh(self, family: Family) -> Rehearsal:
        self._number += 1
        folder = self._home / f"world-{self._number}"
        return build(
            folder,
            family,
            name=self._name,
            base=self._clock,
            equip=lambda app: pages.equip(app, self.begin, family),
            runs=self._runs,
        )


def served() -> Room:
    """The room as ``bidding rehearsal`` serves it: beside the instance, with nothing of it but the centre's name."""
    home = Path(os.environ.get("BIDDING_INSTANCE") or ROOT / "instance") / "rehearsal"
    pages.wipe(home)
    return Room(home, name=os.environ.get("BIDDING_CENTRE_NAME") or "政务服务中心")
