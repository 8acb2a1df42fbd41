"""``bidding witness serve``: a witness that the log calls (C2SP tlog-witness). No Flask, no database.

One ``POST /add-checkpoint`` of a log whose key is known gives a cosignature line. ``POST /add-log`` is ours: the
centre's log, whose key the witness was started with, introduces the log of a new project.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import socket
from typing import Any

from bidding.core.canonical import Malformed, b64
from bidding.core.clock import Clock, unix
from bidding.ledger.note import MAX_NOTE, BadSignature, VerifierKey
from bidding.ledger.wire import (
    ADD_CHECKPOINT,
    ADD_LOG,
    HELD,
    SIZE_TYPE,
    parse_add_checkpoint,
    read_introduction,
)
from bidding.ledger.witness import Conflict, Fork, Refused, UnknownLog, Witness, keep_evidence

#: A note and its proof; nobody honest sends more.
MAX_REQUEST = MAX_NOTE + 8 * 1024
#: Seconds without a byte after which a connection is closed.
IDLE = 30
#: Connections at a time; what comes beyond is closed at once.
MOST = 64
_TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back over HTTP."""

    status: HTTPStatus
    body: str
    kind: str = _TEXT
    headers: dict[str, str] = field(default_factory=dict)


class Calls:
    """What a witness answers, whoever carries it."""

    def __init__(
        self,
        witness: Witness,
        logs: Sequence[VerifierKey],
        clock: Clock,
        *,
        evidence: Path,
        tell: Callable[[str], None],
    ) -> None:
        """``logs`` are the keys to begin with; raises ``Refused`` if the memory knows one of them by another key.

        ``evidence`` is the path beside which proofs of forks are kept, ``tell`` gets a line about every answer.
        """
        self._witness = witness
        self._centres = [key for key in logs if key.name.endswith("/centre")]
        self._clock = clock
        self._evidence = evidence
        self._tell = tell
        for key in logs:
            witness.learn(key)

    def answer(self, path: str, body: bytes) -> Answer:
        """The answer to a ``POST``. Raises ``OSError`` where the memory cannot be made durable."""
        call = {ADD_CHECKPOINT: self._add_checkpoint, ADD_LOG: self._add_log}.get(path)
        if call is None:
            return Answer(HTTPStatus.NOT_FOUND, "no such call\n")
        try:
            return call(body.decode())
        except UnicodeDecodeError:
            return Answer(HTTPStatus.BAD_REQUEST, "not UTF-8\n")
        except Conflict as conflict:
            return _held(conflict)
        except Fork as fork:
            self._tell(f"FORK {fork}")
            kept = keep_evidence(self._evidence, fork.evidence)
            if kept is not None:
                self._tell(f"FORK: the proof is in {kept}; keep it and tell the supervisor")
            if fork.held is not None:
                return _held(fork.held)
            return Answer(HTTPStatus.UNPROCESSABLE_ENTITY, f"{fork}\n")
        except UnknownLog as unknown:
            return Answer(HTTPStatus.NOT_FOUND, f"{unknown}\n")
        except (BadSignature, Refused) as refused:
            self._tell(f"REFUSED {refused}")
            return Answer(HTTPStatus.FORBIDDEN, f"{refused}\n")
        except Malformed as malformed:
            return Answer(HTTPStatus.BAD_REQUEST, f"{malformed}\n")

    def _add_checkpoint(self, text: str) -> Answer:
        origin, _, rest = parse_add_checkpoint(text).note.partition("\n")
        vkey = self._witness.key_of(origin)
        if vkey is None:
            raise UnknownLog(f"{origin}: unknown log")
        line = self._witness.cosign(text, vkey, unix(self._clock.now()))
        self._tell(f"cosigned {origin} {rest.partition(chr(10))[0]}")
        return Answer(HTTPStatus.OK, line)

    def _add_log(self, note: str) -> Answer:
        key = read_introduction(note, self._centres)
        self._witness.learn(key)
        return Answer(HTTPStatus.OK, "")


def _held(conflict: Conflict) -> Answer:
    """The size held, and the log's own signature that proves it: a server that has lost leaves must believe that."""
    proof = {HELD: b64(conflict.note.encode())} if conflict.note else {}
    return Answer(HTTPStatus.CONFLICT, f"{conflict.size}\n", SIZE_TYPE, proof)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "bidding-witness", ""
    timeout = IDLE
    server: WitnessServer

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit():
            self._refuse(HTTPStatus.LENGTH_REQUIRED)
        elif int(length) > MAX_REQUEST:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            try:
                answer = self.server.calls.answer(self.path, self.rfile.read(int(length)))
            except OSError as error:
                self.server.tell(f"NOT ANSWERED: {error}")
                self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR)
            else:
                self._send(answer)

    def _refuse(self, status: HTTPStatus) -> None:
        """Answer without having read the body: the connection cannot go on."""
        self.close_connection = True
        self._send(Answer(status, f"{status.phrase}\n", headers={"Connection": "close"}))

    def _send(self, answer: Answer) -> None:
        body = answer.body.encode()
        self.send_response(answer.status)
        for name, value in {
            "Content-Type": answer.kind,
            "Content-Length": str(len(body)),
            "Cache-Control": "no-store",
            **answer.headers,
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: ``Calls`` tells what matters."""


class WitnessServer(ThreadingHTTPServer):
    """A few threads at most, each for one connection."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], calls: Calls, tell: Callable[[str], None]) -> None:
        self.calls = calls
        self.tell = tell
        self._places = threading.BoundedSemaphore(MOST)
        super().__init__(address, _Handler)

    def process_request(self, request: socket | tuple[bytes, socket], client_address: Any) -> None:
        """Take a connection if there is a place."""
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: socket | tuple[bytes, socket], client_address: Any) -> None:
        """Serve a connection, and give its place back."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: socket | tuple[bytes, socket], client_address: Any) -> None:
        """A connection that broke: nothing was promised over it that is not remembered."""
