"""What is left out of the HTTP server's own log. No Flask: the server's main process reads this, and serves nothing."""

from __future__ import annotations

import logging
from pathlib import Path

#: For granian's ``--log-config``: its own configuration, with the filter below before its handlers.
CONFIG = Path(__file__).with_suffix(".json")


class Intended(logging.Filter):
    """Drops the warning that there are more threads than cores.

    A thread here is mostly one slow upload that waits for its line, not work for a core; fewer threads would let a few
    slow lines keep everybody else out. granian says that the warning may be ignored where that is meant.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written."""
        return "Python threads" not in str(record.msg)
