"""Trying the line before it counts: how often, how much, and that nothing of it stays. No database."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from bidding.core.errors import N_, DomainError

#: What a browser sends to measure its line: enough to get past a slow start, little enough for a bad line.
SIZE = 5_000_000
#: How long after one try the same tenderer may try again, on one process.
AGAIN = timedelta(seconds=10)
#: Tries that one process carries at the same time; real uploads go first.
AT_ONCE = 4


class TooManyRehearsals(DomainError):
    """The line was tried just now, or too many others try theirs."""

    code = "submission.rehearsals"
    text = N_("试传要隔 %(seconds)s 秒再试一次；真正的上传不受影响。请稍等再按，或者直接继续。")
    status = 429


class NotARehearsal(DomainError):
    """Another number of bytes than the rehearsal's."""

    code = "submission.not_a_rehearsal"
    text = N_("试传正好是 %(size)s 字节，这次不是，没有计时。请刷新页面再试。")
    status = 422


class Rehearsals:
    """Who tries the line now, in one process. Kept in memory alone: that somebody got ready is nobody's business."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way = 0
        self._last: dict[int | None, datetime] = {}

    @contextmanager
    def one(self, organisation_id: int | None, now: datetime) -> Iterator[None]:
        """Hold a place while the bytes come. Raises ``TooManyRehearsals``."""
        with self._lock:
            self._last = {key: at for key, at in self._last.items() if now - at < AGAIN}
            if organisation_id in self._last or self._under_way >= AT_ONCE:
                raise TooManyRehearsals(seconds=int(AGAIN.total_seconds()))
            self._last[organisation_id] = now
            self._under_way += 1
        try:
            yield
        finally:
            with self._lock:
                self._under_way -= 1
