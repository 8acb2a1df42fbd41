"""Every test has an application of its own. What is the same in all of them is worked out once in a run: how routes
match and are built, what templates and statements compile to. That was half of a test's time.
"""

from __future__ import annotations

import os

from flask import Flask
from jinja2 import BytecodeCache
from sqlalchemy import Engine, event
from sqlalchemy.engine import Dialect
from sqlalchemy.pool import Pool
from werkzeug.routing import Rule


class LearntRule(Rule):
    """A route that is compiled in the first application and remembered for the next."""

    _learnt: dict = {}

    def compile(self):
        """Compile the rule, or take what was compiled before; the parts are never changed afterwards."""
        key = (self.rule, self.subdomain, repr(self.defaults), self.is_leaf, self.strict_slashes)
        if key not in self._learnt:
            super().compile()
            learnt = ("_parts", "_trace", "_converters", "arguments", "_build", "_build_unknown")
            self._learnt[key] = {name: getattr(self, name) for name in learnt}
            for build in ("_build", "_build_unknown"):
                self._learnt[key][build] = self._learnt[key][build].__func__
        for name, value in self._learnt[key].items():
            setattr(self, name, value.__get__(self) if callable(value) else value)


class Templates(BytecodeCache):
    """Compiled templates, in memory; a template that changed has another checksum."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket):
        """Fill the bucket, if that was compiled before."""
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket):
        """Keep what was compiled."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


_statements: dict = {}
_dialects: dict[str, Dialect] = {}


_pools: dict[str, Pool] = {}


def connect(engine: Engine) -> None:
    """Let an engine use the connections of the first one of its address: each new one costs PostgreSQL a process that
    knows no table yet, as much as all that a test asks of it.
    """
    engine.pool = _pools.setdefault(str(engine.url), engine.pool)


def share(engine: Engine) -> None:
    """Let an engine use what the others compiled. Statements are compiled for a dialect, so all
    have the first one's; it has to have been connected.
    """
    engine.dialect = _dialects.setdefault(engine.name, engine.dialect)
    engine.update_execution_options(compiled_cache=_statements)


def hurry(engine: Engine) -> None:
    """Nothing of a test outlives its run: let SQLite not wait for the disk. What it does is the same."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _hurry(connection, _record) -> None:
        connection.execute("PRAGMA synchronous=OFF")


def sync_at_once() -> None:
    """The same for files, in this process: a sync is asked for and answered, and fails where there is no file.

    The servers of ``tests/faults`` are processes of their own and wait for the disk, that one of ``steered.py`` above all.
    """
    for name in ("fsync", "fdatasync"):
        setattr(os, name, _answered)


def _answered(file) -> None:
    os.fstat(file)


Flask.url_rule_class = LearntRule
Flask.jinja_options = {"bytecode_cache": Templates()}
