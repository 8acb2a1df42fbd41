"""The real server is killed and comes back ten minutes later: the rows know it, whatever its memory has lost.

It takes some seconds because two processes start; nothing less shows that the beating is theirs.
"""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest

from bidding import create_app
from bidding.db import db
from bidding.db.schema import migrate

TEN_MINUTES = timedelta(minutes=10)


@contextmanager
def serving(instance, port):
    """``bidding serve`` in a process group of its own, killed at the end."""
    command = Path(sys.executable).with_name("bidding")
    environment = os.environ | {"BIDDING_INSTANCE": str(instance), "BIDDING_DISK_RESERVE": "1"}
    process = subprocess.Popen(
        [command, "serve", "--port", str(port)],
        env=environment,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield f"http://127.0.0.1:{port}/status"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def page_with(address, words):
    """The status page, as soon as it says so."""
    for _ in range(100):
        try:
            text = httpx.get(address, timeout=5).text
        except httpx.TransportError:
            text = ""
        if words in text:
            return text
        time.sleep(0.1)
    pytest.fail(f"the status page never said {words}")


def let_pass(instance, span):
    """Move the last heartbeat into the past, by both clocks: so long has nobody beaten."""
    with sqlite3.connect(instance / "bidding.db") as connection:
        began, last, steady = connection.execute(
            "SELECT began_at, last_at, steady_us FROM heartbeat_run"
        ).fetchone()
        earlier = [str(datetime.fromisoformat(at) - span) for at in (began, last)]
        connection.execute(
            "UPDATE heartbeat_run SET began_at = ?, last_at = ?, steady_us = ?",
            (*earlier, steady - span // timedelta(microseconds=1)),
        )
    connection.close()


def test_a_server_that_was_killed_knows_how_long_it_was_gone(tmp_path):
    app = create_app({"INSTANCE": str(tmp_path)})
    with app.app_context():
        migrate(db.engine)
        db.session.remove()
        db.engine.dispose()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with serving(tmp_path, port) as address:
        assert "没有故障" in page_with(address, "投标通道正常")
    let_pass(tmp_path, TEN_MINUTES)
    with serving(tmp_path, port) as address:
        assert "10 分" in page_with(address, "投标通道正常")
