"""A line between a browser and a server that breaks where a test says."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress


class Wire:
    """Carries bytes between a browser and the server, counts those of uploads, and breaks where it is told to."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._open = socket.create_server(("127.0.0.1", 0))
        self.port = self._open.getsockname()[1]
        self._ends: set[socket.socket] = set()
        self._counting = threading.Lock()
        self.carried = 0
        self.breaks: list[tuple[int, object]] = []
        self.broken = 0
        self.headers_only: list[bytes] = []
        self._cut: set[socket.socket] = set()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                here, _ = self._open.accept()
                try:
                    there = socket.create_connection(("127.0.0.1", self._port), 5)
                except OSError:
                    here.close()
                    continue
                there.settimeout(None)  # a server may think for longer than it takes to reach it
                self._ends |= {here, there}
                for source, target, counted in ((here, there, True), (there, here, False)):
                    threading.Thread(target=self._carry, args=(source, target, counted), daemon=True).start()

    def _carry(self, source, target, counted) -> None:
        with suppress(OSError):
            while data := source.recv(16384):
                if counted:
                    self._watch(source, data)
                elif target in self._cut:
                    target.sendall(data[: data.index(b"\r\n\r\n") + 4])
                    self._cut.remove(target)
                    break
                target.sendall(data)
                if counted:
                    self._count(len(data))
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)  # the other way ends with this one
        if counted:
            return
        source.close()
        target.close()

    def _watch(self, source: socket.socket, data: bytes) -> None:
        """Is this the request whose answer ends behind its headers? ``headers_only`` says how such requests begin."""
        if self.headers_only and data.startswith(self.headers_only[0]):
            self.headers_only.pop(0)
            self._cut.add(source)

    def _count(self, length: int) -> None:
        with self._counting:
            self.carried += length
            if not self.breaks or self.carried < self.breaks[0][0]:
                return
            _, act = self.breaks.pop(0)
            self.broken += 1
            for end in list(self._ends):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
        if act is not None:
            act()

    def close(self) -> None:
        """Let nobody in any more."""
        self._open.close()
