from __future__ import annotations

import json
import logging

import granian.log
from granian.log import LogLevels, configure_logging

from bidding.web.serverlog import CONFIG


def test_the_many_threads_are_meant_and_everything_else_is_still_said(capsys):
    before = granian.log.logger.handlers[:]
    configure_logging(LogLevels.info, json.loads(CONFIG.read_text("utf-8")))
    try:
        granian.log.logger.warning(
            "Configuration allows spawning up to 256 Python threads, which seems quite high"
        )
        granian.log.logger.warning("something else")
        granian.log.logger.info("Listening at: http://127.0.0.1:8000")
        told = capsys.readouterr().out
    finally:
        granian.log.logger.handlers[:] = before
        logging.getLogger("granian.access").handlers.clear()
    assert "threads" not in told
    assert "something else" in told
    assert "Listening at" in told
