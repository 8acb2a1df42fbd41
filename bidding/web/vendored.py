"""What ``static/vendor`` holds, as ``vendor.json`` lists it: built elsewhere, named by its hash."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flask import Flask


def init_app(app: Flask) -> None:
    """Templates ask ``vendored_sha256("bidseal.js")``: what a tenderer compares, and what manifests carry."""
    path = Path(app.root_path, "static", "vendor", "vendor.json")
    listed: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))
    app.jinja_env.globals["vendored_sha256"] = {item["file"]: item["sha256"] for item in listed}.__getitem__
