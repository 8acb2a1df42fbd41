"""The app as it is served, on a database that takes no further page while the file ``full`` lies in its instance folder.

Full as SQLite means it (SQLITE_FULL), which it also says of a disk: ``PRAGMA max_page_count``, set to the pages there are.
"""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from sqlalchemy import event

from bidding import server
from bidding.db import db

_NO_BOUND = 2**32 - 2


def served() -> Flask:
    """What ``bidding serve`` serves."""
    app = server.served()
    full = Path(app.instance_path) / "full"

    def bound(connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count={1 if full.exists() else _NO_BOUND}")

    with app.app_context():
        event.listen(db.engine, "begin", bound, insert=True)
    return app
