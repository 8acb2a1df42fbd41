"""A mail server and an SMS gateway on loopback, which can go down and come up again on the same port."""

from __future__ import annotations

import json
import threading
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller

from tests.real import free_port


class MailServer:
    """aiosmtpd, which keeps what it takes. ``refuse`` maps an address to the answer it gets instead."""

    def __init__(self, **settings) -> None:
        self.port = free_port()
        self.settings = settings
        self.mails = []
        self.refuse: dict[str, str] = {}
        self.after_data = None
        self._running = None

    def up(self) -> MailServer:
        self._running = Controller(self, hostname="127.0.0.1", port=self.port, **self.settings)
        self._running.start()
        return self

    def down(self) -> None:
        if self._running is not None:
            self._running.stop()
            self._running = None

    @property
    def ids(self) -> list[str]:
        return [mail["Message-ID"] for mail in self.mails]

    def to(self, address: str) -> list:
        return [mail for mail in self.mails if mail["To"] == address]

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 — its name
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 — its name
        self.mails.append(message_from_bytes(envelope.content, policy=default))
        if self.after_data is not None:
            self.after_data()
        return "250 taken"


class SmsGateway:
    """Answers as it is told, and keeps what it was asked."""

    def __init__(self) -> None:
        self.port = free_port()
        self.asked = []
        self.answer: tuple[int, str, dict] = (200, '{"code":0}', {})
        self._server = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def up(self) -> SmsGateway:
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def _take(self) -> None:
                size = int(self.headers.get("Content-Length", 0))
                body = self.rfile.read(size)
                gateway.asked.append(
                    {
                        "method": self.command,
                        "path": self.path,
                        "headers": dict(self.headers),
                        "body": json.loads(body) if body else None,
                    }
                )
                status, text, headers = gateway.answer
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text.encode())

            do_GET = do_POST = _take  # noqa: N815 — its names

            def log_message(self, *args) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def down(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
