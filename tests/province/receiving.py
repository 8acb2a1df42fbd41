"""The province's platform as a real HTTP server on loopback: takes, refuses, takes for later, says nothing, knows a number."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.real import free_port


class Platform:
    """``taken`` holds what it took by number, ``asked`` every request; ``answers`` what it does with coming ones, in turn.

    ``take``, ``later`` (202: nobody knows yet), ``refuse``, ``silent`` (it takes the message and the answer is lost),
    ``broken`` (500), ``busy`` (503), or a number of a set, of which every message is refused.
    """

    def __init__(self) -> None:
        self.port = free_port()
        self.taken: dict[str, dict] = {}
        self.asked: list[dict] = []
        self.answers: list[str] = []
        self.refused_sets: set[str] = set()
        self._go = threading.Event()
        self._server = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/receive"

    @property
    def order(self) -> list[str]:
        """The sets in the order in which they were first taken."""
        return [body["set"] for body in self.taken.values()]

    def up(self) -> Platform:
        platform = self
        self._go.clear()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                platform.asked.append({"headers": dict(self.headers), "raw": raw})
                status, answer = platform._answer(self.headers["Idempotency-Key"], raw)
                if status is None:
                    platform._go.wait(5)
                    self.close_connection = True
                    return
                body = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def _answer(self, uid, raw):
        does = self.answers.pop(0) if self.answers else "take"
        body = json.loads(raw) if raw.startswith(b"{") else {"set": "", "raw": raw}
        if does == "broken":
            return 500, {"error": "broken"}
        if does == "busy":
            return 503, {"error": "busy"}
        if does == "refuse" or body["set"] in self.refused_sets:
            return 422, {"error": "字段不符"}
        if uid in self.taken:
            return 409, {"receipt": f"R-{list(self.taken).index(uid) + 1}"}
        self.taken[uid] = body
        if does == "silent":
            return None, {}
        if does == "later":
            return 202, {}
        return 200, {"receipt": f"R-{len(self.taken)}"}

    def down(self) -> None:
        self._go.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
