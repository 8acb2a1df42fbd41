"""What ``static/vendor`` holds, as ``vendor.json`` lists it: built elsewhere, named by its hash."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

from flask import Flask, current_app


def init_app(app: Flask) -> None:
    """Templates ask ``vendored_sha256("bidseal.js")``: what a tenderer compares, and what manifests carry."""
    path = Path(app.root_path, "static", "vendor", "vendor.json")
    listed: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))
    app.extensions["vendored"] = {item["file"]: item["sha256"] for item in listed}
    app.jinja_env.globals["vendored_sha256"] = sha256_of


def sha256_of(name: str) -> str:
    """The hash (hex) of a vendored file."""
    return cast("dict[str, str]", current_app.extensions["vendored"])[name]
