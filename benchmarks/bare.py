"""The least that Flask can be, for comparisons: ``granian --interface wsgi benchmarks.bare:app``."""

from __future__ import annotations

from flask import Flask

app = Flask("bare")


@app.get("/")
def hello() -> str:
    """One word."""
    return "hello"
