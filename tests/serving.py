"""An app behind a real port of this machine, in this process."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from werkzeug.serving import WSGIRequestHandler, make_server


class Quiet(WSGIRequestHandler):
    """A handler that writes no line per request."""

    def log_request(self, code="-", size="-"):
        """Nothing: a failing test prints what was logged."""


def closing(app):
    """The app, its answers closed whatever becomes of the line.

    Werkzeug reads what the client still sends before it closes an answer. A browser that goes to the next page resets
    the connection under that reading, and a static file stays open until somebody collects it.
    """

    def call(environ, start) -> Iterator[bytes]:
        answer: Iterable[bytes] = app(environ, start)
        try:
            yield from answer
        finally:
            if hasattr(answer, "close"):
                answer.close()

    return call


@contextmanager
def serving(app) -> Iterator[str]:
    """The address of ``app`` while the block runs; ``app`` is any WSGI callable."""
    server = make_server("127.0.0.1", 0, closing(app), threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
