"""``bidding rehearsal``: the rehearsal room, a process of its own on a port of its own."""

from __future__ import annotations

import os
import sys

import click

from bidding import create_app
from bidding.core.errors import N_
from bidding.i18n.terminal import tell
from bidding.web import serverlog


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8100, show_default=True)
def rehearsal(host: str, port: int) -> None:
    """开一间开标演练室，与真实数据无关。Serve the rehearsal room, which knows nothing of the real centre."""
    os.environ["BIDDING_CENTRE_NAME"] = create_app().config["CENTRE_NAME"]
    tell(
        N_("开标演练室：http://%(host)s:%(port)s/rehearsal （Ctrl+C 结束，下次启动时清除）"),
        host=host,
        port=port,
    )
    sys.stdout.flush()  # exec throws away what is still in the buffer
    words = ["-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port), "--workers", "1"]
    words += ["--blocking-threads", "32", "--no-ws", "--log-config", str(serverlog.CONFIG)]
    words += ["--factory", "bidding.rehearsal.room:served"]
    os.execv(sys.executable, [sys.executable, *words])  # noqa: S606 — as ``bidding serve`` does
