"""Commands of the server: bringing the database up to date, and serving."""

from __future__ import annotations

import os

import click
from flask import Flask

from bidding import create_app
from bidding.core.actor import system_actor
from bidding.db import db, uow
from bidding.db.schema import draft
from bidding.db.schema import migrate as migrate_to
from bidding.ledger import jobs as ledger_jobs
from bidding.scheduling import clockwork
from bidding.tenders import service as tenders
from bidding.wiring import jobs


@click.command()
@click.option("--to", default="head", help="a revision, -1 for one step back, base for an empty database")
@click.option("--draft", "message", default=None, help="write a new migration with this message instead")
def migrate(to: str, message: str | None) -> None:
    """Bring the database to the newest schema, and the rulebook with it."""
    app = create_app()
    with app.app_context():
        if message:
            draft(db.engine, message)
            return
        migrate_to(db.engine, to)
        if to == "head":
            with uow.transaction(system_actor("migrate"), app.extensions["world"]) as tx:
                tenders.load_rulebook(tx)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--threads", default=16, show_default=True, help="requests served at once")
def serve(host: str, port: int, threads: int) -> None:
    """Serve pages and run the clockwork, in one process."""
    os.execvp(  # noqa: S606 — the server replaces this process, so that a signal reaches it
        "granian",
        [
            "granian",
            "--interface",
            "wsgi",
            "--host",
            host,
            "--port",
            str(port),
            "--workers",
            "1",
            "--blocking-threads",
            str(threads),
            "--factory",
            "bidding.server:served",
        ],
    )


def served() -> Flask:
    """The app as it is served: the clockwork runs beside it."""
    app = create_app()
    with app.app_context():
        ledger_jobs.check_on_start(app.extensions["world"], app.extensions["log_keys"])
    app.extensions["clockwork"] = clockwork.start(jobs(app))
    return app
