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
from werkzeug.routing import Map, Rule


class LearntMap(Map):
    """Routes that are compiled and put in order for the first application that has them, and lent to the next.

    Flask adds them one by one; what has to be known of all is asked for by ``update`` before anything is matched or built.
    """

    _learnt: dict = {}

    def __init__(self, *args, **more) -> None:
        self._added: list[Rule] = []
        super().__init__(*args, **more)

    def add(self, rulefactory):
        """Keep the route in mind."""
        self._added.append(rulefactory)
        self._remap = True

    def update(self):
        """Compile all routes, or take what was compiled before; it is never changed afterwards."""
        if not self._remap:
            return
        key = self.host_matching, tuple(map(_said, self._added))
        if key not in self._learnt:
            whole = Map(host_matching=self.host_matching)
            whole.converters = self.converters
            for rule in self._added:
                rule.map = None  # a route may be added to an application that was asked before
                whole.add(rule)
            whole.update()
            self._learnt[key] = whole
        whole = self._learnt[key]
        self._matcher, self._rules_by_endpoint = whole._matcher, whole._rules_by_endpoint
        self._remap = False


def _said(rule: Rule) -> tuple:
    of_its_own = rule.defaults, rule.subdomain, rule.host, rule.redirect_to, rule.alias, rule.build_only
    automatic = getattr(rule, "provide_automatic_options", None)
    return (
        rule.rule,
        rule.endpoint,
        frozenset(rule.methods or ()),
        rule.strict_slashes,
        automatic,
        repr(of_its_own),
    )


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


Flask.url_map_class = LearntMap
Flask.jinja_options = {"bytecode_cache": Templates()}
