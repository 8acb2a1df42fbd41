"""The composition root: what the app is made of, and who listens to whom."""

from __future__ import annotations

import importlib.util
from importlib import import_module
from pathlib import Path
from typing import Any

from flask import Flask

from bidding.core.clock import Clock, SystemClock
from bidding.core.entropy import Entropy, SystemEntropy
from bidding.db import db
from bidding.db.engine import WriteLock, configure, engine_options
from bidding.db.uow import Bus, World
from bidding.storage import BlobStore
from bidding.storage.local import LocalStore

ROOT = Path(__file__).parent.parent

#: Every domain with tables, lowest first.
DOMAINS = ("ledger", "identity", "sealing", "tenders", "submissions", "opening", "experts", "award", "reporting", "portal")


def build(
    config: dict[str, Any],
    *,
    clock: Clock | None,
    entropy: Entropy | None,
    storage: BlobStore | None,
) -> Flask:
    """The Flask application, ready to serve."""
    instance = Path(config.pop("INSTANCE", ROOT / "instance"))
    app = Flask(
        "bidding",
        root_path=str(ROOT),
        instance_path=str(instance.resolve()),
        template_folder="templates",
        static_folder="static",
    )
    settings.load(app, config)
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", engine_options(url))
    db.init_app(app)
    with app.app_context():
        configure(db.engine)
    bus = Bus()
    app.extensions["world"] = World(clock or SystemClock(), entropy or SystemEntropy(), bus, WriteLock(url))
    app.extensions["blobs"] = storage or LocalStore(Path(app.config["BLOBS"]))
    web.init_app(app)
    i18n.init_app(app)
    return app
