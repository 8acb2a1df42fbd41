"""How many parts of one tenderer are taken at the same time: whose lines hang pins no more than these threads."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from bidding.core.errors import N_, DomainError

#: Our page sends two at once; the others are for a second window and for lines that died unnoticed.
LANES = 6


class TooManyAtOnce(DomainError):
    """More parts at once than one tenderer may send."""

    code = "upload.too_many_at_once"
    text = N_(
        "本单位同时上传的连接太多（上限 %(limit)s 个），这一段没有收下。请关掉其他上传窗口，稍等片刻会自动继续。"
    )
    status = 429


class Lanes:
    """Who is sending parts now, in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken: Counter[int] = Counter()

    @contextmanager
    def taken(self, organisation_id: int) -> Iterator[None]:
        """One of the tenderer's lanes, for as long as a body comes over it."""
        with self._lock:
            if self._taken[organisation_id] >= LANES:
                raise TooManyAtOnce(limit=LANES)
            self._taken[organisation_id] += 1
        try:
            yield
        finally:
            with self._lock:
                self._taken[organisation_id] -= 1
                if not self._taken[organisation_id]:
                    del self._taken[organisation_id]
